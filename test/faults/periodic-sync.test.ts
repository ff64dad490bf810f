import { setImmediate } from "node:timers/promises";
import { afterEach, expect, it, vi } from "vitest";
import type { SessionOpen } from "../../proxy/model/session.ts";
import { Recorder } from "../../proxy/recording/recorder.ts";
import { newSessionId } from "../../proxy/recording/recording-files.ts";
import { FaultyFiles } from "../support/faulty-files.ts";
import { temporaryDirectory } from "../support/stenograph.ts";

const syncEveryMs = 200;

afterEach(() => vi.useRealTimers());

/** A recorder on its own clock, and the recording of one session that has just begun. */
function record(dataDirectory: string, files: FaultyFiles) {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const recorder = new Recorder(dataDirectory, { state: () => undefined, progress: () => undefined }, files);
  const recording = recorder.open({ session: newSessionId(Date.now()) } as SessionOpen, () => undefined);
  return { recorder, recording };
}

const close = { cause: "client-quit", detail: null, clientBytes: 0, clientPackets: 0, upstreamBytes: 0, upstreamPackets: 0 } as const;

it("brings what was recorded to the disk every 200 ms, and asks nothing of the disk in between", async () => {
  using directory = temporaryDirectory();
  const files = new FaultyFiles();
  const { recorder, recording } = record(directory.path, files);
  recording.client(Buffer.from("one"));
  recording.upstream(Buffer.from("two"));
  expect(files.syncs).toBe(0);
  vi.advanceTimersByTime(syncEveryMs);
  expect(files.syncs).toBe(1);
  await setImmediate();
  vi.advanceTimersByTime(10 * syncEveryMs);
  expect(files.syncs).toBe(1);
  recording.close(close);
  recorder.stop();
});

it("syncs again what was recorded while a slow disk was still busy with the sync before", async () => {
  using directory = temporaryDirectory();
  const files = new FaultyFiles();
  const { recorder, recording } = record(directory.path, files);
  files.holdsSyncs = true;
  recording.client(Buffer.from("first"));
  vi.advanceTimersByTime(syncEveryMs);
  recording.client(Buffer.from("second"));
  vi.advanceTimersByTime(syncEveryMs);
  expect(files.syncs).toBe(1);
  files.releaseSyncs();
  await vi.waitFor(() => expect(files.syncs).toBe(2));
  recording.close(close);
  recorder.stop();
});
