import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import { afterEach, expect, inject, it } from "vitest";
import type { Value } from "../../proxy/model/value.ts";
import { Capability } from "../../proxy/protocol/capabilities.ts";
import type { ColumnDefinition } from "../../proxy/protocol/column-definition.ts";
import { Command } from "../../proxy/protocol/command.ts";
import { listRecordings } from "../../proxy/recording/recording-files.ts";
import { sqlCorpus } from "../support/corpus/sql-corpus.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { available, type ServerAddress } from "../support/servers.ts";
import { decodeAll } from "../support/wire/decode.ts";
import { readResult } from "../support/wire/read-results.ts";
import { usualCapabilities, WireClient } from "../support/wire/wire-client.ts";

/** What an answer says, its texts as Unicode. */
interface Read {
  readonly outcome: "ok" | "error";
  readonly message: string | null;
  readonly rows: readonly (readonly Value[])[];
}

/** Lets the server itself read text: it converts the bytes that it sent, from the character set that it said they were in. */
class Judge {
  private readonly connection: Connection;
  private readonly setNames: ReadonlyMap<number, string>;

  private constructor(connection: Connection, setNames: ReadonlyMap<number, string>) {
    this.connection = connection;
    this.setNames = setNames;
  }

  static async of({ host, port, app, kind }: ServerAddress): Promise<Judge> {
    const connection = await createConnection({ host, port, ...app, charset: "utf8mb4" });
    const from = kind === "mariadb" ? "COLLATION_CHARACTER_SET_APPLICABILITY" : "COLLATIONS";
    const sql = `SELECT ID AS id, CHARACTER_SET_NAME AS name FROM information_schema.${from}`;
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return new Judge(connection, new Map(rows.map(({ id, name }) => [Number(id), String(name)])));
  }

  /** `ofMessages`: the character set that errors are in. */
  async read(payloads: readonly Buffer[], ofMessages: string): Promise<Read> {
    const [first = Buffer.alloc(0)] = payloads;
    if (first[0] === 0xff) return { outcome: "error", message: await this.text(first.subarray(9), ofMessages), rows: [] };
    if (first[0] === 0x00) return { outcome: "ok", message: null, rows: [] };
    const { columns, rows } = readResult(payloads, false, asBytes);
    const texts = rows.map((row) => Promise.all(row.map((value, at) => this.value(value, columns[at]))));
    return { outcome: "ok", message: null, rows: await Promise.all(texts) };
  }

  close(): Promise<void> {
    return this.connection.end();
  }

  private async value(value: Value, definition: ColumnDefinition | undefined): Promise<Value> {
    const set = this.setNames.get(definition?.column.characterSet ?? 0) ?? "no set that the server has";
    return value === null || typeof value === "string" || set === "binary" ? value : this.text(Buffer.from(value.base64, "base64"), set);
  }

  private async text(bytes: Buffer, set: string): Promise<string> {
    const sql = `SELECT CONVERT(CONVERT(x'${bytes.toString("hex")}' USING ${set}) USING utf8mb4) AS it`;
    return String((await this.connection.query<RowDataPacket[]>(sql))[0][0]?.it);
  }
}

/** The definition of a column whose values are to be had as they were sent. */
function asBytes(definition: ColumnDefinition): ColumnDefinition {
  return { ...definition, column: { ...definition.column, characterSet: 63 } };
}

let relay: RecordedRelay | null = null;

afterEach(async () => {
  await relay?.stop();
  relay?.remove();
  relay = null;
});

it.each(available(inject("servers")))(
  "what $kind itself reads in what it sent in every character set is what the recording says",
  async (server) => {
    relay = await startRecordedRelay({ upstream: server });
    const client = await WireClient.connect(relay, server.app, usualCapabilities | Capability.DEPRECATE_EOF);
    const judge = await Judge.of(server);
    const chapter = sqlCorpus(server.kind).find(({ name }) => name === "character sets")?.statements ?? [];
    await client.query("DROP TABLE IF EXISTS written");
    const expected: (Read & { readonly sql: string })[] = [];
    let ofMessages = "utf8mb4";
    for (const sql of chapter) {
      const payloads = await client.command(Buffer.concat([Buffer.of(Command.QUERY), Buffer.from(sql)]));
      if (payloads[0]?.[0] === 0x00) ofMessages = setOfMessages(sql) ?? ofMessages;
      expected.push({ sql, ...(await judge.read(payloads, ofMessages)) });
    }
    await client.query("DROP TABLE written");
    await client.quit();
    await judge.close();
    await relay.untilIdle();

    const recorded = decodeAll([...listRecordings(relay.dataDirectory)].at(-1)?.path ?? "").filter(
      ({ statement: { sql } }) => !sql?.startsWith("DROP"),
    );
    const said = recorded.flatMap(({ statement: { command, sql, outcome, message }, results }) =>
      command === "COM_QUERY" ? [{ sql, outcome, message, rows: results[0]?.rows ?? [] }] : [],
    );
    expect(expected.length).toBeGreaterThan(150);
    expect(said).toEqual(expected);
  },
);

/** The character set that errors are in once `sql` has been obeyed, where it sets one; they are in UTF-8 where results are not converted. */
function setOfMessages(sql: string): string | null {
  const set = (/character_set_results = (\w+)/.exec(sql) ?? /^SET (?:NAMES|CHARACTER SET) (\w+)/.exec(sql))?.[1];
  if (set === undefined) return null;
  return /^(NULL|DEFAULT|binary)$/.test(set) ? "utf8mb4" : set;
}
