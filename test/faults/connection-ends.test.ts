import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterEach, describe, expect, inject, it, onTestFinished } from "vitest";
import type { Connection } from "../../proxy/model/connection.ts";
import { Capability } from "../../proxy/protocol/capabilities.ts";
import { encodeChangeUser } from "../../proxy/protocol/change-user.ts";
import { decodeErrPacket, encodeErrPacket } from "../../proxy/protocol/err-packet.ts";
import { toPackets } from "../../proxy/protocol/packet-writer.ts";
import { wellFormed } from "../support/connection-phase-settings.ts";
import { isKeptAlive } from "../support/process-facts.ts";
import { recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { PacketCollector, type ScriptedUpstream, scriptedClient } from "../support/scripted-peer.ts";
import { commandOk, type ScriptedSession, signIn, startScriptedServer } from "../support/scripted-server.ts";
import { available } from "../support/servers.ts";
import { temporaryDirectory } from "../support/stenograph.ts";

let relay: RecordedRelay | null = null;
let server: ScriptedUpstream | null = null;

afterEach(async () => {
  await relay?.stop();
  relay?.remove();
  relay = null;
  await server?.stop();
  server = null;
});

const query = (sql: string): Buffer => toPackets(Buffer.from(`\x03${sql}`), 0);
const quit = toPackets(Buffer.of(0x01), 0);

/** A client that is signed in at a scripted server, whose end of the session is `session`. */
async function meet(
  connection: Partial<Connection> = {},
): Promise<{ client: PacketCollector; session: ScriptedSession; to: RecordedRelay }> {
  const { promise: met, resolve: meeting } = Promise.withResolvers<ScriptedSession>();
  server = await startScriptedServer(meeting);
  relay = await startRecordedRelay({ upstream: { host: "127.0.0.1", port: server.port }, connection });
  const file = connection.listen?.host;
  const client = file === undefined ? scriptedClient(relay.port) : new PacketCollector(connect(file));
  await signIn(client);
  return { client, session: await met, to: relay };
}

/** How a socket ends: in order, or by a reset. */
function endOf(socket: Socket): Promise<"closed" | "reset"> {
  return new Promise((resolve) => {
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNRESET" ? "reset" : "closed"));
    socket.once("end", () => resolve("closed"));
    socket.resume();
  });
}

async function closeOf(to: RecordedRelay) {
  await to.untilIdle();
  return recordedSessions(to.dataDirectory)[0]?.close;
}

describe("passes on how a side ended", () => {
  it("a client that quits", async () => {
    const { client, session, to } = await meet();
    const ended = endOf(session.socket);
    client.socket.end(quit);
    expect(await session.nextCommand()).toEqual(Buffer.of(0x01));
    expect(await ended).toBe("closed");
    session.socket.end();
    expect(await closeOf(to)).toMatchObject({ cause: "client-quit", clientPackets: 1, clientBytes: 5 });
  });

  it("a client that closes without a word", async () => {
    const { client, session, to } = await meet();
    const ended = endOf(session.socket);
    client.socket.end();
    expect(await ended).toBe("closed");
    session.socket.end();
    expect(await closeOf(to)).toMatchObject({ cause: "client-closed" });
  });

  it("a server that refused a change of user and closes, though the client has sent a command meanwhile", async () => {
    const { client, session, to } = await meet();
    const change = { user: "bob", authResponse: Buffer.alloc(20, 7), schema: "", characterSet: 45, authPlugin: "mysql_native_password" };
    const bytes = { ...change, user: Buffer.from(change.user), schema: Buffer.from(change.schema), attributes: null };
    client.socket.write(toPackets(encodeChangeUser(bytes, Capability.SECURE_CONNECTION | Capability.PLUGIN_AUTH), 0));
    expect((await session.nextCommand())?.[0]).toBe(0x11);
    session.send(encodeErrPacket({ errno: 1045, sqlstate: "28000", message: "Access denied" }), 1);
    expect((await client.next())?.payload[0]).toBe(0xff);
    const ended = endOf(client.socket);
    client.socket.write(query("SELECT 1"));
    expect(await session.nextCommand()).toEqual(Buffer.from("\x03SELECT 1"));
    session.socket.end();
    expect(await ended).toBe("closed");
    client.socket.end();
    expect(await closeOf(to)).toMatchObject({ cause: "sign-in-failed" });
  });

  it("a client that resets", async () => {
    const { client, session, to } = await meet();
    const ended = endOf(session.socket);
    client.socket.resetAndDestroy();
    expect(await ended).toBe("reset");
    expect(await closeOf(to)).toMatchObject({ cause: "client-reset" });
  });

  it("a server that closes", async () => {
    const { client, session, to } = await meet();
    const ended = endOf(client.socket);
    session.socket.end();
    expect(await ended).toBe("closed");
    client.socket.end();
    expect(await closeOf(to)).toMatchObject({ cause: "upstream-closed" });
  });

  it("a server that resets", async () => {
    const { client, session, to } = await meet();
    const ended = endOf(client.socket);
    session.socket.resetAndDestroy();
    expect(await ended).toBe("reset");
    expect(await closeOf(to)).toMatchObject({ cause: "upstream-reset" });
  });

  it.each(["off", "zlib"] as const)(
    "a server that resets (compression: %s), to a client on a Unix socket, which knows no reset",
    async (upstreamCompression) => {
      const directory = temporaryDirectory();
      onTestFinished(() => directory[Symbol.dispose]());
      const listen = { host: join(directory.path, "mysqld.sock"), port: 0 };
      const { client, session, to } = await meet({ listen, upstreamCompression });
      const ended = endOf(client.socket);
      session.socket.resetAndDestroy();
      expect(await ended).toBe("closed");
      expect(await closeOf(to)).toMatchObject({ cause: "upstream-reset" });
    },
  );

  it("a server that dies in the middle of a packet: the client gets what came, and then the end", async () => {
    const { client, session, to } = await meet();
    client.socket.write(query("SELECT 1"));
    await session.nextCommand();
    session.socket.end(toPackets(Buffer.alloc(1000, 0x41), 1).subarray(0, 500));
    expect(await client.next()).toBeNull();
    const closed = await closeOf(to);
    expect(closed).toMatchObject({ cause: "upstream-closed", upstreamBytes: 500 });
    expect(recordedSessions(to.dataDirectory)[0]?.statements).toMatchObject([{ sql: "SELECT 1", outcome: "aborted" }]);
  });

  it("a server that has more to say than the client reads before it closes", async () => {
    const { client, session, to } = await meet();
    client.socket.pause();
    client.socket.write(query("SELECT 1"));
    await session.nextCommand();
    session.socket.end(toPackets(Buffer.alloc(10_000_000, 0x00), 1));
    client.socket.resume();
    expect((await client.next())?.payload.length).toBe(10_000_000);
    client.socket.end();
    expect(await closeOf(to)).toMatchObject({ cause: "upstream-closed", upstreamBytes: 10_000_004 });
  });

  it("a client that has closed its sending side still gets its answer", async () => {
    const { client, session, to } = await meet();
    client.socket.end(query("SELECT slowly"));
    await session.nextCommand();
    await once(session.socket, "end");
    session.send(commandOk, 1);
    session.socket.end();
    expect((await client.next())?.payload).toEqual(commandOk);
    expect(await closeOf(to)).toMatchObject({ cause: "client-closed" });
    expect(recordedSessions(to.dataDirectory)[0]?.statements).toMatchObject([{ sql: "SELECT slowly", outcome: "ok" }]);
  });
});

it.runIf(process.platform === "linux")("notices a client and a server that have vanished, by TCP keep-alive", async () => {
  const { client, session, to } = await meet();
  await expect.poll(() => isKeptAlive(to.port, client.socket.localPort ?? 0)).toBe(true);
  await expect.poll(() => isKeptAlive(session.socket.remotePort ?? 0, server?.port ?? 0)).toBe(true);
});

describe("when the relay stops", () => {
  it("tells an idle client, and ends its session", async () => {
    const { client, to } = await meet();
    const stopped = to.stop();
    const told = await client.next();
    expect(told?.sequence).toBe(0);
    expect(wellFormed(decodeErrPacket(told?.payload ?? Buffer.alloc(0)))).toMatchObject({ errno: 1053, sqlstate: "08S01" });
    await stopped;
    expect(recordedSessions(to.dataDirectory)[0]?.close).toMatchObject({ cause: "shutdown" });
  });

  it("does not wait for a server that no longer reads after its client has gone", async () => {
    const { client, session, to } = await meet();
    session.socket.pause();
    client.socket.write(toPackets(Buffer.alloc(12_000_000, 0x03), 0));
    await once(client.socket, "drain", { signal: AbortSignal.timeout(500) }).catch(() => undefined);
    client.socket.resetAndDestroy();
    await to.stop();
    expect(to.openSessions()).toBe(0);
  });

  it("does not wait for the answer of a client that has closed its sending side", async () => {
    const { client, session, to } = await meet();
    client.socket.end(query("SELECT for ever"));
    await session.nextCommand();
    await once(session.socket, "end");
    await to.stop();
    expect(recordedSessions(to.dataDirectory)[0]?.close?.cause).toMatch(/^(client-closed|shutdown)$/);
  });
});

describe.each(available(inject("servers")))("at $kind", (real) => {
  const connect = (port: number, account = real.app) => createConnection({ host: "127.0.0.1", port, ...account });

  it("KILL CONNECTION ends the session for the client as the server does", async () => {
    relay = await startRecordedRelay({ upstream: real });
    const [victim, other] = [await connect(relay.port), await connect(relay.port)];
    victim.on("error", () => undefined);
    const direct = await connect(real.port, real.root);
    const waiting = victim.query("SELECT SLEEP(30)");
    const failed = expect(waiting).rejects.toMatchObject({ fatal: true });
    await expect
      .poll(async () => {
        const [rows] = await direct.query<RowDataPacket[]>("SELECT ID FROM information_schema.PROCESSLIST WHERE INFO = 'SELECT SLEEP(30)'");
        return rows.length;
      })
      .toBe(1);
    await direct.query(`KILL CONNECTION ${victim.threadId}`);
    await failed;
    const [rows] = await other.query<RowDataPacket[]>("SELECT 'unharmed' AS it");
    await Promise.all([other.end(), direct.end()]);
    await relay.untilIdle();

    expect(rows).toEqual([{ it: "unharmed" }]);
    const killed = recordedSessions(relay.dataDirectory).find(({ open }) => open?.upstream.threadId === victim.threadId);
    expect(killed?.close?.cause).toMatch(/^upstream-(closed|reset)$/);
    expect(killed?.statements.at(-1)?.outcome).toMatch(/^(error|aborted)$/);
  });

  it("an idle session that the server ends by wait_timeout ends for the client too", async () => {
    relay = await startRecordedRelay({ upstream: real });
    // mysql2 closes as soon as it hears the reason; MariaDB gives none, and resets.
    const endOfIdle = async (port: number): Promise<string | undefined> => {
      const client = await connect(port);
      const ended = new Promise<NodeJS.ErrnoException>((resolve) => client.on("error", resolve));
      await client.query("SET SESSION wait_timeout = 1");
      return (await ended).code;
    };
    const [direct, through] = await Promise.all([endOfIdle(real.port), endOfIdle(relay.port)]);
    expect(through).toEqual(direct);
    await relay.untilIdle();
    expect(recordedSessions(relay.dataDirectory)[0]?.close?.cause).toMatch(
      direct === "ECONNRESET" ? /^upstream-reset$/ : /^(upstream|client)-closed$/,
    );
  });

  it("a client that dies in the middle of a large result leaves a recording of what it was sent", async () => {
    relay = await startRecordedRelay({ upstream: real });
    const client = await connect(relay.port);
    client.on("error", () => undefined);
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    const asked = client.query("SELECT REPEAT('d', 60000000)").catch(() => "lost");
    let received = 0;
    stream.on("data", (chunk: Buffer) => {
      received += chunk.length;
      if (received > 1_000_000) stream.resetAndDestroy();
    });
    expect(await asked).toBe("lost");
    await relay.untilIdle();
    const [session] = recordedSessions(relay.dataDirectory);
    expect(session?.close).toMatchObject({ cause: "client-reset" });
    expect(session?.close?.upstreamBytes).toBeGreaterThanOrEqual(received);
    expect(session?.statements.at(-1)).toMatchObject({ sql: "SELECT REPEAT('d', 60000000)", outcome: "aborted" });
  });
});
