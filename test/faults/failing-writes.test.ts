import { once } from "node:events";
import type { Socket } from "node:net";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterEach, describe, expect, inject, it } from "vitest";
import { decodeErrPacket } from "../../proxy/protocol/err-packet.ts";
import { toPackets } from "../../proxy/protocol/packet-writer.ts";
import { wellFormed } from "../support/connection-phase-settings.ts";
import { FaultyFiles } from "../support/faulty-files.ts";
import { recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { scriptedClient } from "../support/scripted-peer.ts";
import { commandOk, signIn, startScriptedServer } from "../support/scripted-server.ts";
import { available, type ServerAddress } from "../support/servers.ts";

let relay: RecordedRelay | null = null;
let files = new FaultyFiles();

afterEach(async () => {
  files.fault = () => null;
  await relay?.stop();
  relay?.remove();
  relay = null;
});

async function start(server: ServerAddress): Promise<RecordedRelay> {
  files = new FaultyFiles();
  relay = await startRecordedRelay({ upstream: server, files });
  return relay;
}

const connect = (to: RecordedRelay, server: ServerAddress) => createConnection({ host: "127.0.0.1", port: to.port, ...server.app });

/** The number of statements that reached the server from this client's account with `mark` in them. */
async function arrived(server: ServerAddress, table: string): Promise<number> {
  const direct = await createConnection({ host: server.host, port: server.port, ...server.root });
  const [rows] = await direct.query<RowDataPacket[]>(`SELECT COUNT(*) AS n FROM test.${table}`);
  await direct.end();
  return Number(rows[0]?.n);
}

const full = /Stenograph cannot record and therefore forwards nothing: the disk is full; free some space \(ENOSPC/;

describe.each(available(inject("servers")))("where the recording of a session with $kind cannot be written", (server) => {
  it("keeps a command from the server and tells the client why", async () => {
    const direct = await createConnection({ host: server.host, port: server.port, ...server.root });
    await direct.query("DROP TABLE IF EXISTS test.unrecorded");
    await direct.query("CREATE TABLE test.unrecorded (n INT)");
    await direct.end();
    const to = await start(server);
    const client = await connect(to, server);
    files.fault = (operation) => (operation === "write" ? "ENOSPC" : null);

    await expect(client.query("INSERT INTO test.unrecorded VALUES (1)")).rejects.toMatchObject({
      errno: 1105,
      sqlState: "HY000",
      message: expect.stringMatching(full),
    });

    expect(await arrived(server, "unrecorded")).toBe(0);
    expect(to.states.at(-1)).toMatchObject({ state: "failing", message: expect.stringMatching(full) });
  });

  it("keeps an answer from the client and tells it why", async () => {
    const to = await start(server);
    const client = await connect(to, server);
    let writes = 0;
    files.fault = (operation) => (operation === "write" && ++writes > 1 ? "EIO" : null);

    await expect(client.query("SELECT 'secret' AS answer")).rejects.toMatchObject({
      errno: 1105,
      message: expect.stringMatching(/forwards nothing: the disk may be failing; check it \(EIO/),
    });
  });

  it("refuses new sessions with the same message, and takes them again when writing works", async () => {
    const to = await start(server);
    const client = await connect(to, server);
    files.fault = (operation) => (operation === "write" ? "ENOSPC" : null);
    await expect(client.query("SELECT 1")).rejects.toThrow(full);

    await expect(connect(to, server)).rejects.toThrow(full);
    files.fault = () => null;
    await to.untilState("recording");
    const again = await connect(to, server);
    const [rows] = await again.query<RowDataPacket[]>("SELECT 'works' AS it");
    await again.end();

    expect(rows).toEqual([{ it: "works" }]);
    expect(to.states.map(({ state }) => state)).toEqual(["failing", "recording"]);
  });

  it("shows a gap where a recording was cut short, whether or not its end could be written at once", async () => {
    const to = await start(server);
    const [endsLater, endsNow] = await Promise.all([connect(to, server), connect(to, server)]);
    files.fault = (operation) => (operation === "write" ? "ENOSPC" : null);
    await expect(endsLater.query("SELECT 1")).rejects.toThrow(full);
    files.fault = (operation, bytes) => (operation === "write" && bytes > 4096 ? "ENOSPC" : null);
    await expect(endsNow.query("SELECT REPEAT('x', 5000)")).rejects.toThrow(full);
    await to.untilIdle();
    files.fault = () => null;
    await to.untilState("recording");

    for (const session of recordedSessions(to.dataDirectory)) {
      expect(session.gaps).toMatchObject([{ reason: "recording-failed", detail: expect.stringMatching(full) }]);
      expect(session.close).toMatchObject({ cause: "recording-failed", detail: expect.stringMatching(full) });
      expect(session.end.kind).toBe("end");
    }
  });

  it("cuts the client off in the middle of a packet, where no error fits, and records what it received", async () => {
    const to = await start(server);
    const client = await connect(to, server);
    let written = 0;
    files.fault = (operation, bytes) => {
      if (operation === "write") written += bytes;
      return operation === "write" && written > 2_000_000 ? "ENOSPC" : null;
    };

    await expect(client.query("SELECT REPEAT('y', 20000000) AS y")).rejects.toMatchObject({ code: "PROTOCOL_CONNECTION_LOST" });
    await to.untilIdle();
    files.fault = () => null;
    await to.untilState("recording");

    const [session] = recordedSessions(to.dataDirectory);
    expect(session?.statements.at(-1)).toMatchObject({ sql: "SELECT REPEAT('y', 20000000) AS y", outcome: "aborted", partial: true });
    expect(session?.close?.upstreamBytes).toBeGreaterThan(1_000_000);
    expect(session?.close?.upstreamBytes).toBeLessThan(2_000_000);
  });

  it("does not harm what other sessions have recorded", async () => {
    const to = await start(server);
    const [big, small] = await Promise.all([connect(to, server), connect(to, server)]);
    await small.query("SELECT 'before' AS at");
    files.fault = (operation, bytes) => (operation === "write" && bytes > 4096 ? "ENOSPC" : null);
    await expect(big.query("SELECT REPEAT('x', 5000)")).rejects.toThrow(full);
    files.fault = () => null;
    const [rows] = await small.query<RowDataPacket[]>("SELECT 'after' AS at");
    await small.end();
    await to.untilIdle();

    expect(rows).toEqual([{ at: "after" }]);
    const sessions = recordedSessions(to.dataDirectory);
    const of = sessions.find(({ close }) => close?.cause === "client-quit");
    expect(of?.statements.map(({ sql }) => sql)).toEqual(["SELECT 'before' AS at", "SELECT 'after' AS at", null]);
    expect(of?.gaps).toEqual([]);
  });
});

it("ends a session that cannot be recorded though its client has already closed its sending side", async () => {
  const answering = Promise.withResolvers<void>();
  const server = await startScriptedServer(async ({ nextCommand, send }) => {
    await nextCommand();
    await answering.promise;
    send(commandOk, 1);
  });
  files = new FaultyFiles();
  relay = await startRecordedRelay({ upstream: { host: "127.0.0.1", port: server.port }, files });
  const client = scriptedClient(relay.port);
  await signIn(client);
  client.socket.end(toPackets(Buffer.from("\x03SELECT 1"), 0));
  await once(server.accepted[0] as Socket, "end");
  files.fault = (operation) => (operation === "write" ? "ENOSPC" : null);
  answering.resolve();

  const told = await client.next();
  expect(told?.sequence).toBe(1);
  expect(wellFormed(decodeErrPacket(told?.payload ?? Buffer.alloc(0)))).toMatchObject({
    errno: 1105,
    message: expect.stringMatching(full),
  });
  expect(await client.next()).toBeNull();
  await relay.untilIdle();
  await server.stop();
});

it("tells a client that is still sending its command, with the number that the client waits for", async () => {
  const server = await startScriptedServer(async ({ nextCommand }) => void (await nextCommand()));
  files = new FaultyFiles();
  relay = await startRecordedRelay({ upstream: { host: "127.0.0.1", port: server.port }, files });
  const client = scriptedClient(relay.port);
  await signIn(client);
  files.fault = (operation, bytes) => (operation === "write" && bytes > 4096 ? "EDQUOT" : null);
  client.socket.write(toPackets(Buffer.alloc(3_000_000, 0x03), 0));

  const told = await client.next();
  expect(told?.sequence).toBe(1);
  expect(wellFormed(decodeErrPacket(told?.payload ?? Buffer.alloc(0))).message).toMatch(/the disk quota is used up/);
  await relay.untilIdle();
  await server.stop();
});

it("tells a client in the middle of a LOCAL INFILE, with the number that follows on what it has sent", async () => {
  const server = await startScriptedServer(async ({ nextCommand, send }) => {
    await nextCommand();
    send(Buffer.from("\xfbfile", "latin1"), 1);
  });
  files = new FaultyFiles();
  relay = await startRecordedRelay({ upstream: { host: "127.0.0.1", port: server.port }, files });
  const client = scriptedClient(relay.port);
  await signIn(client);
  client.socket.write(toPackets(Buffer.from("\x03LOAD DATA LOCAL INFILE 'file' INTO TABLE t"), 0));
  expect((await client.next())?.payload[0]).toBe(0xfb);
  files.fault = (operation, bytes) => (operation === "write" && bytes > 4096 ? "ENOSPC" : null);
  client.socket.write(toPackets(Buffer.alloc(100, 0x41), 2));
  client.socket.write(toPackets(Buffer.alloc(5000, 0x42), 3));

  const told = await client.next();
  expect(told?.sequence).toBe(4);
  expect(wellFormed(decodeErrPacket(told?.payload ?? Buffer.alloc(0)))).toMatchObject({
    errno: 1105,
    message: expect.stringMatching(full),
  });
  await relay.untilIdle();
  await server.stop();
});
