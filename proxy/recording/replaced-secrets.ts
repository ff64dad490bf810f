/** Secrets that were replaced in a recording, as its notes tell, until the statement that they belong to is at hand. */
import type { StatementSecretNote } from "../model/session.ts";
import type { RecordingPosition } from "../model/statement.ts";
import type { Frame, Note } from "./frame.ts";

/** Those of one command, and where that was noted, if in front of it. */
export interface SecretsOfCommand {
  readonly count: number;
  readonly notedAt: RecordingPosition | null;
}

const none: SecretsOfCommand = { count: 0, notedAt: null };

export class ReplacedSecrets {
  private ofCommand = none;
  private withinCommand = false;
  /** Those in the packet to the client of the frame that begins at `at`. */
  private ofAnswer = { at: -1, count: 0 };

  /** Takes the note of frame `frame`, whatever it is about. */
  note(note: Note, { offset, end }: Frame): void {
    if (!isSecretNote(note)) return;
    if (note.direction === "upstream") {
      this.ofAnswer = { at: end, count: note.count };
      return;
    }
    const { count, notedAt } = this.ofCommand;
    this.ofCommand = { count: count + note.count, notedAt: notedAt ?? (this.withinCommand ? null : { frame: offset, skip: 0 }) };
  }

  /** A command's first byte has come. */
  commandBegan(): void {
    this.withinCommand = true;
  }

  /** A packet from the client has come to its end. */
  packetEnded(): void {
    this.withinCommand = false;
  }

  /** Takes those of the command that has just ended. */
  takeOfCommand(): SecretsOfCommand {
    const { ofCommand } = this;
    this.ofCommand = none;
    return ofCommand;
  }

  /** A frame with bytes to the client begins at `offset`. */
  answerFrame(offset: number): void {
    if (offset !== this.ofAnswer.at) this.ofAnswer.count = 0;
  }

  /** Takes those of the packet that has just ended. */
  takeOfAnswer(): number {
    const { count } = this.ofAnswer;
    this.ofAnswer.count = 0;
    return count;
  }

  /** Forgets what belongs to the command under way. */
  restart(): void {
    this.ofCommand = none;
    this.withinCommand = false;
  }
}

function isSecretNote(note: Note): note is StatementSecretNote {
  return note.kind === "redacted" && note.what === "statement-secret" && Number.isInteger(note.count);
}
