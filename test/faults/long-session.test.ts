/**
 * A session of days: what two days change (folders, clocks) and what very many statements cost.
 * `STENOGRAPH_STATEMENTS_IN_A_SESSION` says how many.
 */
import { dirname } from "node:path";
import { expect, it } from "vitest";
import { LibraryClient } from "../../proxy/library/library-client.ts";
import { failureOf } from "../../proxy/model/failure.ts";
import { RecorderLock } from "../../proxy/recording/recorder-lock.ts";
import { listRecordings } from "../../proxy/recording/recording-files.ts";
import { verifyRecording } from "../../proxy/recording/verify.ts";
import { RecordedSession } from "../support/library/recorded-session.ts";
import { inspected, LiveHeap } from "../support/live-heap.ts";
import { ownMebibytes } from "../support/process-facts.ts";
import { scriptedClient } from "../support/scripted-peer.ts";
import { signIn } from "../support/scripted-server.ts";
import { listSessions, startRecorder, temporaryDirectory } from "../support/stenograph.ts";
import { startTirelessServer, TirelessClient } from "../support/tireless-server.ts";

const statements = Number(process.env.STENOGRAPH_STATEMENTS_IN_A_SESSION ?? 1_000_000);
const libraryThread = new URL("../../proxy/library-thread.ts", import.meta.url);
/** What each thread may keep alive more at the end, and the whole process: that has the library's cache of 64 MiB, and what its allocator keeps. */
const threadMebibytes = 4;
const processMebibytes = 100;
const hourUs = 3_600_000_000;

/** Waits until all that is recorded is indexed, however long that takes. */
async function caughtUp(library: LibraryClient): Promise<void> {
  const settled = (): Promise<string> =>
    library.call("library.settled", {}).then(
      () => "settled",
      (thrown: unknown) => failureOf(thrown).code,
    );
  for (let state = await settled(); state !== "settled"; state = await settled()) expect(state).toBe("library-behind");
}

it(`a session of ${statements} statements costs no more memory at its end than at its beginning`, async () => {
  const server = await startTirelessServer();
  using directory = temporaryDirectory();
  const upstream = `mysql://127.0.0.1:${server.port}`;
  await using recorder = await startRecorder({ data: directory.path, upstream, auth: "passthrough" }, ["--upstream-tls", "off"], inspected);
  const pid = recorder.child.pid as number;
  const library = new LibraryClient(libraryThread, { dataDirectory: directory.path, index: false, recorder: null });
  try {
    const heap = await LiveHeap.of(recorder.stderr());
    const collector = scriptedClient(recorder.first.port);
    await signIn(collector);
    const client = new TirelessClient(collector);
    /** Runs statements, and says what is held when the library has nothing left to read. */
    const heldAfter = async (commands: number) => {
      const ran = await client.run(commands);
      await caughtUp(library);
      return { ran, live: await heap.measure(), mebibytes: ownMebibytes(pid) };
    };
    const before = await heldAfter(statements / 5);
    const after = await heldAfter((statements * 4) / 5);
    client.quit();
    // What is signed of so many statements takes its time to be made, behind all else that the machine has to do.
    const sealed = async () => (await library.call("sessions.list", { limit: 2 })).sessions.map((session) => session.sealed);
    await expect.poll(sealed, { timeout: 400_000, interval: 500 }).toEqual([true]);
    await heap.close();
    expect(await recorder.end()).toEqual({ exitCode: 0, signal: null });
    expect([...listRecordings(directory.path)].map(({ path }) => verifyRecording(path))).toEqual([{ ok: true }]);

    const grown = Object.entries(after.live).map(([thread, bytes]) => [thread, (bytes - (before.live[thread] ?? 0)) / 2 ** 20] as const);
    expect(grown).toHaveLength(3);
    expect(grown.filter(([, mebibytes]) => mebibytes > threadMebibytes)).toEqual([]);
    expect(after.mebibytes - before.mebibytes).toBeLessThan(processMebibytes);
    const [session, ...others] = await listSessions(directory.path);
    expect(others).toEqual([]);
    expect(session).toMatchObject({ statements: before.ran + after.ran + 1, errors: 0, closeCause: "client-quit" });
  } finally {
    await library.close();
    await server.stop();
  }
}, 900_000);

it("a session that began two days ago is followed in its old folder, whoever records it", async () => {
  using directory = temporaryDirectory();
  const lock = RecorderLock.acquire(directory.path);
  const now = Date.now() * 1000;
  const session = new RecordedSession(directory.path, now - 48 * hourUs, { recorder: lock.id });
  session.query("SELECT 'the day before yesterday'", now - 48 * hourUs + 1);
  const library = new LibraryClient(libraryThread, { dataDirectory: directory.path, index: true, recorder: null });
  const texts = async (): Promise<(string | null)[]> => {
    await library.call("library.settled", {});
    const { rows } = await library.call("statements.page", { filter: "", offset: 0, limit: 10 });
    return rows.map(({ sql }) => sql);
  };
  try {
    expect(await texts()).toEqual(["SELECT 'the day before yesterday'"]);
    session.query("SELECT 'yesterday'", now - 24 * hourUs).query("SELECT 'today'", now);
    await expect.poll(texts).toHaveLength(3);
    const today = new RecordedSession(directory.path, now, { recorder: lock.id }).query("SELECT 'another'", now + 1).close();
    expect(dirname(today.path)).not.toBe(dirname(session.path));
    session.query("SELECT 'later'", now + 2).close();
    await expect.poll(texts).toHaveLength(5);
    expect((await texts()).sort()).toEqual(
      ["another", "later", "the day before yesterday", "today", "yesterday"].map((word) => `SELECT '${word}'`),
    );
    const { sessions } = await library.call("sessions.list", { limit: 10 });
    expect(sessions.map(({ statements: count, closeCause, endedAt }) => [count, closeCause, endedAt !== null])).toEqual([
      [1, "client-quit", true],
      [4, "client-quit", true],
    ]);
  } finally {
    await library.close();
    lock.release();
  }
});
