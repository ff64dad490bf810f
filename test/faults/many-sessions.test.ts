import { setTimeout as delay } from "node:timers/promises";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { expect, inject, it } from "vitest";
import { listRecordings } from "../../proxy/recording/recording-files.ts";
import { verifyRecording } from "../../proxy/recording/verify.ts";
import { openDescriptors, residentMebibytes } from "../support/process-facts.ts";
import { recordedSessions } from "../support/recorded.ts";
import { available, type ServerAddress } from "../support/servers.ts";
import { type RunningStenograph, startRecorder, temporaryDirectory } from "../support/stenograph.ts";

const atOnce = 500;
const inARow = 1200;
const servers = available(inject("servers")).slice(0, 1);

const startFor = (server: ServerAddress, data: string): Promise<RunningStenograph> =>
  startRecorder({ data, upstream: `mysql://127.0.0.1:${server.port}`, auth: "passthrough" }, ["--upstream-tls", "off"]);

const connect = (recorder: RunningStenograph, server: ServerAddress) =>
  createConnection({ host: "127.0.0.1", port: recorder.first.port, ...server.app, connectTimeout: 60_000 });

const notSealed = (data: string): number => [...listRecordings(data)].filter(({ path }) => !verifyRecording(path).ok).length;

it.each(servers)(`serves ${atOnce} sessions at once, and records each`, async (server) => {
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

it.each(servers)(`${inARow} short sessions in a row leave no descriptor open and no memory behind`, async (server) => {
  using directory = temporaryDirectory();
  const recorder = await startFor(server, directory.path);
  const pid = recorder.child.pid as number;
  const runOne = async (): Promise<void> => {
    const client = await connect(recorder, server);
    await client.query("SELECT 1");
    await client.end();
  };
  const run = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += 8) await Promise.all(Array.from({ length: 8 }, runOne));
  };
  const settled = async (): Promise<{ descriptors: number; mebibytes: number }> => {
    await expect.poll(() => notSealed(directory.path), { timeout: 20_000, interval: 200 }).toBe(0);
    await delay(300);
    return { descriptors: openDescriptors(pid), mebibytes: residentMebibytes(pid) };
  };

  await run(inARow / 2);
  const half = await settled();
  await run(inARow / 2);
  const whole = await settled();
  expect(whole.descriptors - half.descriptors).toBeLessThanOrEqual(2);
  expect(whole.mebibytes - half.mebibytes).toBeLessThan(40);
  expect([...listRecordings(directory.path)]).toHaveLength(inARow);
  expect(await recorder.end()).toEqual({ exitCode: 0, signal: null });
});
