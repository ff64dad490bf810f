import { statementIdOf } from "../protocol/com-stmt-execute.ts";
import { Command } from "../protocol/command.ts";
import type { Secrets } from "../sql/secrets/secret-literals.ts";
import type { WatchedStatement } from "./redacted-command.ts";

/** Statement id by which MariaDB clients mean the statement prepared last. */
const lastPreparedId = 0xffffffff;

/** Bytes of a payload from which it is known which statement, and which of its parameters, it is about. */
export const namingBytes = 7;

/** Ids of statements that were closed before they were given them; a client that names more of them is one that nobody uses. */
const mostClosedAhead = 1024;

/**
 * The prepared statements of one session that have parameters which are secrets. There are few, and mostly none. A client may send
 * commands about a statement before its preparation is answered, by the id that it will get: servers count. So a command that names an
 * id of which nothing is known is taken to be about what is not answered yet.
 */
export class WatchedStatements {
  private readonly byId = new Map<number, WatchedStatement>();
  /** Prepared, and not answered yet; each with its number. */
  private readonly unanswered = new Map<WatchedStatement, number>();
  /** The ones of those that were closed, or forgotten with all others. */
  private readonly ended = new WeakSet<WatchedStatement>();
  /** Of which it is not known what their executions send. */
  private readonly unclear = new WeakSet<WatchedStatement>();
  /** Ids that were closed and are not known, with the number of the statement that was prepared last before. */
  private readonly closedAhead = new Map<number, number>();
  private count = 0;
  private last: WatchedStatement | null = null;

  get empty(): boolean {
    return this.byId.size === 0 && this.last === null && this.unanswered.size === 0;
  }

  /** A COM_STMT_PREPARE was sent; gives what is to be watched for its answer. `secrets`: `null` where its text has none. */
  prepared(secrets: Secrets | null): WatchedStatement | null {
    const watched = secrets !== null && secrets.parameters.size > 0;
    this.last = watched ? { secrets: secrets.parameters, parameters: secrets.parameterCount, types: null, long: new Set() } : null;
    if (this.last !== null) {
      this.count += 1;
      this.unanswered.set(this.last, this.count);
    }
    return this.last;
  }

  /** The server has given a statement its id. */
  named(id: number, statement: WatchedStatement): void {
    const closed = (this.closedAhead.get(id) ?? 0) >= (this.unanswered.get(statement) ?? Number.POSITIVE_INFINITY);
    if (!closed && !this.ended.has(statement)) this.byId.set(id, statement);
  }

  /** The answer to its preparation has ended, with an id or without. */
  answered(statement: WatchedStatement): void {
    this.unanswered.delete(statement);
    if (this.unanswered.size === 0) this.closedAhead.clear();
  }

  /** The statement that a command is about, where it may hold secrets. `payload`: at least its first `namingBytes`. */
  find(payload: Buffer): WatchedStatement | null {
    const statement = this.known(payload);
    if (statement === null) return this.oneUnanswered(payload);
    if (payload[0] !== Command.STMT_SEND_LONG_DATA || statement.secrets === "any") return statement;
    const parameter = payload.length >= namingBytes ? payload.readUInt16LE(5) : -1;
    statement.long.add(parameter);
    return statement.secrets.has(parameter) ? statement : null;
  }

  /** Takes a command that ends or resets statements. */
  command(payload: Buffer): void {
    switch (payload[0]) {
      case Command.STMT_CLOSE:
        this.close(statementIdOf(payload) ?? -1);
        return;
      case Command.STMT_RESET:
        if (this.known(payload) === null) this.oneUnanswered(payload);
        else this.known(payload)?.long.clear();
        return;
      case Command.RESET_CONNECTION:
      case Command.CHANGE_USER:
        this.byId.clear();
        for (const statement of this.unanswered.keys()) this.ended.add(statement);
        this.last = null;
    }
  }

  private close(id: number): void {
    if (id === lastPreparedId) {
      for (const [named, statement] of this.byId) if (statement === this.last) this.byId.delete(named);
      if (this.last !== null) this.ended.add(this.last);
      this.last = null;
    } else if (!this.byId.delete(id) && this.unanswered.size > 0 && this.closedAhead.size < mostClosedAhead) {
      this.closedAhead.set(id, this.count);
    }
  }

  private known(payload: Buffer): WatchedStatement | null {
    const id = statementIdOf(payload);
    const statement = id === lastPreparedId ? this.last : id === null ? null : (this.byId.get(id) ?? null);
    return statement !== null && this.unclear.has(statement) ? anyStatement() : statement;
  }

  /**
   * What a command with an unknown id may be about. Of several it may be any, so that nothing of it can be recorded; and where it
   * changes what the next execution sends, nothing of the executions of any.
   */
  private oneUnanswered(payload: Buffer): WatchedStatement | null {
    const [first = null, ...others] = this.unanswered.keys();
    if (first === null || statementIdOf(payload) === lastPreparedId) return null;
    if (payload[0] === Command.STMT_SEND_LONG_DATA || payload[0] === Command.STMT_RESET) {
      for (const statement of this.unanswered.keys()) this.unclear.add(statement);
    }
    return others.length === 0 && !this.unclear.has(first) ? first : anyStatement();
  }
}

function anyStatement(): WatchedStatement {
  return { secrets: "any", parameters: 0, types: null, long: new Set() };
}
