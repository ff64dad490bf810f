import { copyFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toPackets } from "../../../proxy/protocol/packet-writer.ts";
import { encodeFileHeader, encodeFrame, encodeJsonFrame, FrameKind } from "../../../proxy/recording/frame.ts";
import { newSessionId, recordingPath } from "../../../proxy/recording/recording-files.ts";
import { RecordedSession } from "../../support/library/recorded-session.ts";
import { runStenograph, temporaryDirectory } from "../../support/stenograph.ts";

const start = Date.UTC(2026, 0, 31, 9) * 1000;
const [copyId, brokenId, emptyId] = [newSessionId(start / 1000 + 1), newSessionId(start / 1000 + 2), newSessionId(start / 1000 + 3)];
let data: ReturnType<typeof temporaryDirectory>;
let original: RecordedSession;

beforeAll(() => {
  data = temporaryDirectory();
  original = new RecordedSession(data.path, start).query("SELECT 'once'", start + 1).close();
  copyFileSync(original.path, path(copyId));
  const statement = toPackets(Buffer.from("\x03SELECT 'whose'"), 0);
  const broken = encodeJsonFrame(FrameKind.open, 1n, { session: brokenId, recorder: 7 });
  writeFileSync(path(brokenId), Buffer.concat([encodeFileHeader(), broken, encodeFrame(FrameKind.client, 2n, statement)]));
  writeFileSync(path(emptyId), encodeFileHeader());
});
afterAll(() => data[Symbol.dispose]());

const path = (session: string): string => recordingPath(data.path, session);

describe.each(["sessions", "statements"])("%s", (command) => {
  it("passes a recording over that was copied under another name, and names what it found in the others", async () => {
    const run = await runStenograph([command, "--data", data.path, "--json"]);
    expect(run.exitCode).toBe(1);
    expect(run.stderr.trimEnd().split("\n")).toEqual([
      `${path(copyId)} is passed over: by its name it is session ${copyId}, but it holds session ${original.id}. It may be a renamed copy.`,
      `${path(brokenId)} is damaged: its open frame does not tell what it should.`,
      `${path(emptyId)} is damaged: it has no open frame.`,
    ]);
    const lines = run.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { id?: string; session?: string });
    expect(lines.map(({ id, session }) => id ?? session)).toEqual([original.id]);
  });
});

it("statements of a session whose recording is another's says so, and shows none", async () => {
  const run = await runStenograph(["statements", "--data", data.path, copyId, "--json"]);
  expect(run).toMatchObject({ stdout: "", exitCode: 1, stderr: expect.stringContaining(`holds session ${original.id}`) });
});
