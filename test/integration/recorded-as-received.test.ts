import { type Connection, createConnection, type FieldPacket } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { Value } from "../../proxy/model/value.ts";
import { listRecordings } from "../../proxy/recording/recording-files.ts";
import { makeSchema, preamble, preparedReads, sqlCorpus } from "../support/corpus/sql-corpus.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { available } from "../support/servers.ts";
import { type DecodedResult, type DecodedStatement, decodeAll } from "../support/wire/decode.ts";

type Rows = readonly (readonly (Buffer | string | number | null)[])[];
/**
 * Character sets that mysql2 cannot decode or decodes as another. What is recorded of them is compared with what the server itself
 * reads in them, in recorded-character-sets.test.ts.
 */
const unknownToMysql2 =
  /^SET NAMES (latin1|cp850|cp852|macce|macroman|big5|euckr|eucjpms|swe7|dec8|hp8|keybcs2|armscii8|geostd8|utf8mb4 COLLATE utf8mb4_thai_520_w2)$/;

/** `statements` without what follows one of those. */
function comparable(statements: readonly string[]): string[] {
  let known = true;
  return statements.filter((sql) => {
    if (sql.startsWith("SET NAMES")) known = !unknownToMysql2.test(sql);
    return known && sql !== "";
  });
}

interface TextField {
  readonly type: string;
  string(encoding?: string): string | null;
}

/** What mysql2 made of one answer. */
type Received =
  | { readonly kind: "results"; readonly results: readonly { readonly fields: readonly FieldPacket[]; readonly rows: Rows }[] }
  | { readonly kind: "error"; readonly errno: number; readonly sqlState: string; readonly sqlMessage: string };

interface Answer {
  readonly sql: string;
  readonly received: Received;
}

type Header = { readonly constructor: { readonly name: string } };

/** Runs `sql` and gives all rows; in the text protocol each value as mysql2 decodes it as text, bytes as Latin-1. */
async function ask(client: Connection, sql: string, prepared: boolean): Promise<Received> {
  const typeCast = prepared ? true : (field: TextField) => field.string(...(field.type === "JSON" ? ["utf8"] : []));
  const options = { sql, rowsAsArray: true, typeCast } as never;
  try {
    const [answer, fields] = (await (prepared ? client.execute(options) : client.query(options))) as unknown as [unknown, unknown];
    return { kind: "results", results: resultsOf(answer, fields) };
  } catch (thrown) {
    const { errno, sqlState, sqlMessage } = thrown as { errno: number; sqlState: string; sqlMessage: string };
    return { kind: "error", errno, sqlState, sqlMessage };
  }
}

/** mysql2 gives one result as it is and several as an array of them, with a header where there were no rows. */
function resultsOf(answer: unknown, fields: unknown): { fields: FieldPacket[]; rows: Rows }[] {
  if (!Array.isArray(fields)) return [];
  const several = fields.some((one) => Array.isArray(one) || one === undefined);
  const pairs: [unknown, unknown][] = several ? fields.map((one, index) => [(answer as unknown[])[index], one]) : [[answer, fields]];
  return pairs.flatMap(([rows, of]) =>
    Array.isArray(of) && (rows as Header).constructor.name !== "ResultSetHeader"
      ? [{ fields: of as FieldPacket[], rows: rows as Rows }]
      : [],
  );
}

/** A recorded value as mysql2 gives it in the text protocol. */
function asText(recorded: Value | undefined): string | null | undefined {
  return recorded !== null && typeof recorded === "object" ? Buffer.from(recorded.base64, "base64").toString("latin1") : recorded;
}

/** A value without what is not on the wire of the binary protocol, and so differs: ZEROFILL's zeros, a fraction's last ones. */
function onTheWire(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return value.includes(":") ? value.replace(/\.0*$|(?<=\.\d*[1-9])0+$/, "") : value.replace(/^0+(?=\d)/, "");
}

/** Whether the text is the number with the decimals of its column, as the text protocol gives it. */
function isRounded(received: number, recorded: Value): boolean {
  const decimals = typeof recorded === "string" ? /\.(\d+)$/.exec(recorded)?.[1]?.length : undefined;
  return decimals !== undefined && received.toFixed(decimals) === recorded;
}

/** Whether a value that mysql2 decoded from the binary protocol is the recorded one; what it makes objects of is not compared. */
function isSame(received: unknown, recorded: Value | undefined): boolean {
  if (received === null || recorded === null || recorded === undefined) return received === recorded;
  if (Buffer.isBuffer(received)) return typeof recorded === "object" && recorded.base64 === received.toString("base64");
  if (typeof received === "number")
    return Number(recorded) === received || Math.fround(Number(recorded)) === received || isRounded(received, recorded);
  if (typeof received === "object" || received === recorded) return true;
  return typeof recorded === "string" && onTheWire(recorded) === onTheWire(received);
}

