import { readdirSync } from "node:fs";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { expect, inject, it } from "vitest";
import { IndexLock } from "../../proxy/library/index-lock.ts";
import { listRecordings } from "../../proxy/recording/recording-files.ts";
import { verifyRecording } from "../../proxy/recording/verify.ts";
import { inspected, LiveHeap } from "../support/live-heap.ts";
import { openDescriptors, residentMebibytes } from "../support/process-facts.ts";
import { recordedSessions } from "../support/recorded.ts";
import { available, type ServerAddress } from "../support/servers.ts";
import { listSessions, type RunningStenograph, startRecorder, temporaryDirectory } from "../support/stenograph.ts";
import { WireClient } from "../support/wire/wire-client.ts";

const atOnce = 500;
/** `STENOGRAPH_SESSIONS_IN_A_ROW` says how many; the memory that the first of them take is not counted. */
const inARow = Number(process.env.STENOGRAPH_SESSIONS_IN_A_ROW ?? 10_000);
const warmedUp = inARow / 5;
const servers = available(inject("servers"));

/** Bytes that a thread may keep of each session: none for good, but the names of recordings that were added in the last seconds. */
const keptPerSession = 48;

/** What the recorder holds when every session is recorded, indexed and sealed. */
interface Settled {
  readonly descriptors: number;
  readonly mebibytes: number;
  readonly live: Record<string, number>;
}

const startFor = (server: ServerAddress, data: string, environment: Record<string, string> = {}): Promise<RunningStenograph> =>
  startRecorder({ data, upstream: `mysql://127.0.0.1:${server.port}`, auth: "passthrough" }, ["--upstream-tls", "off"], environment);

const connect = (recorder: RunningStenograph, server: ServerAddress) =>
  createConnection({ host: "127.0.0.1", port: recorder.first.port, ...server.app, connectTimeout: 60_000 });

const notSealed = (data: string): number => [...listRecordings(data)].filter(({ path }) => !verifyRecording(path).ok).length;

it.each(available(inject("servers")))(`serves ${atOnce} sessions at once with $kind, and records each`, async (server) => {
  using directory = temporaryDirectory();
  const recorder = await startFor(server, directory.path);
  const clients = await Promise.all(Array.from({ length: atOnce }, () => connect(recorder, server)));
  const answers = await Promise.all(clients.map((client, index) => client.query<RowDataPacket[]>(`SELECT ${index} AS n`)));
  expect(answers.map(([rows]) => rows[0]?.n)).toEqual(Array.from({ length: atOnce }, (_, index) => index));
  await Promise.all(clients.map((client) => client.end()));
  await expect.poll(() => notSealed(directory.path), { timeout: 20_000, interval: 200 }).toBe(0);
  expect(await recorder.end()).toEqual({ exitCode: 0, signal: null });

  const sessions = recordedSessions(directory.path);
  expect(sessions).toHaveLength(atOnce);
  const numbers = sessions.map(({ statements }) => Number(statements[0]?.results[0]?.[0]?.[0])).sort((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: atOnce }, (_, index) => index));
  expect(new Set(sessions.map(({ close }) => close?.cause))).toEqual(new Set(["client-quit"]));
});

it.each(servers)(
  `${inARow} short sessions in a row leave nothing behind but a recording each at $kind`,
  async (server) => {
    using directory = temporaryDirectory();
    const recorder = await startFor(server, directory.path, inspected);
    const pid = recorder.child.pid as number;
    const heap = await LiveHeap.of(recorder.stderr());
    const runOne = async (): Promise<void> => {
      const client = await WireClient.connect(recorder.first, server.app);
      await client.query("SELECT 1");
      await client.quit();
    };
    const run = async (count: number): Promise<void> => {
      for (let done = 0; done < count; done += 8) await Promise.all(Array.from({ length: 8 }, runOne));
    };
    const sealed = new Set<string>();
    const settled = async (): Promise<Settled> => {
      const left = (): number => {
        for (const { path } of listRecordings(directory.path)) if (!sealed.has(path) && verifyRecording(path).ok) sealed.add(path);
        return [...listRecordings(directory.path)].length - sealed.size;
      };
      await expect.poll(left, { timeout: 120_000, interval: 200 }).toBe(0);
      // In this order: what waits for the garbage collector, a few hundred MiB, is no leak.
      const live = await heap.measure();
      return { live, mebibytes: residentMebibytes(pid), descriptors: openDescriptors(pid) };
    };

    await run(warmedUp);
    const before = await settled();
    await run(inARow - warmedUp);
    const after = await settled();
    expect(after.descriptors).toBeLessThanOrEqual(before.descriptors);
    // What allocators keep for themselves comes and goes by some 80 MiB; 20 KiB a session outside of the heaps would be more than this.
    expect(after.mebibytes - before.mebibytes).toBeLessThan(150);
    expect(Object.keys(after.live)).toHaveLength(3);
    const kept = Object.entries(after.live).map(([thread, bytes]) => [thread, (bytes - (before.live[thread] ?? 0)) / (inARow - warmedUp)]);
    expect(kept.filter(([, bytesPerSession]) => Number(bytesPerSession) > keptPerSession)).toEqual([]);
    await heap.close();
    expect(await recorder.end()).toEqual({ exitCode: 0, signal: null });

    expect(sealed.size).toBe(inARow);
    const files = readdirSync(directory.path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const others = files.filter(({ name }) => !name.endsWith(".steno")).map(({ name }) => name);
    expect(files).toHaveLength(inARow + others.length);
    // No recorder's.
    expect(others.filter((name) => name.endsWith(".lock")).sort()).toEqual(["device-log.lock", "library.lock", "settings.lock"]);
    const lock = new IndexLock(directory.path);
    expect(lock.take()).toBe(true);
    lock.close();
    const listed = await listSessions(directory.path);
    expect(new Set(listed.map(({ closeCause, statements }) => `${closeCause}, ${statements} statements`))).toEqual(
      new Set(["client-quit, 2 statements"]),
    );
    expect(listed).toHaveLength(inARow);
  },
  300_000,
);
