import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Capability, has } from "../../proxy/protocol/capabilities.ts";
import { Command } from "../../proxy/protocol/command.ts";
import { recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { available } from "../support/servers.ts";
import { usualCapabilities, WireClient } from "../support/wire/wire-client.ts";

/** Flags whose meaning is in the Command phase or in what the server says of it, each asked for or not by itself. */
const flags = [
  "LONG_PASSWORD",
  "FOUND_ROWS",
  "LONG_FLAG",
  "CONNECT_WITH_DB",
  "NO_SCHEMA",
  "ODBC",
  "LOCAL_FILES",
  "IGNORE_SPACE",
  "INTERACTIVE",
  "TRANSACTIONS",
  "MULTI_STATEMENTS",
  "MULTI_RESULTS",
  "PS_MULTI_RESULTS",
  "PLUGIN_AUTH_LENENC_CLIENT_DATA",
  "CAN_HANDLE_EXPIRED_PASSWORDS",
  "SESSION_TRACK",
  "DEPRECATE_EOF",
  "QUERY_ATTRIBUTES",
] as const satisfies readonly (keyof typeof Capability)[];

const asked = [
  "SELECT DATABASE(), @@character_set_client, @@wait_timeout = @@interactive_timeout",
  "SET NAMES latin1",
  "SELECT 'x' AS x; SELECT 2",
  "SELECT test.COUNT (1)",
  "SELECT COUNT (*) FROM flagged",
  "UPDATE test.flagged SET a = a",
  "UPDATE test.flagged SET a = a + 1",
  "CALL test.flagged_results()",
  "LOAD DATA LOCAL INFILE 'x' INTO TABLE test.flagged",
  "START TRANSACTION",
  "SELECT nothing",
  "COMMIT",
  "USE test",
];

describe.each(available(inject("servers")))("at $kind", (server) => {
  let relay: RecordedRelay;
  beforeAll(async () => {
    relay = await startRecordedRelay({ upstream: server });
    const maker = await WireClient.connect(server, server.app);
    await maker.query("DROP PROCEDURE IF EXISTS flagged_results");
    await maker.query("CREATE PROCEDURE flagged_results() BEGIN SELECT 1; SELECT 2, 3; END");
    await maker.quit();
  });
  afterAll(async () => {
    await relay.stop();
    relay.remove();
  });

  /** The flags in force for a client that asks for these, and every packet that it gets in the Command phase. */
  async function answersOf(port: number, capabilities: number): Promise<string[][]> {
    const maker = await WireClient.connect(server, server.app);
    for (const sql of ["DROP TABLE IF EXISTS flagged", "CREATE TABLE flagged (a INT)", "INSERT INTO flagged VALUES (1), (2)"])
      await maker.query(sql);
    await maker.quit();
    const client = await WireClient.connect({ port }, server.app, capabilities);
    const attributes = has(client.capabilities, Capability.QUERY_ATTRIBUTES) ? [Buffer.of(0, 1)] : [];
    const answers = [[client.capabilities.toString(16)]];
    for (const sql of asked) {
      const answer = await client.command(Buffer.concat([Buffer.of(Command.QUERY), ...attributes, Buffer.from(sql)]));
      answers.push(answer.map((payload) => payload.toString("latin1")));
    }
    await client.quit();
    return answers;
  }

  it.each(flags)("a client that changes its mind about %s alone gets the same with and without the proxy", async (flag) => {
    const capabilities = (usualCapabilities ^ Capability[flag]) >>> 0;
    const through = await answersOf(relay.port, capabilities);
    expect(through).toEqual(await answersOf(server.port, capabilities));
    await relay.untilIdle();
    const session = recordedSessions(relay.dataDirectory).at(-1);
    expect(session?.open?.capabilities.toString(16)).toBe(through[0]?.[0]);
    expect(session?.statements.map(({ sql }) => sql).slice(0, asked.length)).toEqual(asked);
    expect(session?.statements.flatMap(({ decodeFailed }) => decodeFailed ?? [])).toEqual([]);
  });
});
