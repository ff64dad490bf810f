/** The commands of one session that may hold secrets: which they are, and what is recorded of them. */
import { Command } from "../protocol/command.ts";
import { maxPayload } from "../protocol/packet-writer.ts";
import type { Secrets } from "../sql/secrets/secret-literals.ts";
import { hasTrigger } from "../sql/secrets/secret-words.ts";
import { HeldCommand } from "./held-command.ts";
import { type RedactedPayload, redactParameters, redactRegistration, redactText, type WatchedStatement } from "./redacted-command.ts";
import type { Redacted } from "./redaction.ts";
import { namingBytes, WatchedStatements } from "./watched-statements.ts";

/** What is known of a command until it is answered; `null` of nearly all. */
export interface PendingSecrets {
  /** Secrets were replaced in it. */
  readonly redacted: boolean;
  /** The statement that it prepares, if executions of that will hold secrets. */
  readonly prepares: WatchedStatement | null;
}

const headerBytes = 4;

/** Follows one session's commands, one at a time. */
export class SecretCommands {
  private readonly capabilities: number;
  private readonly statements = new WatchedStatements();
  private command = 0;
  private held: HeldCommand | null = null;
  private redacted = false;
  /** What the text of the command at hand holds, where it was read. */
  private found: Secrets | null = null;

  constructor(capabilities: number) {
    this.capabilities = capabilities;
  }

  /** Whether (some of) the command at hand is held back. */
  get holding(): boolean {
    return this.held !== null;
  }

  /** Bytes of it that are held back. */
  get heldBytes(): number {
    return this.held?.bytes ?? 0;
  }

  /** A command begins, with its command byte. Whether it may hold secrets, and so goes through `isPlain`, or `push` and `end`. */
  begins(command: number): boolean {
    this.command = command;
    switch (command) {
      case Command.QUERY:
      case Command.STMT_PREPARE:
      case Command.REGISTER_SLAVE:
        return true;
      case Command.STMT_EXECUTE:
      case Command.STMT_BULK_EXECUTE:
      case Command.STMT_SEND_LONG_DATA:
        return !this.statements.empty;
      default:
        return false;
    }
  }

  /** Whether a command that is whole in `chunk`, from its header at `from` to `end`, holds no secret. */
  isPlain(chunk: Buffer, from: number, end: number): boolean {
    if (end - from > maxPayload) return false;
    if (this.isText) return !hasTrigger(chunk, from + headerBytes, end);
    const payload = chunk.subarray(from + headerBytes, end);
    return this.command !== Command.REGISTER_SLAVE && this.statements.find(payload) === null;
  }

  /** Takes bytes of the command at hand, from its header on. Gives what can go on. */
  push(bytes: Buffer): Redacted[] {
    this.held ??= new HeldCommand((payload) => this.redact(payload), this.isText);
    const pieces = this.held.push(bytes);
    this.note(pieces);
    return pieces;
  }

  /** The command at hand is complete. Gives the rest of it. */
  end(): Redacted[] {
    const pieces = this.held?.end() ?? [];
    this.held = null;
    this.note(pieces);
    return pieces;
  }

  /** Where what is held turns out to be of no concern: gives it, and what follows of it is not to be pushed. */
  release(): Redacted[] | null {
    if (this.held === null || this.isText || this.command === Command.REGISTER_SLAVE) return null;
    const { beginning } = this.held;
    if (beginning.length < namingBytes || this.statements.find(beginning) !== null) return null;
    const pieces = this.held.release();
    this.held = null;
    return pieces;
  }

  /**
   * A command has gone on; `bytes` holds the first `kept` bytes of its payload from `start`. Gives what is to be known
   * until it is answered.
   */
  sent(bytes: Buffer, start: number, kept: number): PendingSecrets | null {
    const { redacted, found } = this;
    this.redacted = false;
    this.found = null;
    const prepares = bytes[start] === Command.STMT_PREPARE ? this.statements.prepared(found) : null;
    if (!this.statements.empty) this.statements.command(bytes.subarray(start, start + kept));
    return redacted || prepares !== null ? { redacted, prepares } : null;
  }

  /** The server has given a statement the id `id`. */
  prepared(id: number, statement: WatchedStatement): void {
    this.statements.named(id, statement);
  }

  /** The answer to its preparation has ended. */
  answered(statement: WatchedStatement): void {
    this.statements.answered(statement);
  }

  private get isText(): boolean {
    return this.command === Command.QUERY || this.command === Command.STMT_PREPARE;
  }

  private redact(payload: Buffer): RedactedPayload | null {
    if (this.command === Command.REGISTER_SLAVE) return redactRegistration(payload);
    if (this.isText) {
      const { recorded, secrets } = redactText(payload, this.capabilities);
      this.found = secrets;
      return recorded;
    }
    const statement = this.statements.find(payload);
    return statement === null ? null : redactParameters(payload, this.capabilities, statement);
  }

  private note(pieces: readonly Redacted[]): void {
    if (pieces.some(({ redacted }) => redacted > 0)) this.redacted = true;
  }
}
