import { Readable } from "node:stream";
import { type Connection, createConnection, type FieldPacket, type RowDataPacket } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { Value } from "../../../proxy/model/value.ts";
import { recordedSessions } from "../../support/recorded.ts";
import { available } from "../../support/servers.ts";
import { listStatements, type RunningStenograph, type StatementLine, startRecorder, temporaryDirectory } from "../../support/stenograph.ts";
import { typeZoo, zooBytes, zooSession } from "../../support/type-zoo.ts";

type Bytes = Buffer | null;

/** The rows as the text protocol carries them: each value's own bytes. */
async function rawRows(client: Connection, sql: string): Promise<Bytes[][]> {
  const [rows] = await client.query<RowDataPacket[][]>({
    sql,
    rowsAsArray: true,
    typeCast: (field: { buffer(): Bytes }) => field.buffer(),
  } as never);
  return rows as unknown as Bytes[][];
}

function bytesOf(value: Value): Bytes {
  if (value === null) return null;
  return typeof value === "string" ? Buffer.from(value, "utf8") : Buffer.from(value.base64, "base64");
}

/** For a difference that a person can read: text where it is text. */
const readable = (rows: readonly (readonly Bytes[])[]): (string | null)[][] =>
  rows.map((row) => row.map((value) => (value === null ? null : value.toString("latin1"))));

