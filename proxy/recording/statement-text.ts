/** The text that a command carries itself, and what comes with it. */
import { decodeStatementText } from "../protocol/character-set.ts";
import { decodeComQuery } from "../protocol/com-query.ts";
import { Command } from "../protocol/command.ts";
import type { StatementDraft } from "./statement-draft.ts";

/** What must be known of a session to read its statements' texts. */
export interface TextContext {
  readonly capabilities: number;
  readonly characterSet: number | null;
}

/** Reads the text of a command that has one into `draft`. `payload` may be cut; `length` is that of the whole. */
export function readStatementText(draft: StatementDraft, payload: Buffer, length: number, of: TextContext): void {
  switch (draft.command) {
    case Command.QUERY: {
      const decoded = decodeComQuery(payload, of.capabilities);
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
  }
}

function setText(draft: StatementDraft, text: Buffer, missing: number, of: TextContext): void {
  draft.sql = decodeStatementText(missing > 0 ? withoutCutCharacter(text) : text, of.characterSet);
  draft.sqlCutFrom = missing > 0 ? text.length + missing : null;
}

/** Leaves out the start of a UTF-8 character at the end of a text that was cut, which would make all of it invalid. */
function withoutCutCharacter(text: Buffer): Buffer {
  for (let back = 1; back <= 3 && back <= text.length; back += 1) {
    const byte = text[text.length - back] as number;
    if (byte >= 0xc0) {
      const whole = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < whole ? text.subarray(0, -back) : text;
    }
    if (byte < 0x80) return text;
  }
  return text;
}
