/**
 * Commands that a client sends before the answer that gives their prepared statement its id, which it guesses: servers
 * count. Which statement they mean is known when that answer is there.
 */
import type { StatementDraft } from "./statement-draft.ts";

/** A command as it was sent. */
export interface SentCommand {
  readonly draft: StatementDraft;
  /** May be cut; `whole` says that it is not. */
  readonly payload: Buffer;
  readonly whole: boolean;
  /** Collation id of the session's client; `null` where it is not known. */
  readonly characterSet: number | null;
}

interface Ahead {
  readonly command: SentCommand;
  /** Sequence number of the preparation that was sent last before it: its statement is that one, or an earlier one. */
  readonly after: number;
}

/** What is held of such commands at most. */
const mostHeld = 16_384;
const mostBytes = 8 * 1024 * 1024;

export class CommandsAhead {
  /** By the id that they name, in the order of the first one of each. */
  private readonly byId = new Map<number, Ahead[]>();
  private held = 0;
  private bytes = 0;

  /** Holds a command, whose payload is copied; where too much is held already, nothing more will be known of it. */
  hold(id: number, command: SentCommand, after: number): void {
    if (this.held >= mostHeld || this.bytes + command.payload.length > mostBytes) return;
    const ahead: Ahead = { command: { ...command, payload: Buffer.from(command.payload) }, after };
    this.held += 1;
    this.bytes += command.payload.length;
    const others = this.byId.get(id);
    if (others === undefined) this.byId.set(id, [ahead]);
    else others.push(ahead);
  }

  /** Takes out those that name the statement which was given this id, in their order. */
  take(id: number): SentCommand[] {
    const taken = this.byId.get(id) ?? [];
    this.byId.delete(id);
    for (const { command } of taken) {
      this.held -= 1;
      this.bytes -= command.payload.length;
    }
    return taken.map(({ command }) => command);
  }

  /** The preparation with this sequence number was answered: those that were sent before the next one named nothing. */
  answered(seq: number): void {
    for (const [id, ahead] of this.byId) {
      if ((ahead.at(-1)?.after ?? 0) > seq) return;
      this.take(id);
    }
  }
}
