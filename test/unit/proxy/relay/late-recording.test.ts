import { expect, it } from "vitest";
import { FailureError } from "../../../../proxy/model/failure.ts";
import type { ClientProcess, SessionClose } from "../../../../proxy/model/session.ts";
import type { SoughtProcess } from "../../../../proxy/relay/client-process.ts";
import { recordingOf } from "../../../../proxy/relay/late-recording.ts";
import type { SessionRecording } from "../../../../proxy/relay/recording.ts";

const found: ClientProcess = { pid: 7, program: "/usr/bin/mysql", user: "anna" };
const close: SessionClose = { cause: "client-quit", detail: null, clientBytes: 0, clientPackets: 0, upstreamBytes: 0, upstreamPackets: 0 };

/** A process that is looked for until `end`; what becomes of its session's recording, in order. */
function lookedFor(known?: ClientProcess | null, failure: FailureError | null = null) {
  const heard: unknown[] = [];
  const { promise, resolve } = Promise.withResolvers<ClientProcess | null>();
  const process = { known, soon: () => promise };
  const begun: SessionRecording = {
    client: (bytes) => void heard.push(["client", String(bytes)]),
    upstream: (bytes) => void heard.push(["upstream", String(bytes)]),
    note: (note) => void heard.push(["note", note.kind]),
    close: ({ cause }) => void heard.push(["close", cause]),
    whenDurable: (done) => done(),
  };
  const recording = recordingOf(process satisfies SoughtProcess, {
    open: (of) => {
      if (failure !== null) throw failure;
      heard.push(["open", of]);
      return begun;
    },
    failed: ({ code }) => void heard.push(["failed", code]),
  });
  const end = async (as: ClientProcess | null): Promise<void> => {
    process.known = as;
    resolve(as);
    await promise;
  };
  return { recording, heard, end };
}

it("begins at once where it is known which process the client is, or that it cannot be known", () => {
  expect(lookedFor(found).heard).toEqual([["open", found]]);
  expect(lookedFor(null).heard).toEqual([["open", null]]);
});

it("begins with the process when that is found, before the client said anything", async () => {
  const { recording, heard, end } = lookedFor();
  expect(heard).toEqual([]);
  await end(found);
  recording.client(Buffer.from("a"));
  recording.upstream(Buffer.from("b"));
  recording.close(close);
  expect(heard).toEqual([
    ["open", found],
    ["client", "a"],
    ["upstream", "b"],
    ["close", "client-quit"],
  ]);
});

it.each<[string, (recording: SessionRecording) => void]>([
  ["a command", (recording) => recording.client(Buffer.from("a"))],
  ["what the upstream says", (recording) => recording.upstream(Buffer.from("a"))],
  ["a note", (recording) => recording.note({ kind: "redacted", what: "authentication", direction: "client", bytes: 1 })],
  ["waiting for the disk", (recording) => recording.whenDurable(() => undefined)],
  ["its end", (recording) => recording.close(close)],
])("begins without a process with %s, and once", async (_, record) => {
  const { recording, heard, end } = lookedFor();
  record(recording);
  expect(heard[0]).toEqual(["open", null]);
  const before = heard.length;
  await end(found);
  expect(heard).toHaveLength(before);
});

it("throws to whom records first where it cannot begin, and tells of it where nobody does", async () => {
  const failure = new FailureError("recording-failed", "The disk is full.");
  const { recording, heard, end } = lookedFor(undefined, failure);
  expect(() => recording.client(Buffer.from("a"))).toThrow(failure);
  expect(heard).toEqual([]);
  await end(found);
  expect(heard).toEqual([["failed", "recording-failed"]]);
  recording.close(close);
  expect(heard).toEqual([
    ["failed", "recording-failed"],
    ["failed", "recording-failed"],
  ]);
  expect(() => lookedFor(found, failure)).toThrow(failure);
});
