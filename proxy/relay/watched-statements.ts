import { statementIdOf } from "../protocol/com-stmt-execute.ts";
import { Command } from "../protocol/command.ts";
import type { Secrets } from "../sql/secrets/secret-literals.ts";
import type { WatchedStatement } from "./redacted-command.ts";

/** Statement id by which MariaDB clients mean the statement prepared last. */
const lastPreparedId = 0xffffffff;

/** Bytes of a payload from which it is known which statement, and which of its parameters, it is about. */
export const namingBytes = 7;

/** The prepared statements of one session that have parameters which are secrets. There are few, and mostly none. */
export class WatchedStatements {
  private readonly byId = new Map<number, WatchedStatement>();
  private last: WatchedStatement | null = null;

  get empty(): boolean {
    return this.byId.size === 0 && this.last === null;
  }

  /** A COM_STMT_PREPARE was sent; gives what is to be watched for its answer. `secrets`: `null` where its text has none. */
  prepared(secrets: Secrets | null): WatchedStatement | null {
    const watched = secrets !== null && secrets.parameters.size > 0;
    this.last = watched ? { secrets: secrets.parameters, parameters: secrets.parameterCount, types: null, long: new Set() } : null;
    return this.last;
  }

  /** The server has given a statement its id. */
  named(id: number, statement: WatchedStatement): void {
    this.byId.set(id, statement);
  }

  /** The statement that a command is about, where it may hold secrets. `payload`: at least its first `namingBytes`. */
  find(payload: Buffer): WatchedStatement | null {
    const statement = this.of(payload);
    if (statement === null || payload[0] !== Command.STMT_SEND_LONG_DATA) return statement;
    const parameter = payload.length >= namingBytes ? payload.readUInt16LE(5) : -1;
    statement.long.add(parameter);
    return statement.secrets.has(parameter) ? statement : null;
  }

  /** Takes a command that ends or resets statements. */
  command(payload: Buffer): void {
    switch (payload[0]) {
      case Command.STMT_CLOSE:
        this.byId.delete(statementIdOf(payload) ?? -1);
        return;
      case Command.STMT_RESET:
        this.of(payload)?.long.clear();
        return;
      case Command.RESET_CONNECTION:
      case Command.CHANGE_USER:
        this.byId.clear();
        this.last = null;
    }
  }

  private of(payload: Buffer): WatchedStatement | null {
    const id = statementIdOf(payload);
    return id === lastPreparedId ? this.last : id === null ? null : (this.byId.get(id) ?? null);
  }
}
