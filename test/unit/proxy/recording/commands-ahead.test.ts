import { expect, it } from "vitest";
import { Command } from "../../../../proxy/protocol/command.ts";
import { CommandsAhead, type SentCommand } from "../../../../proxy/recording/commands-ahead.ts";
import { StatementDraft } from "../../../../proxy/recording/statement-draft.ts";

function close(seq: number, bytes = 5): SentCommand {
  const draft = new StatementDraft("session", seq, Command.STMT_CLOSE, 0, { frame: 0, skip: 0 });
  return { draft, payload: Buffer.alloc(bytes), whole: true, characterSet: null };
}

const seqs = (commands: readonly SentCommand[]): number[] => commands.map(({ draft }) => draft.seq);

it("gives the commands that name an id in their order, once", () => {
  const ahead = new CommandsAhead();
  for (const [id, seq] of [
    [7, 2],
    [8, 3],
    [7, 4],
  ] as const)
    ahead.hold(id, close(seq), 1);
  expect([seqs(ahead.take(7)), seqs(ahead.take(7)), seqs(ahead.take(8))]).toEqual([[2, 4], [], [3]]);
});

it("keeps a copy of a payload, whose memory may be used again", () => {
  const ahead = new CommandsAhead();
  const command = close(2);
  ahead.hold(7, command, 1);
  command.payload.fill(1);
  expect(ahead.take(7)[0]?.payload).toEqual(Buffer.alloc(5));
});

it("forgets what was sent before the next preparation when the one before is answered", () => {
  const ahead = new CommandsAhead();
  ahead.hold(7, close(2), 1);
  ahead.hold(8, close(4), 3);
  ahead.answered(1);
  expect([seqs(ahead.take(7)), seqs(ahead.take(8))]).toEqual([[], [4]]);
});

it.each([
  ["number", 5, 16_384],
  ["bytes", 1024 * 1024, 8],
])("is bounded in %s, and has room again when commands are taken", (_, bytes, most) => {
  const ahead = new CommandsAhead();
  for (let seq = 2; seq < most + 12; seq += 1) ahead.hold(seq % 10, close(seq, bytes), 1);
  const taken = Array.from({ length: 10 }, (_none, id) => ahead.take(id).length);
  expect(taken.reduce((sum, count) => sum + count)).toBe(most);
  ahead.hold(1, close(1, bytes), 1);
  expect(ahead.take(1)).toHaveLength(1);
});
