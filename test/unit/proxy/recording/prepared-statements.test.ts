import { expect, it } from "vitest";
import { Command } from "../../../../proxy/protocol/command.ts";
import { PreparedStatements } from "../../../../proxy/recording/prepared-statements.ts";
import { StatementDraft } from "../../../../proxy/recording/statement-draft.ts";
import { readStatementText } from "../../../../proxy/recording/statement-text.ts";

const nowhere = { frame: 0, skip: 0 };

function sent(prepared: PreparedStatements, seq: number, payload: Buffer): StatementDraft {
  const draft = new StatementDraft("session", seq, payload[0] ?? 0, 0, nowhere);
  readStatementText(draft, payload, payload.length, { capabilities: 0, characterSet: 45 });
  prepared.command({ draft, payload, whole: true, characterSet: 45 });
  return draft;
}

it.each([
  ["COM_STMT_CLOSE", Buffer.from([Command.STMT_CLOSE, 7, 0, 0, 0])],
  ["COM_STMT_RESET", Buffer.from([Command.STMT_RESET, 7, 0, 0, 0])],
  ["COM_STMT_SEND_LONG_DATA", Buffer.from([Command.STMT_SEND_LONG_DATA, 7, 0, 0, 0, 0, 0, 0x61])],
])("a %s names the preparation that must be read to know its text", (_, payload) => {
  const prepared = new PreparedStatements(0, true);
  const preparation = sent(prepared, 1, Buffer.concat([Buffer.of(Command.STMT_PREPARE), Buffer.from("SELECT ?")]));
  prepared.prepareOk(preparation, Buffer.from([0, 7, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0]));
  const draft = sent(prepared, 2, payload);
  expect(draft.sql).toBe("SELECT ?");
  expect(draft.context).toEqual({ prepare: 1, types: null, longData: [], columns: null });
});
