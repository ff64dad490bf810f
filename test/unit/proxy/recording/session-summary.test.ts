import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RecordingPass } from "../../../../proxy/recording/recording-pass.ts";
import { summariseRecording } from "../../../../proxy/recording/session-summary.ts";
import { sealRecording } from "../../../support/evidence/sealed-recording.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";
import { capturedSessions, turnsOf } from "../../../support/wire/captured.ts";
import { openFrame, writeRecording } from "../../../support/wire/transcript.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
beforeEach(() => {
  directory = temporaryDirectory();
  file = path.join(directory.path, "one.steno");
});
afterEach(() => directory[Symbol.dispose]());

describe.each(capturedSessions().map((session) => [session.server, session] as const))("a session with %s", (_, session) => {
  const errors = session.answers.filter(({ answer }) => answer.at(-1)?.startsWith("ff")).length;

  it("is summed up from its recording", async () => {
    const open = openFrame(session.capabilities);
    writeRecording(file, open, turnsOf(session).flat());
    const counted = { id: open.session, account: "app", statements: session.answers.length, errors, startedAt: open.acceptedAt };
    expect(summariseRecording(file).session).toMatchObject({ ...counted, closeCause: "client-quit", sealed: false });
    await sealRecording(file);
    expect(summariseRecording(file)).toMatchObject({ session: { ...counted, sealed: true }, end: { kind: "end" } });
  });

  it("gives the same statements to a pass that is interrupted behind every frame", () => {
    writeRecording(file, openFrame(session.capabilities), turnsOf(session).flat());
    const seen: number[] = [];
    const pass = new RecordingPass(file, { statement: ({ seq }) => void seen.push(seq) }, true);
    let reads = 1;
    while (pass.read(() => true) === null) reads += 1;
    pass.close();
    expect(seen).toEqual(session.answers.map((_answer, index) => index + 1));
    expect(reads).toBe(turnsOf(session).flat().length + 3);
  });
});

it("a session that goes on has no end", () => {
  writeRecording(file, openFrame(0), [{ from: "client", bytes: Buffer.from("010000000e", "hex") }], false);
  expect(summariseRecording(file).session).toMatchObject({ endedAt: null, closeCause: null, statements: 0 });
});

it("a file without an open frame is no session, and says where reading ended", () => {
  fs.writeFileSync(file, "not a recording at all");
  expect(summariseRecording(file)).toEqual({
    session: null,
    malformed: null,
    end: { kind: "damaged", offset: 0, reason: "this is not a recording" },
  });
});
