import mariadb from "mariadb";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Capability, MariaDbCapability } from "../../proxy/protocol/capabilities.ts";
import { Command } from "../../proxy/protocol/command.ts";
import { type RecordedSession, recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { available, type ServerAddress } from "../support/servers.ts";
import { usualCapabilities, WireClient } from "../support/wire/wire-client.ts";

/** A greeting without what each connection has of its own: thread id and scramble, which follow on the version. */
function withoutOwn(greeting: Buffer): Buffer {
  const copy = Buffer.from(greeting);
  const threadId = copy.indexOf(0, 1) + 1;
  copy.fill(0, threadId, threadId + 4 + 8);
  copy.fill(0, threadId + 31, threadId + 31 + 12);
  return copy;
}

describe.each(available(inject("servers")))("at $kind", (server: ServerAddress) => {
  let relay: RecordedRelay;
  let mapped: RecordedRelay;

  beforeAll(async () => {
    const upstream = { host: "127.0.0.1", port: server.port };
    const connection = { auth: "mapped", upstreamUser: server.app.user, clientUser: "alice" } as const;
    const secrets = { upstreamPassword: server.app.password, clientPassword: "alicepw" };
    [relay, mapped] = await Promise.all([startRecordedRelay({ upstream }), startRecordedRelay({ upstream, connection, secrets })]);
  });
  afterAll(async () => {
    for (const each of [relay, mapped]) {
      await each.stop();
      each.remove();
    }
  });

  const lastSession = async (): Promise<RecordedSession> => {
    await relay.untilIdle();
    const session = recordedSessions(relay.dataDirectory).at(-1);
    if (session === undefined) throw new Error("nothing was recorded");
    return session;
  };

  it("greets a client in passthrough mode with the server's own bytes", async () => {
    const [direct, through] = await Promise.all([WireClient.connect(server, server.app), WireClient.connect(relay, server.app)]);
    expect(withoutOwn(through.greeting)).toEqual(withoutOwn(direct.greeting));
    await Promise.all([direct.quit(), through.quit()]);
  });

  it("greets a client in mapped mode with the server's own bytes, but for what a second factor and the plugin need", async () => {
    const direct = await WireClient.connect(server, server.app);
    const through = await WireClient.connect(mapped, { user: "alice", password: "alicepw" });
    const expected = withoutOwn(direct.greeting);
    const got = withoutOwn(through.greeting);
    const highFlags = expected.indexOf(0, 1) + 1 + 4 + 8 + 1 + 2 + 1 + 2;
    const mask = ~(Capability.MULTI_FACTOR_AUTHENTICATION >>> 16) & 0xffff;
    expected.writeUInt16LE(expected.readUInt16LE(highFlags) & mask, highFlags);
    expect(got).toEqual(expected);
    await Promise.all([direct.quit(), through.quit()]);
  });

  it.runIf(server.kind === "mysql")("follows results whose definitions the client does without", async () => {
    const flags = usualCapabilities | Capability.OPTIONAL_RESULTSET_METADATA;
    for (const extra of [0, Capability.DEPRECATE_EOF]) {
      const [direct, through] = [
        await WireClient.connect(server, server.app, flags | extra),
        await WireClient.connect(relay, server.app, flags | extra),
      ];
      const answers: Buffer[][] = [];
      for (const client of [direct, through]) {
        const prepared = await client.command(Buffer.concat([Buffer.of(Command.STMT_PREPARE), Buffer.from("SELECT 7 AS seven, 'x' AS x")]));
        answers.push(
          await client.query("SET resultset_metadata = NONE"),
          await client.query("SELECT 1 AS a, NULL AS b UNION ALL SELECT 2, 'zwei'"),
        );
        const id = prepared[0]?.subarray(1, 5) ?? Buffer.alloc(4);
        answers.push(await client.command(Buffer.concat([Buffer.of(Command.STMT_EXECUTE), id, Buffer.from("0001000000", "hex")])));
        answers.push(await client.command(Buffer.concat([Buffer.of(Command.STMT_PREPARE), Buffer.from("SELECT ?, 'x' AS x")])));
        answers.push(await client.query("SET resultset_metadata = FULL"), await client.query("SELECT 3 AS c"));
        await client.quit();
      }
      const half = answers.length / 2;
      expect(answers.slice(half)).toEqual(answers.slice(0, half));

      const { statements } = await lastSession();
      expect(statements.flatMap(({ decodeFailed }) => decodeFailed ?? [])).toEqual([]);
      const rowsOf = (sql: string) => statements.filter((statement) => statement.sql === sql).at(-1)?.results;
      expect(rowsOf("SELECT 1 AS a, NULL AS b UNION ALL SELECT 2, 'zwei'")).toEqual([
        [
          ["1", null],
          ["2", "zwei"],
        ],
      ]);
      expect(rowsOf("SELECT 7 AS seven, 'x' AS x")).toEqual([[["7", "x"]]]);
      expect(rowsOf("SELECT 3 AS c")).toEqual([[["3"]]]);
    }
  });

  describe.runIf(server.kind === "mariadb")("MariaDB's extended capabilities", () => {
    it("are in force as with the server itself", async () => {
      const all = MariaDbCapability.STMT_BULK_OPERATIONS | MariaDbCapability.EXTENDED_METADATA | MariaDbCapability.CACHE_METADATA;
      const flags = usualCapabilities & ~Capability.LONG_PASSWORD;
      const answers: Buffer[][] = [];
      for (const target of [server, relay]) {
        const client = await WireClient.connect(target, server.app, flags, all);
        expect(client.mariaDbCapabilities).toBe(all);
        await client.query("CREATE OR REPLACE TABLE test.extended (id INT, doc JSON, place POINT)");
        await client.query(`INSERT INTO test.extended VALUES (1, '{"a":1}', POINT(1, 2))`);
        const select = "SELECT id, doc, place FROM test.extended";
        answers.push(await client.query(select));
        const prepared = await client.command(Buffer.concat([Buffer.of(Command.STMT_PREPARE), Buffer.from(select)]));
        const id = prepared[0]?.subarray(1, 5) ?? Buffer.alloc(4);
        const execute = Buffer.concat([Buffer.of(Command.STMT_EXECUTE), id, Buffer.from("0001000000", "hex")]);
        answers.push(await client.command(execute), await client.command(execute));
        await client.query("ALTER TABLE test.extended MODIFY id BIGINT");
        answers.push(await client.command(execute), await client.command(execute));
        await client.quit();
      }
      const half = answers.length / 2;
      expect(answers.slice(half)).toEqual(answers.slice(0, half));
      // Column count, end of the definitions that are left out, one row, end: the definitions came with the preparation.
      expect(answers[2]).toHaveLength(4);

      const { statements, open } = await lastSession();
      expect(open?.mariaDbCapabilities).toBe(all);
      expect(statements.flatMap(({ decodeFailed }) => decodeFailed ?? [])).toEqual([]);
      const executed = statements.filter(({ command }) => command === "COM_STMT_EXECUTE");
      expect(executed.map(({ results }) => results[0]?.[0]?.slice(0, 2))).toEqual(Array.from({ length: 4 }, () => ["1", '{"a":1}']));
    });

    it("let a batch go in one command, of which every set of parameters is recorded", async () => {
      const connection = await mariadb.createConnection({ host: "127.0.0.1", port: relay.port, ...server.app, database: "test" });
      await connection.query("CREATE OR REPLACE TABLE bulk (id INT PRIMARY KEY AUTO_INCREMENT, t VARCHAR(20), d DATETIME(3), b BLOB)");
      const moment = new Date(2026, 0, 2, 3, 4, 5, 678);
      await connection.batch("INSERT INTO bulk (t, d, b) VALUES (?, ?, ?)", [
        ["ä", moment, Buffer.of(1, 2)],
        [null, moment, null],
        ["three", null, Buffer.of(255)],
      ]);
      const rows = await connection.query({ sql: "SELECT t, d, b FROM bulk ORDER BY id", rowsAsArray: true });
      expect(rows).toEqual([
        ["ä", moment, Buffer.of(1, 2)],
        [null, moment, null],
        ["three", null, Buffer.of(255)],
      ]);
      await connection.end();

      const { statements } = await lastSession();
      // The connector begins another command where the types change.
      const bulk = statements.filter(({ command }) => command === "COM_STMT_BULK_EXECUTE");
      for (const { outcome, decodeFailed, sql } of bulk) {
        expect({ outcome, decodeFailed, sql }).toEqual({
          outcome: "ok",
          decodeFailed: null,
          sql: "INSERT INTO bulk (t, d, b) VALUES (?, ?, ?)",
        });
      }
      expect(bulk.flatMap(({ paramSets }) => paramSets ?? []).map((set) => set.map(({ value }) => value))).toEqual([
        ["ä", "2026-01-02 03:04:05.678000", { base64: "AQI=" }],
        [null, "2026-01-02 03:04:05.678000", null],
        ["three", null, { base64: "/w==" }],
      ]);
    });

    it("let rows of repeated executions be read, whose definitions are not sent again", async () => {
      const connection = await mariadb.createConnection({ host: "127.0.0.1", port: relay.port, ...server.app, database: "test" });
      for (const value of ["one", "two", "three"]) {
        expect(await connection.execute({ sql: "SELECT ? AS v, 5 AS five", rowsAsArray: true }, [value])).toEqual([[value, 5]]);
      }
      await connection.end();
      const { statements } = await lastSession();
      const executed = statements.filter(({ command }) => command === "COM_STMT_EXECUTE");
      expect(executed.map(({ results }) => results)).toEqual([[[["one", "5"]]], [[["two", "5"]]], [[["three", "5"]]]]);
    });
  });
});
