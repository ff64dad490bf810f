import { statSync } from "node:fs";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Connection } from "mysql2";
import { createConnection } from "mysql2/promise";
import { expect, inject, it } from "vitest";
import { toPackets } from "../../proxy/protocol/packet-writer.ts";
import { listRecordings } from "../../proxy/recording/recording-files.ts";
import { residentMebibytes } from "../support/process-facts.ts";
import { scriptedClient } from "../support/scripted-peer.ts";
import { signIn, startScriptedServer } from "../support/scripted-server.ts";
import { available } from "../support/servers.ts";
import { startRecorder, temporaryDirectory } from "../support/stenograph.ts";

/** What a stalled session may cost; the garbage collector's own breathing included. */
const allowedMebibytes = 48;

const recorded = (data: string): number => [...listRecordings(data)].reduce((sum, { path }) => sum + statSync(path).size, 0);

/** Waits until nothing is recorded any more; the most memory that was held meanwhile, in MiB. */
async function untilStalled(data: string, pid: number): Promise<{ bytes: number; peak: number }> {
  let peak = 0;
  for (let quiet = 0, before = -1; quiet < 5; ) {
    await delay(100);
    peak = Math.max(peak, residentMebibytes(pid));
    const bytes = recorded(data);
    quiet = bytes === before && bytes > 0 ? quiet + 1 : 0;
    before = bytes;
  }
  return { bytes: recorded(data), peak };
}

it.each(available(inject("servers")))("a client that stops reading a result of gigabytes costs a few MiB at $kind", async (server) => {
  using directory = temporaryDirectory();
  const recorder = await startRecorder({ data: directory.path, upstream: `mysql://127.0.0.1:${server.port}`, auth: "passthrough" });
  const pid = recorder.child.pid as number;
  const client = await createConnection({ host: "127.0.0.1", port: recorder.first.port, ...server.app });
  client.on("error", () => undefined);
  await client.query("SELECT 1");
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  const before = residentMebibytes(pid);
  const rows = "SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4";
  const sql = `SELECT REPEAT('m', 1000000) AS m FROM (${rows}) a, (${rows}) b, (${rows}) c, (${rows}) d, (${rows}) e`;
  const asked = client.query(sql).catch(() => "ended");
  stream.pause();

  const { bytes, peak } = await untilStalled(directory.path, pid);
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThan(100_000_000);
  expect(peak - before).toBeLessThan(allowedMebibytes);
  stream.resetAndDestroy();
  expect(await asked).toBe("ended");
  expect(await recorder.end()).toEqual({ exitCode: 0, signal: null });
});

it("a server that stops reading a statement of hundreds of megabytes costs a few MiB", async () => {
  const server = await startScriptedServer(({ socket }) => void socket.pause());
  using directory = temporaryDirectory();
  const recorder = await startRecorder({ data: directory.path, upstream: `mysql://127.0.0.1:${server.port}`, auth: "passthrough" }, [
    "--upstream-tls",
    "off",
  ]);
  const pid = recorder.child.pid as number;
  const client = scriptedClient(recorder.first.port);
  await signIn(client);
  const before = residentMebibytes(pid);
  const part = toPackets(Buffer.alloc(0xfffffe, 0x03), 0);
  const send = (left: number): void => void (left > 0 && client.socket.write(part, () => send(left - 1)));
  send(20);

  const { bytes, peak } = await untilStalled(directory.path, pid);
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThan(100_000_000);
  expect(peak - before).toBeLessThan(allowedMebibytes);
  client.socket.destroy();
  expect(await recorder.end()).toEqual({ exitCode: 0, signal: null });
  await server.stop();
});

it.each(available(inject("servers")))(
  "a result of 600 MB that both sides compress costs less than a sixth of it at $kind",
  async (server) => {
    using directory = temporaryDirectory();
    const upstream = `mysql://127.0.0.1:${server.port}`;
    const recorder = await startRecorder({ data: directory.path, upstream, auth: "passthrough" }, ["--upstream-compression", "zlib"]);
    const pid = recorder.child.pid as number;
    const client = await createConnection({ host: "127.0.0.1", port: recorder.first.port, ...server.app, compress: true });
    await client.query("SELECT 1");
    const before = residentMebibytes(pid);
    const ten = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(" UNION ALL ");
    const six = "SELECT 1 AS d UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6";
    const { connection } = client as unknown as { connection: Connection };
    const query = connection.query(`SELECT REPEAT(SHA2(a.d * 10 + b.d, 512), 8192) AS m FROM (${ten}) a, (${ten}) b, (${six}) c`);
    let bytes = 0;
    let peak = 0;
    for await (const row of query.stream() as AsyncIterable<{ m: string }>) {
      bytes += row.m.length;
      peak = Math.max(peak, residentMebibytes(pid));
    }
    expect(bytes).toBe(600 * 1024 * 1024);
    // The whole process, the library's thread included, which reads along.
    expect(peak - before).toBeLessThan(2 * allowedMebibytes);
    await client.end();
    expect(recorded(directory.path)).toBeGreaterThan(bytes);
    expect(await recorder.end()).toEqual({ exitCode: 0, signal: null });
  },
);

it.each(available(inject("servers")))("a million small rows cost no more than few large ones at $kind", async (server) => {
  using directory = temporaryDirectory();
  const recorder = await startRecorder({ data: directory.path, upstream: `mysql://127.0.0.1:${server.port}`, auth: "passthrough" });
  const pid = recorder.child.pid as number;
  const client = await createConnection({ host: "127.0.0.1", port: recorder.first.port, ...server.app });
  await client.query("SELECT 1");
  const before = residentMebibytes(pid);
  const ten = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(" UNION ALL ");
  const { connection } = client as unknown as { connection: Connection };
  const from = ["a", "b", "c", "d", "e", "f"].map((name) => `(${ten}) ${name}`).join(", ");
  let rows = 0;
  let peak = 0;
  for await (const _ of connection.query(`SELECT SHA2(a.d * 10 + b.d, 512) AS m FROM ${from}`).stream()) {
    rows += 1;
    if (rows % 1000 === 0) peak = Math.max(peak, residentMebibytes(pid));
  }
  expect(rows).toBe(1_000_000);
  expect(peak - before).toBeLessThan(2 * allowedMebibytes);
  await client.end();
  expect(recorded(directory.path)).toBeGreaterThan(128_000_000);
  expect(await recorder.end()).toEqual({ exitCode: 0, signal: null });
});
