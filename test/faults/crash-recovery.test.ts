import { appendFileSync, existsSync, readFileSync, statSync, truncateSync } from "node:fs";
import { createConnection } from "mysql2/promise";
import { expect, inject, it } from "vitest";
import { listRecordings } from "../../proxy/recording/recording-files.ts";
import { verifyRecording } from "../../proxy/recording/verify.ts";
import { recordedSession, recordedSessions } from "../support/recorded.ts";
import { available, type ServerAddress } from "../support/servers.ts";
import { listStatements, type RunningStenograph, startRecorder, temporaryDirectory } from "../support/stenograph.ts";

const servers = available(inject("servers"));

const start = (server: ServerAddress, data: string): Promise<RunningStenograph> =>
  startRecorder({ data, upstream: `mysql://127.0.0.1:${server.port}`, auth: "passthrough" });

/** Records one session with two statements and kills the recorder; gives the recording's file. */
async function recordAndKill(server: ServerAddress, data: string): Promise<string> {
  const recorder = await start(server, data);
  const client = await createConnection({ host: "127.0.0.1", port: recorder.first.port, ...server.app });
  client.on("error", () => undefined);
  await client.query("SELECT 'first' AS answer");
  await client.query("SELECT 'second' AS answer");
  await recorder.end("SIGKILL");
  client.destroy();
  return [...listRecordings(data)].at(-1)?.path ?? "";
}

async function restart(server: ServerAddress, data: string, until: () => boolean): Promise<void> {
  const recorder = await start(server, data);
  await expect.poll(until, { timeout: 20_000, interval: 50 }).toBe(true);
  expect(await recorder.end()).toEqual({ exitCode: 0, signal: null });
}

it.each(servers)("a torn tail is cut at the last whole frame, kept aside, and the session is sealed as crashed", async (server) => {
  using directory = temporaryDirectory();
  const file = await recordAndKill(server, directory.path);
  const whole = recordedSession(file);
  // The last frame is the second answer: half of it never reached the disk.
  truncateSync(file, statSync(file).size - 5);
  const torn = readFileSync(file);

  await restart(server, directory.path, () => verifyRecording(file).ok);
  const recovered = recordedSession(file);
  expect(recovered.close).toMatchObject({ cause: "crashed" });
  expect(recovered.seal).not.toBeNull();
  expect(recovered.statements[0]).toEqual(whole.statements[0]);
  expect(recovered.statements[1]).toMatchObject({ sql: "SELECT 'second' AS answer", outcome: "aborted" });
  const kept = readFileSync(`${file}.torn`);
  expect(torn.subarray(torn.length - kept.length)).toEqual(kept);
  expect(readFileSync(file).subarray(0, torn.length - kept.length)).toEqual(torn.subarray(0, torn.length - kept.length));
});

it.each(servers)("bytes that are no frame at the end are cut and never guessed at", async (server) => {
  using directory = temporaryDirectory();
  const file = await recordAndKill(server, directory.path);
  const whole = recordedSession(file);
  appendFileSync(file, Buffer.from("40000000030102", "hex"));
  await restart(server, directory.path, () => verifyRecording(file).ok);
  expect(recordedSession(file).statements.slice(0, 2)).toEqual(whole.statements.slice(0, 2));
});

it.each(servers)("damage in the middle is left as it is, and hides no other session", async (server) => {
  using directory = temporaryDirectory();
  const file = await recordAndKill(server, directory.path);
  const bytes = readFileSync(file);
  const at = bytes.indexOf("SELECT 'first'");
  bytes[at] = 0x58;
  truncateSync(file, 0);
  appendFileSync(file, bytes);
  const other = await recordAndKill(server, directory.path);

  await restart(server, directory.path, () => verifyRecording(other).ok);
  expect(readFileSync(file)).toEqual(bytes);
  expect(existsSync(`${file}.torn`)).toBe(false);
});

it.each(servers)("a recording that another process is writing is not touched", async (server) => {
  using directory = temporaryDirectory();
  const first = await start(server, directory.path);
  const client = await createConnection({ host: "127.0.0.1", port: first.first.port, ...server.app });
  await client.query("SELECT 'before' AS answer");
  const [live] = [...listRecordings(directory.path)];
  const before = readFileSync(live?.path ?? "");

  const crashed = await recordAndKill(server, directory.path);
  await restart(server, directory.path, () => verifyRecording(crashed).ok);
  expect(readFileSync(live?.path ?? "")).toEqual(before);

  await client.query("SELECT 'after' AS answer");
  await client.end();
  expect(await first.end()).toEqual({ exitCode: 0, signal: null });
  const session = recordedSession(live?.path ?? "");
  expect(session.statements.map(({ sql }) => sql)).toEqual(["SELECT 'before' AS answer", "SELECT 'after' AS answer", null]);
  expect(session.close?.cause).not.toBe("crashed");
  expect(verifyRecording(session.path)).toEqual({ ok: true });
});

it.each(servers)("what was recorded before a crash can be read before anything is recovered", async (server) => {
  using directory = temporaryDirectory();
  await recordAndKill(server, directory.path);
  const statements = await listStatements(directory.path, ["--rows"]);
  expect(statements.map(({ sql, results }) => [sql, results?.[0]?.rows])).toEqual([
    ["SELECT 'first' AS answer", [["first"]]],
    ["SELECT 'second' AS answer", [["second"]]],
  ]);
  expect(recordedSessions(directory.path)[0]?.close).toBeNull();
});