function assertSame({ sql, received }: Answer, { statement, results }: DecodedStatement, prepared: boolean): void {
  expect(statement.decodeFailed, sql).toBeNull();
  if (received.kind === "error") {
    const { errno, sqlState, sqlMessage } = received;
    expect(statement, sql).toMatchObject({ outcome: "error", errno, sqlstate: sqlState, message: sqlMessage });
    return;
  }
  expect({ sql, outcome: statement.outcome, results: results.length }).toEqual({ sql, outcome: "ok", results: received.results.length });
  received.results.forEach(({ fields, rows }, index) => {
    const recorded = results[index] as DecodedResult;
    const described = recorded.columns.map(({ column: { name, orgName, table, characterSet } }) => ({
      name,
      orgName,
      table,
      characterSet,
    }));
    expect({ sql, described }).toEqual({
      sql,
      described: fields.map(({ name, orgName, table, characterSet }) => ({ name, orgName, table, characterSet })),
    });
    expect(recorded.columns.map(({ type }) => type)).toEqual(fields.map(({ columnType }) => columnType));
    expect(recorded.rows.length, sql).toBe(rows.length);
    rows.forEach((row, at) => {
      const values = recorded.rows[at] ?? [];
      if (prepared) {
        const different = row.flatMap((value, column) => (isSame(value, values[column]) ? [] : [{ value, recorded: values[column] }]));
        expect({ sql, different }).toEqual({ sql, different: [] });
      } else {
        expect({ sql, row: values.map(asText) }).toEqual({ sql, row });
      }
    });
  });
}

describe.each(available(inject("servers")))("at $kind", (server) => {
  let relay: RecordedRelay;
  const schema = "corpus_rows";

  const connect = async (): Promise<Connection> => {
    const numbers = { supportBigNumbers: true, bigNumberStrings: true, dateStrings: true, jsonStrings: true };
    const options = { host: "127.0.0.1", port: relay.port, ...server.app, charset: "utf8mb4", multipleStatements: true, ...numbers };
    const client = await createConnection(options as never);
    for (const sql of [`USE ${schema}`, ...preamble]) await client.query(sql);
    return client;
  };

  beforeAll(async () => {
    relay = await startRecordedRelay({ upstream: server });
    const maker = await createConnection({ host: server.host, port: server.port, ...server.app });
    const fresh = [`DROP DATABASE IF EXISTS ${schema}`, `CREATE DATABASE ${schema} CHARACTER SET utf8mb4`, `USE ${schema}`];
    for (const sql of [...fresh, ...preamble, ...makeSchema]) await maker.query(sql);
    await maker.end();
  });
  afterAll(async () => {
    await relay.stop();
    relay.remove();
  });

  async function answersOf(statements: readonly string[], prepared: boolean): Promise<Answer[]> {
    const client = await connect();
    const answers: Answer[] = [];
    for (const sql of statements) answers.push({ sql, received: await ask(client, sql, prepared) });
    client.destroy();
    await relay.untilIdle();
    return answers;
  }

  /** What was recorded of the newest session, without its preparations. */
  function newest(command: string): DecodedStatement[] {
    const decoded = decodeAll([...listRecordings(relay.dataDirectory)].at(-1)?.path ?? "");
    return decoded.filter(({ statement }) => statement.command === command);
  }

  it.each(sqlCorpus(server.kind))("what mysql2 decodes of $name is what the recording says", async ({ statements }) => {
    const asked = comparable(statements).map((sql) => sql.replaceAll("corpus", schema));
    const answers = await answersOf(asked, false);
    const recorded = newest("COM_QUERY").slice(-asked.length);
    expect(recorded.map(({ statement }) => statement.sql)).toEqual(asked);
    for (const [index, answer] of answers.entries()) assertSame(answer, recorded[index] as DecodedStatement, false);
  });

  it("what mysql2 decodes of prepared statements is what the recording says", async () => {
    const asked = preparedReads(server.kind).map((sql) => sql.replaceAll("corpus", schema));
    const answers = await answersOf(asked, true);
    const recorded = newest("COM_STMT_EXECUTE");
    const executed = answers.filter(({ sql }) => recorded.some(({ statement }) => statement.sql === sql));
    expect(executed.length).toBeGreaterThan(100);
    expect(recorded.map(({ statement }) => statement.sql)).toEqual(executed.map(({ sql }) => sql));
    for (const [index, answer] of executed.entries()) assertSame(answer, recorded[index] as DecodedStatement, true);
  });
});