describe.each(available(inject("servers")))("mysql2 through the proxy at $kind", (server) => {
  const directory = temporaryDirectory();
  let recorder: RunningStenograph;
  let zoo: Bytes[][];

  const connect = (options: object = {}) =>
    createConnection({ host: "127.0.0.1", port: recorder.first.port, ...server.app, database: "test", charset: "utf8mb4", ...options });

  beforeAll(async () => {
    recorder = await startRecorder({ data: directory.path, upstream: `mysql://127.0.0.1:${server.port}`, auth: "passthrough" });
    const direct = await createConnection({ host: server.host, port: server.port, ...server.app, database: "test", charset: "utf8mb4" });
    for (const sql of [...zooSession(server), ...typeZoo("zoo")]) await direct.query(sql);
    zoo = await rawRows(direct, "SELECT * FROM zoo ORDER BY id");
    await direct.end();
  });
  afterAll(async () => {
    await recorder.end();
    directory[Symbol.dispose]();
  });

  /** Statements of the session of `client` with `sql` in them, once it has ended. */
  async function recordedAfter(client: Connection): Promise<StatementLine[]> {
    const { threadId } = client as unknown as { threadId: number };
    await client.end();
    const session = recordedSessions(directory.path).find(({ open }) => open?.upstream.threadId === threadId);
    return listStatements(directory.path, [String(session?.open?.session), "--rows"]);
  }

  it("records every type of the text protocol as the client got it", async () => {
    const client = await connect();
    for (const sql of zooSession(server)) await client.query(sql);
    const got = await rawRows(client, "SELECT * FROM zoo ORDER BY id");
    const statements = await recordedAfter(client);
    const result = statements.find(({ sql }) => sql?.includes("FROM zoo"))?.results?.[0];

    expect(readable(got)).toEqual(readable(zoo));
    expect(readable(result?.rows.map((row) => row.map(bytesOf)) ?? [])).toEqual(readable(got));
    const notText = result?.columns.filter((_column, index) => typeof result.rows[0]?.[index] === "object").map(({ name }) => name);
    expect(notText).toEqual([...zooBytes]);
    expect(new Set(result?.columns.map(({ orgTable }) => orgTable))).toEqual(new Set(["zoo"]));
  });

  it("records every type of the binary protocol as the text protocol would give it", async () => {
    const client = await connect();
    for (const sql of zooSession(server)) await client.query(sql);
    const [got] = await client.execute<RowDataPacket[]>("SELECT * FROM zoo WHERE id <= ? ORDER BY id", [4]);
    const statements = await recordedAfter(client);
    const executed = statements.find(({ command }) => command === "COM_STMT_EXECUTE");

    expect(got).toHaveLength(4);
    expect(executed).toMatchObject({ sql: "SELECT * FROM zoo WHERE id <= ? ORDER BY id", params: ["4"], outcome: "ok", rows: 4 });
    expect(readable(executed?.results?.[0]?.rows.map((row) => row.map(bytesOf)) ?? [])).toEqual(readable(zoo));
  });

  it("records several statements with several results, each with its rows", async () => {
    const client = await connect({ multipleStatements: true });
    await client.query("SELECT 1 AS a; SELECT 'x' AS b UNION SELECT 'y'; SET @v = 3; SELECT @v AS c");
    const statement = (await recordedAfter(client)).find(({ sql }) => sql?.startsWith("SELECT 1 AS a;"));

    expect(statement).toMatchObject({ outcome: "ok", rows: 4 });
    expect(statement?.results?.map(({ columns, rows }) => [columns.map(({ name }) => name), rows])).toEqual([
      [["a"], [["1"]]],
      [["b"], [["x"], ["y"]]],
      [["c"], [["3"]]],
    ]);
  });

  it("records all results of a stored procedure, called as text and prepared", async () => {
    const client = await connect();
    await client.query("DROP PROCEDURE IF EXISTS two_results");
    await client.query("CREATE PROCEDURE two_results(n INT) BEGIN SELECT n AS first; SELECT n + 1 AS second, NULL AS nothing; END");
    await client.query("CALL two_results(5)");
    await client.execute("CALL two_results(?)", [7]);
    const calls = (await recordedAfter(client)).filter(({ sql, command }) => sql?.startsWith("CALL") && command !== "COM_STMT_PREPARE");

    expect(calls.map(({ results }) => results?.map(({ rows }) => rows))).toEqual([
      [[["5"]], [["6", null]]],
      [[["7"]], [["8", null]]],
    ]);
  });

  it("records errors and warnings with the server's own words", async () => {
    const client = await connect();
    const told = await client.query("SELECT * FROM no_such_table").then(
      () => null,
      (error: { errno: number; sqlState: string; sqlMessage: string }) => error,
    );
    await client.query("SELECT 1/0, CAST('12x' AS SIGNED)");
    const statements = await recordedAfter(client);

    expect(statements.find(({ sql }) => sql?.includes("no_such_table"))).toMatchObject({
      outcome: "error",
      errno: told?.errno,
      sqlstate: told?.sqlState,
      message: told?.sqlMessage,
      results: [],
    });
    expect((statements.find(({ sql }) => sql?.includes("CAST")) as unknown as { warnings: number }).warnings).toBeGreaterThan(0);
  });

  it("records parameters of every kind as they were bound", async () => {
    const client = await connect();
    const bound = ["text ü 😀", 42, -1.5, null, Buffer.from([0, 255, 1]), new Date("2026-11-22T01:02:03.456Z"), true];
    const [rows] = await client.execute<RowDataPacket[][]>({ sql: "SELECT ?, ?, ?, ?, ?, ?, ?", rowsAsArray: true }, bound);
    const executed = (await recordedAfter(client)).find(({ command }) => command === "COM_STMT_EXECUTE");

    expect(rows).toHaveLength(1);
    const params = executed?.params as unknown as Value[];
    expect(params.slice(0, 4)).toEqual(["text ü 😀", "42", "-1.5", null]);
    expect(bytesOf(params[4] ?? null)).toEqual(Buffer.from([0, 255, 1]));
    expect(params).toHaveLength(7);
  });

  it("records what LOAD DATA LOCAL INFILE sent", async () => {
    const client = await connect({ flags: ["+LOCAL_FILES"] });
    await client.query("DROP TABLE IF EXISTS loaded");
    await client.query("CREATE TABLE loaded (a INT, b VARCHAR(40))");
    const lines = Array.from({ length: 5000 }, (_, index) => `${index}\tline ${index} ü`).join("\n");
    await client.query({
      sql: "LOAD DATA LOCAL INFILE 'anything' INTO TABLE loaded CHARACTER SET utf8mb4",
      infileStreamFactory: () => Readable.from([Buffer.from(lines)]),
    });
    const [rows] = await client.query<RowDataPacket[]>("SELECT COUNT(*) AS n, MAX(a) AS m FROM loaded");
    const loaded = (await recordedAfter(client)).find(({ sql }) => sql?.startsWith("LOAD DATA"));

    expect(rows).toEqual([{ n: 5000, m: 4999 }]);
    expect(loaded).toMatchObject({ outcome: "ok", affected: 5000 });
    expect(loaded?.bytesIn).toBeGreaterThan(Buffer.byteLength(lines));
  });

  it("serves a client that asks for compression, and records what it meant", async () => {
    const client = await connect({ compress: true });
    const [rows] = await client.query<RowDataPacket[]>("SELECT REPEAT('compressible ', 10000) AS c");
    const statement = (await recordedAfter(client)).find(({ sql }) => sql?.includes("compressible"));

    expect(rows[0]?.c).toBe("compressible ".repeat(10_000));
    expect(statement?.results?.[0]?.rows[0]?.[0]).toBe("compressible ".repeat(10_000));
  });

  it("records names of columns in every script", async () => {
    const client = await connect();
    const [, fields] = (await client.query("SELECT 1 AS `größe`, 2 AS `数`")) as unknown as [unknown, FieldPacket[]];
    const statement = (await recordedAfter(client)).find(({ sql }) => sql?.includes("größe"));

    expect(statement?.results?.[0]?.columns.map(({ name }) => name)).toEqual(fields.map(({ name }) => name));
  });
});
