/** The text that a command carries itself, and what comes with it. */

import { decodeChangeUser } from "../protocol/change-user.ts";
import { decodeStatementText, decodeText } from "../protocol/character-set.ts";
import { decodeComQuery } from "../protocol/com-query.ts";
import { Command } from "../protocol/command.ts";
import { summariseCommand } from "../protocol/command-summary.ts";
import type { StatementDraft } from "./statement-draft.ts";

/** What must be known of a session to read its statements' texts. */
export interface TextContext {
  readonly capabilities: number;
  readonly characterSet: number | null;
}

/** Reads the text of a command that has one, or else a summary, into `draft`. `payload` may be cut; `length` is that of the whole. */
export function readStatementText(draft: StatementDraft, payload: Buffer, length: number, of: TextContext): void {
  switch (draft.command) {
    case Command.QUERY: {
      const decoded = decodeComQuery(payload, of.capabilities, of.characterSet);
      if (decoded.ok) draft.attributes = decoded.value.attributes;
      else draft.decodeFailed = decoded.malformed;
      setText(draft, decoded.ok ? decoded.value.text : payload.subarray(1), length - payload.length, of);
      return;
    }
    case Command.STMT_PREPARE:
    case Command.INIT_DB:
    case Command.CREATE_DB:
    case Command.DROP_DB:
      setText(draft, payload.subarray(1), length - payload.length, of);
      return;
    case Command.CHANGE_USER: {
      const decoded = decodeChangeUser(payload, of.capabilities);
      if (decoded.ok) draft.changedCharacterSet = decoded.value.characterSet;
    }
  }
  draft.summary = summariseCommand(payload, of.capabilities);
}

function setText(draft: StatementDraft, text: Buffer, missing: number, of: TextContext): void {
  draft.sql = missing > 0 ? cutText(text, of.characterSet) : decodeStatementText(text, of.characterSet);
  draft.sqlCutFrom = missing > 0 ? text.length + missing : null;
}

const longestCharacter = 4;
const utf8Collation = 45;

/** Leaves out the start of a character at the end of a text that was cut, which would make all of it invalid. */
function cutText(text: Buffer, characterSet: number | null): string {
  for (const collation of [characterSet ?? utf8Collation, utf8Collation]) {
    for (let left = 0; left < longestCharacter; left += 1) {
      const decoded = decodeText(text.subarray(0, text.length - left), collation);
      if (decoded !== null) return decoded;
    }
  }
  return decodeStatementText(text, characterSet);
}
