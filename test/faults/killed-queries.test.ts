/** KILL from another session: what the client of the killed one receives, byte for byte, and what is recorded of it. */
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { Capability } from "../../proxy/protocol/capabilities.ts";
import { Command } from "../../proxy/protocol/command.ts";
import { decodeErrPacket } from "../../proxy/protocol/err-packet.ts";
import { decodeHandshakeV10 } from "../../proxy/protocol/handshake-v10.ts";
import { PacketWriter } from "../../proxy/protocol/packet-writer.ts";
import { wellFormed } from "../support/connection-phase-settings.ts";
import { type RecordedSession, recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { available } from "../support/servers.ts";
import { readResult } from "../support/wire/read-results.ts";
import { usualCapabilities, WireClient } from "../support/wire/wire-client.ts";

type Kill = (by: WireClient, thread: number) => Promise<unknown>;

const capabilities = usualCapabilities | Capability.DEPRECATE_EOF;
const queryOf = (sql: string): Buffer => Buffer.concat([Buffer.of(Command.QUERY), Buffer.from(sql)]);
const processKill = (thread: number): Buffer => new PacketWriter().uint8(Command.PROCESS_KILL).uint32(thread).payload();

/** What the client of a killed session saw: the packets of its answer, how the connection ended if it did, and what it can do then. */
interface Seen {
  readonly answer: readonly string[] | string;
  readonly end: string | null;
}

const slow = "SELECT /* slow */ SLEEP(30), n FROM (SELECT 1 AS n UNION ALL SELECT 2) AS two";
const rows = "SELECT /* rows */ a.COLUMN_NAME, SLEEP(0.05) FROM information_schema.COLUMNS a, information_schema.COLUMNS b";
const change = "UPDATE killed SET n = n + SLEEP(30)";

describe.each(available(inject("servers")))("at $kind", (server) => {
  let relay: RecordedRelay;

  beforeEach(async () => {
    relay = await startRecordedRelay({ upstream: server });
    const maker = await WireClient.connect(server, server.app);
    for (const sql of ["DROP TABLE IF EXISTS killed", "CREATE TABLE killed (n INT)", "INSERT INTO killed VALUES (1), (2)"])
      await maker.query(sql);
    await maker.quit();
  });
  afterEach(async () => {
    await relay.stop();
    relay.remove();
  });

  const connect = (port: number, account = server.app) => WireClient.connect({ port }, account, capabilities);

  /** Waits until the server runs `sql` in the thread. */
  async function untilRuns(watcher: WireClient, thread: number, sql: string): Promise<void> {
    const asked = `SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = ${thread} AND INFO = '${sql.replaceAll("'", "''")}'`;
    await expect.poll(async () => readResult(await watcher.query(asked), false).rows[0]?.[0]).toBe("1");
  }

  /** Runs `sql` in one session through `port` and ends it from another by `kill`. */
  async function killed(port: number, sql: string, kill: Kill): Promise<Seen & { thread: number }> {
    const [victim, killer, watcher] = [await connect(port), await connect(port), await connect(server.port, server.root)];
    const thread = wellFormed(decodeHandshakeV10(victim.greeting)).threadId;
    const answer = victim.command(queryOf(sql)).then(
      (packets) => packets.map((payload) => payload.toString("latin1")),
      (lost: Error) => lost.message,
    );
    await untilRuns(watcher, thread, sql);
    await kill(killer, thread);
    const seen = await answer;
    const after = await victim.command(queryOf("SELECT 'alive'")).then(
      () => null,
      (lost: Error) => lost.message,
    );
    victim.destroy();
    await Promise.all([killer.quit(), watcher.quit()]);
    return { answer: seen, end: after, thread };
  }

  function sessionOf(thread: number): RecordedSession | undefined {
    return recordedSessions(relay.dataDirectory).find(({ open }) => open?.upstream.threadId === thread);
  }

  it("the thread id that a client is greeted with is the upstream's, and so is CONNECTION_ID()", async () => {
    const [client, direct] = [await connect(relay.port), await connect(server.port, server.root)];
    const greeted = wellFormed(decodeHandshakeV10(client.greeting)).threadId;
    const own = readResult(await client.query("SELECT CONNECTION_ID()"), false).rows[0]?.[0];
    const known = readResult(await direct.query(`SELECT ID FROM information_schema.PROCESSLIST WHERE ID = ${greeted}`), false).rows;
    expect([own, known]).toEqual([String(greeted), [[String(greeted)]]]);
    await Promise.all([client.quit(), direct.quit()]);
    await relay.untilIdle();
    expect(sessionOf(greeted)?.close?.cause).toBe("client-quit");
  });

  it.each([
    ["a query that sleeps", slow],
    ["a query in the middle of its rows", rows],
    ["an update", change],
  ])("KILL QUERY of %s gives the client the same bytes as without the proxy, and its outcome is recorded", async (_, sql) => {
    const kill: Kill = (by, thread) => by.query(`KILL QUERY ${thread}`);
    const direct = await killed(server.port, sql, kill);
    const through = await killed(relay.port, sql, kill);
    await relay.untilIdle();
    const comparable = (answer: Seen["answer"]) => (sql === rows ? answer.slice(-1) : answer);
    expect(through.end).toBe(direct.end);
    expect(through.end).toBeNull();
    expect(comparable(through.answer)).toEqual(comparable(direct.answer));

    const session = sessionOf(through.thread);
    const last = Buffer.from(through.answer.at(-1) ?? "", "latin1");
    const error = last[0] === 0xff ? wellFormed(decodeErrPacket(last)) : null;
    expect(session?.statements.find((statement) => statement.sql === sql)).toMatchObject(
      error === null ? { outcome: "ok", errno: null } : { outcome: "error", errno: 1317, sqlstate: "70100", message: error.message },
    );
    expect(session?.statements.at(-1)).toMatchObject({ sql: "SELECT 'alive'", outcome: "ok" });
  });

  const byStatement: Kill = (by, thread) => by.query(`KILL ${thread}`);
  const byCommand: Kill = (by, thread) => by.command(processKill(thread));
  // MySQL 9 knows COM_PROCESS_KILL no more.
  const kills: [string, Kill][] = [
    ["KILL", byStatement],
    ...(server.kind === "mariadb" ? ([["COM_PROCESS_KILL", byCommand]] as [string, Kill][]) : []),
  ];
  it.each(kills)("%s of a connection ends it for the client as without the proxy, with the cause recorded", async (_, kill) => {
    const direct = await killed(server.port, slow, kill);
    const through = await killed(relay.port, slow, kill);
    await relay.untilIdle();
    expect({ answer: through.answer, end: through.end }).toEqual({ answer: direct.answer, end: direct.end });
    const session = sessionOf(through.thread);
    expect(session?.close?.cause).toMatch(/^upstream-(closed|reset)$/);
    const answered = Array.isArray(direct.answer);
    expect(session?.statements[0]).toMatchObject({ sql: slow, outcome: answered ? "error" : "aborted" });
  });
});
