/** The account that a session's statements run on: the one that it began with, or that of the last change of user. */
import { Command } from "../protocol/command.ts";
import type { Note } from "./frame.ts";
import type { StatementDraft } from "./statement-draft.ts";

export class SessionAccount {
  /** In force now; `null` for the anonymous one. */
  current: string | null;
  /** In force behind the COM_CHANGE_USER whose answer comes next; `undefined` where there is none. */
  private next: string | null | undefined = undefined;

  constructor(account: string | null) {
    this.current = account;
  }

  /** Takes a note, whatever it is about; that of a change of user comes before the answer to its command. */
  note(note: Note): void {
    if (note.kind === "signed-in-again" && (typeof note.account === "string" || note.account === null)) this.next = note.account;
  }

  /** A statement has its answer: the change of user itself ran on the account before. */
  finished({ command }: StatementDraft): void {
    if (command !== Command.CHANGE_USER || this.next === undefined) return;
    this.current = this.next;
    this.next = undefined;
  }
}
