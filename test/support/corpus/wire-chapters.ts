/** What only a client that writes its own packets can ask: every command, prepared statements to the byte, LOCAL INFILE. */

import { Capability, has } from "../../../proxy/protocol/capabilities.ts";
import { ColumnType } from "../../../proxy/protocol/column-type.ts";
import { Command } from "../../../proxy/protocol/command.ts";
import { PacketWriter } from "../../../proxy/protocol/packet-writer.ts";
import type { Account } from "../servers/accounts.ts";
import type { WireClient } from "../wire/wire-client.ts";
import { type BoundParameter, counted, type Execution, executePacket } from "./execute-packet.ts";

/** One thing to ask; `ask` gives the command after it has seen the answers before. */
export interface Step {
  readonly what: string;
  readonly ask: (asker: Asker) => Promise<void>;
}

/** The client of a chapter, with the number of the last prepared statement. */
export class Asker {
  readonly client: WireClient;
  readonly attributes: boolean;
  readonly account: Account;
  statement = 0;

  constructor(client: WireClient, account: Account) {
    this.client = client;
    this.account = account;
    this.attributes = has(client.capabilities, Capability.QUERY_ATTRIBUTES);
  }

  /** COM_QUERY; `infile`: the packets with which a LOCAL INFILE request is met. */
  async query(sql: string | Buffer, infile: readonly Buffer[] = []): Promise<void> {
    const writer = new PacketWriter().uint8(Command.QUERY);
    if (this.attributes) writer.uint8(0).uint8(1);
    await this.client.command(writer.bytes(Buffer.from(sql)).payload(), infile);
  }

  async prepare(sql: string): Promise<void> {
    const [first] = await this.client.command(Buffer.concat([Buffer.of(Command.STMT_PREPARE), Buffer.from(sql)]));
    if (first?.[0] === 0) this.statement = first.readUInt32LE(1);
  }

  async execute(execution: Omit<Execution, "statement">): Promise<void> {
    await this.client.command(executePacket({ statement: this.statement, ...execution }, this.attributes));
  }
}

const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(" ", ""), "hex");
const number = (bytes: number, value: bigint): Buffer => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigInt64LE(value);
  return buffer.subarray(0, bytes);
};
const real = (bytes: 4 | 8, value: number): Buffer => {
  const buffer = Buffer.alloc(bytes);
  if (bytes === 4) buffer.writeFloatLE(value);
  else buffer.writeDoubleLE(value);
  return buffer;
};

export const query = (sql: string): Step => ({ what: sql, ask: (asker) => asker.query(sql) });
const raw = (what: string, payload: Buffer): Step => ({ what, ask: async ({ client }) => void (await client.command(payload)) });
const command = (what: string, byte: number, rest: Buffer | string = ""): Step =>
  raw(what, Buffer.concat([Buffer.of(byte), Buffer.from(rest)]));
const prepare = (sql: string): Step => ({ what: `prepare ${sql}`, ask: (asker) => asker.prepare(sql) });
const execute = (what: string, execution: Omit<Execution, "statement"> = {}): Step => ({
  what: `execute ${what}`,
  ask: (asker) => asker.execute(execution),
});
/** A command that names the last prepared statement. */
const naming = (what: string, byte: number, rest = ""): Step => ({
  what,
  ask: async ({ client, statement }) => {
    await client.command(Buffer.concat([Buffer.of(byte), number(4, BigInt(statement)), hex(rest)]));
  },
});
const close = naming("close", Command.STMT_CLOSE);
const infile = (what: string, sql: string, ...packets: Buffer[]): Step => ({ what, ask: (asker) => asker.query(sql, packets) });

/** Every type byte that a client may send, with values at the edges of each layout. */
const parameterTypes: readonly (readonly [what: string, ...parameters: BoundParameter[]])[] = [
  ["TINY", ...[-128n, 127n].map((n) => ({ type: ColumnType.TINY, value: number(1, n) }))],
  ["unsigned TINY", { type: ColumnType.TINY, unsigned: true, value: number(1, 255n) }],
  ["SHORT", { type: ColumnType.SHORT, value: number(2, -32768n) }],
  ["unsigned SHORT", { type: ColumnType.SHORT, unsigned: true, value: number(2, 65535n) }],
  ["YEAR", { type: ColumnType.YEAR, value: number(2, 2026n) }],
  ["INT24", { type: ColumnType.INT24, value: number(4, -8388608n) }],
  ["LONG", { type: ColumnType.LONG, value: number(4, -2147483648n) }],
  ["unsigned LONG", { type: ColumnType.LONG, unsigned: true, value: number(4, 4294967295n) }],
  ["LONGLONG", { type: ColumnType.LONGLONG, value: number(8, -9223372036854775808n) }],
  ["unsigned LONGLONG", { type: ColumnType.LONGLONG, unsigned: true, value: number(8, -1n) }],
  ["FLOAT", ...[0, -1.5, 3.4e38].map((n) => ({ type: ColumnType.FLOAT, value: real(4, n) }))],
  ["DOUBLE", ...[0.1, 1.7976931348623157e308].map((n) => ({ type: ColumnType.DOUBLE, value: real(8, n) }))],
  ["DECIMAL", { type: ColumnType.DECIMAL, value: counted("-12.50") }],
  ["NEWDECIMAL", { type: ColumnType.NEWDECIMAL, value: counted("12345678901234567890.123456789") }],
  ["VARCHAR", { type: ColumnType.VARCHAR, value: counted("varchar ü") }],
  ["VAR_STRING", ...["", "x", "s".repeat(251), "l".repeat(70_000)].map((s) => ({ type: ColumnType.VAR_STRING, value: counted(s) }))],
  ["STRING", { type: ColumnType.STRING, value: counted("string 😀") }],
  ["ENUM", { type: ColumnType.ENUM, value: counted("one") }],
  ["SET", { type: ColumnType.SET, value: counted("a,b") }],
  ["TINY_BLOB", { type: ColumnType.TINY_BLOB, value: counted(hex("00ff")) }],
  ["BLOB", { type: ColumnType.BLOB, value: counted(hex("00 fe fb ff")) }],
  ["MEDIUM_BLOB", { type: ColumnType.MEDIUM_BLOB, value: counted(Buffer.alloc(70_000, 0xfe)) }],
  ["LONG_BLOB", { type: ColumnType.LONG_BLOB, value: counted("") }],
  ["BIT", { type: ColumnType.BIT, value: counted(hex("05")) }],
  ["JSON", { type: ColumnType.JSON, value: counted('{"a": 1}') }],
  ["GEOMETRY", { type: ColumnType.GEOMETRY, value: counted(hex("00000000 0101000000 000000000000f03f 0000000000000040")) }],
  ["VECTOR", { type: ColumnType.VECTOR, value: counted(hex("0000803f 00000040")) }],
  ["DATE", ...["04 ea07 0b 16", "00"].map((value) => ({ type: ColumnType.DATE, value: hex(value) }))],
  [
    "DATETIME",
    ...["00", "04 ea07 0b 16", "07 ea07 0b 16 01 02 03", "0b ea07 0b 16 01 02 03 40e20100"].map((value) => ({
      type: ColumnType.DATETIME,
      value: hex(value),
    })),
  ],
  ["TIMESTAMP", { type: ColumnType.TIMESTAMP, value: hex("0b ea07 0b 16 01 02 03 01000000") }],
  [
    "TIME",
    ...["00", "08 00 00000000 0a 0b 0c", "08 01 22000000 16 3b 3b", "0c 01 00000000 00 00 00 20a10700"].map((value) => ({
      type: ColumnType.TIME,
      value: hex(value),
    })),
  ],
  ["NULL", { type: ColumnType.NULL, value: null }],
  ["NULL as VAR_STRING", { type: ColumnType.VAR_STRING, value: null }],
  ["a type that is none", { type: 200, value: counted("x") }],
];

const parameterSteps: Step[] = parameterTypes.flatMap(([type, ...parameters]) => [
  prepare("SELECT ? AS v, HEX(?) AS bytes"),
  ...parameters.flatMap((parameter, index) => [
    execute(`with ${type} (${index})`, { parameters: [parameter, parameter] }),
    execute(`with ${type} (${index}), types not resent`, { parameters: [parameter, parameter], types: false }),
  ]),
  close,
]);

const text = (value: string | null): BoundParameter => ({ type: ColumnType.VAR_STRING, value: value === null ? null : counted(value) });
const long = (value: number): BoundParameter => ({ type: ColumnType.LONG, value: number(4, BigInt(value)) });

const preparedSteps: Step[] = [
  prepare("SELECT 1"),
  execute("without parameters"),
  close,
  execute("what is closed"),
  prepare("SELEC"),
  prepare(""),
  prepare("SELECT 1; SELECT 2"),
  prepare("SELECT name FROM items WHERE id = ? OR name = ?"),
  execute("one row", { parameters: [long(1), text("item 2")] }),
  execute("types not resent", { parameters: [long(3), text("none")], types: false }),
  execute("other types", { parameters: [text("4"), text(null)] }),
  execute("all NULL, types not resent", { parameters: [text(null), text(null)], types: false }),
  execute("with too few parameters", { parameters: [long(1)] }),
  raw("a COM_STMT_EXECUTE that is cut", hex("17 01000000 00")),
  raw("a COM_STMT_EXECUTE of nothing", hex("17")),
  raw("a COM_STMT_EXECUTE of an unknown statement", hex("17 ffffff7f 00 01000000")),
  close,
  prepare("INSERT INTO items (name, price) VALUES (?, ?)"),
  execute("an insert", { parameters: [text("prepared 1"), long(5)] }),
  execute("another insert", { parameters: [text("prepared 2 ü"), long(6)], types: false }),
  execute("a duplicate", { parameters: [text("prepared 1"), long(5)] }),
  close,
  prepare("UPDATE items SET price = price + ? WHERE id < ?"),
  execute("an update", { parameters: [long(1), long(5)] }),
  close,
  prepare(`SELECT ${Array.from({ length: 300 }, (_, index) => `? AS p${index}`).join(", ")}`),
  execute("with 300 parameters", { parameters: Array.from({ length: 300 }, (_, index) => (index % 7 === 0 ? text(null) : long(index))) }),
  close,
  prepare("CALL rows_and_back(?, ?)"),
  execute("a procedure with OUT parameters", { parameters: [long(21), long(0)] }),
  execute("it again", { parameters: [long(22), long(0)], types: false }),
  close,
  prepare("CALL given_back(?, ?, ?)"),
  execute("a procedure with IN, OUT and INOUT", { parameters: [long(1), long(0), text("c")] }),
  close,
  prepare("CALL two_results(?)"),
  execute("two results", { parameters: [long(7)] }),
  execute("two results with a cursor", { flags: 1, parameters: [long(7)] }),
  close,
  prepare("CALL failing()"),
  execute("a procedure that fails"),
  close,
  prepare("SET @p = ?"),
  execute("a variable", { parameters: [text("variable")] }),
  close,
  prepare("SHOW TABLES"),
  execute("SHOW"),
  close,
  prepare("DO 1"),
  execute("nothing"),
  close,
  query("CREATE TABLE growing (a INT)"),
  query("INSERT INTO growing VALUES (1)"),
  prepare("SELECT * FROM growing"),
  execute("before the table grows"),
  query("ALTER TABLE growing ADD COLUMN b VARCHAR(10) DEFAULT 'grown'"),
  execute("behind it"),
  query("DROP TABLE growing"),
  execute("of a table that is gone"),
  close,
  prepare("SELECT ? AS long_text, LENGTH(?) AS length"),
  naming("long data", Command.STMT_SEND_LONG_DATA, "0000 6c6f6e6720"),
  naming("more long data", Command.STMT_SEND_LONG_DATA, "0000 64617461"),
  naming("long data for the second", Command.STMT_SEND_LONG_DATA, "0100 7a7a7a"),
  execute("with long data", {
    parameters: [
      { type: ColumnType.BLOB, value: Buffer.alloc(0) },
      { type: ColumnType.BLOB, value: Buffer.alloc(0) },
    ],
  }),
  naming("COM_STMT_RESET", Command.STMT_RESET),
  execute("without long data", { parameters: [text("short"), text("short")] }),
  naming("long data of nothing", Command.STMT_SEND_LONG_DATA, "0000"),
  naming("long data that a reset takes back", Command.STMT_SEND_LONG_DATA, "0000 6c6f7374"),
  naming("COM_STMT_RESET", Command.STMT_RESET),
  execute("after a reset", { parameters: [text("kept"), text("kept")] }),
  naming("long data for no parameter", Command.STMT_SEND_LONG_DATA, "0900 78"),
  naming("COM_STMT_RESET", Command.STMT_RESET),
  close,
  naming("COM_STMT_RESET of what is closed", Command.STMT_RESET),
  raw("long data for no statement", hex("18 ffffff7f 0000 78")),
  command("COM_PING", Command.PING),
];

const cursorSteps: Step[] = [
  prepare("SELECT id, name FROM items WHERE id <= ? ORDER BY id"),
  execute("with a cursor", { flags: 1, parameters: [long(50)] }),
  naming("a fetch of 1", Command.STMT_FETCH, "01000000"),
  naming("a fetch of 7", Command.STMT_FETCH, "07000000"),
  naming("a fetch of 0", Command.STMT_FETCH, "00000000"),
  naming("a fetch of 1000", Command.STMT_FETCH, "e8030000"),
  naming("a fetch behind the end", Command.STMT_FETCH, "01000000"),
  execute("with a cursor again", { flags: 1, parameters: [long(3)], types: false }),
  naming("a fetch of 3, which is all", Command.STMT_FETCH, "03000000"),
  naming("a fetch of the end", Command.STMT_FETCH, "01000000"),
  execute("with a cursor on nothing", { flags: 1, parameters: [long(0)] }),
  naming("a fetch of nothing", Command.STMT_FETCH, "01000000"),
  execute("with a cursor that is reset", { flags: 1, parameters: [long(9)] }),
  naming("COM_STMT_RESET", Command.STMT_RESET),
  naming("a fetch after a reset", Command.STMT_FETCH, "01000000"),
  raw("a COM_STMT_FETCH that is cut", hex("1c 01")),
  close,
  // MySQL 9.7 does not end the result of a statement that had a cursor before and is executed without: these come alone.
  prepare("SELECT id FROM items WHERE id < 4"),
  execute("without a cursor"),
  naming("a fetch without a cursor", Command.STMT_FETCH, "01000000"),
  close,
  prepare("SELECT id FROM items WHERE id < 4"),
  execute("with a cursor for update", { flags: 2 }),
  close,
  prepare("SELECT id FROM items WHERE id < 4"),
  execute("with a scrollable cursor", { flags: 4 }),
  close,
  prepare("INSERT INTO items (name) VALUES (?)"),
  execute("an insert with a cursor", { flags: 1, parameters: [text("by cursor")] }),
  close,
  prepare("SELECT id FROM items ORDER BY id"),
  execute("with a cursor that stays open", { flags: 1 }),
  query("SELECT 'between' AS it"),
  naming("a fetch across another statement", Command.STMT_FETCH, "02000000"),
  close,
  prepare("SELECT REPEAT('wide ', 10000) AS wide FROM items LIMIT 20"),
  execute("wide rows with a cursor", { flags: 1 }),
  naming("a fetch of 11", Command.STMT_FETCH, "0b000000"),
  naming("the rest", Command.STMT_FETCH, "ff000000"),
  close,
];

const load = "LOAD DATA LOCAL INFILE 'a file' INTO TABLE loaded FIELDS TERMINATED BY ','";
const lines = (count: number, from = 0): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, index) => `${from + index},line ${from + index} ü\n`).join(""));

const infileSteps: Step[] = [
  query("CREATE TABLE loaded (a INT PRIMARY KEY, b VARCHAR(30))"),
  infile("a local file", load, lines(100)),
  infile("an empty local file", load),
  infile("a local file in many packets", load, ...Array.from({ length: 300 }, (_, index) => lines(10, 1000 + index * 10))),
  infile("a local file that is cut in the middle of a line", load, Buffer.from("9001,whole\n9002,c")),
  infile("a local file with a duplicate", load, lines(5, 50_000), lines(5, 50_003), lines(5, 50_100)),
  infile("a local file with what does not fit", load, Buffer.from("60000,x,y,z\nabc\n\n60001\n")),
  query("SHOW WARNINGS"),
  query("SET sql_mode = 'STRICT_ALL_TABLES'"),
  infile("a local file that fails half-way", load, lines(2000, 70_000), Buffer.from("not a number,x\n"), lines(2000, 80_000)),
  query("SET sql_mode = ''"),
  infile("a local file for no table", load.replace("loaded", "nowhere"), lines(2)),
  infile("a local file among several statements", `SELECT 1; ${load}; SELECT 2`, lines(3, 90_000)),
  query("SELECT COUNT(*), SUM(a), MAX(b) FROM loaded"),
];

const commandSteps: Step[] = [
  command("COM_INIT_DB", Command.INIT_DB, "corpus"),
  command("COM_INIT_DB of nothing", Command.INIT_DB, "nowhere"),
  command("COM_INIT_DB without a name", Command.INIT_DB),
  command("COM_FIELD_LIST", Command.FIELD_LIST, "items\0%"),
  command("COM_FIELD_LIST of one", Command.FIELD_LIST, "items\0name"),
  command("COM_FIELD_LIST of none", Command.FIELD_LIST, "items\0x%"),
  command("COM_FIELD_LIST without a wildcard", Command.FIELD_LIST, "items\0"),
  command("COM_FIELD_LIST of no table", Command.FIELD_LIST, "nowhere\0%"),
  command("COM_STATISTICS", Command.STATISTICS),
  command("COM_PING", Command.PING),
  command("COM_DEBUG", Command.DEBUG),
  command("COM_SET_OPTION: several statements", Command.SET_OPTION, hex("0000")),
  query("SELECT 1; SELECT 2"),
  command("COM_SET_OPTION: one statement", Command.SET_OPTION, hex("0100")),
  query("SELECT 1; SELECT 2"),
  command("COM_SET_OPTION of nonsense", Command.SET_OPTION, hex("0700")),
  command("COM_SET_OPTION that is cut", Command.SET_OPTION),
  command("COM_PROCESS_INFO", Command.PROCESS_INFO),
  command("COM_PROCESS_KILL of nobody", Command.PROCESS_KILL, hex("feffff7f")),
  command("COM_REFRESH", Command.REFRESH, hex("02")),
  command("COM_CREATE_DB", Command.CREATE_DB, "corpus_created"),
  command("COM_DROP_DB", Command.DROP_DB, "corpus_created"),
  command("COM_RESET_CONNECTION", Command.RESET_CONNECTION),
  query("SELECT DATABASE(), @p"),
  ...[0x00, 0x0b, 0x0f, 0x10, 0x13, 0x14, 0x1d, 0x22, 0x77, 0xf0, 0xff].map((byte) =>
    command(`a command that is none: 0x${byte.toString(16)}`, byte, "nonsense"),
  ),
  raw("an empty command", Buffer.alloc(0)),
  query("SELECT 'still here' AS it"),
];

/** A sign-in in the middle of a session, as the client's own account or as one that may not. */
const changeUser = (what: string, schema: string, changes: { readonly password?: string } = {}): Step => ({
  what: `COM_CHANGE_USER ${what}`,
  ask: async ({ client, account }) => void (await client.changeUser({ ...account, ...changes }, schema)),
});

/** What a session has of its own, which is gone after it was reset. */
const ownSteps: Step[] = [
  query("SET @own = 'kept', NAMES latin1, SESSION sql_mode = 'ANSI'"),
  query("CREATE TEMPORARY TABLE own (a INT)"),
  query("START TRANSACTION"),
  query("INSERT INTO items (name, price) VALUES ('rolled back', 1)"),
  prepare("SELECT ? AS v"),
];
const goneSteps: Step[] = [
  execute("what was prepared before", { parameters: [text("x")] }),
  query("SELECT @own, @@character_set_client, @@character_set_results, @@sql_mode, @@autocommit, DATABASE()"),
  query("SELECT * FROM own"),
  query("SELECT COUNT(*) FROM items WHERE name = 'rolled back'"),
  query("SELECT 'größe'"),
  prepare("SELECT ? AS again"),
  execute("what is prepared anew", { parameters: [text("ü")] }),
  close,
];

const resetSteps: Step[] = [
  ...ownSteps,
  command("COM_RESET_CONNECTION", Command.RESET_CONNECTION),
  ...goneSteps,
  ...ownSteps,
  changeUser("to the same account", "test"),
  ...goneSteps,
  changeUser("without a schema", ""),
  query("SELECT DATABASE(), CURRENT_USER() IS NOT NULL"),
  changeUser("again", "test"),
  command("COM_RESET_CONNECTION", Command.RESET_CONNECTION),
  changeUser("behind a reset", "test"),
  query("SELECT DATABASE(), @own"),
];

/** COM_STMT_BULK_EXECUTE: a set of parameters behind the other, each value behind what it is. */
const bulk = (
  what: string,
  flags: number,
  types: readonly number[],
  sets: readonly (readonly (Buffer | "null" | "default" | "ignore")[])[],
): Step => ({
  what: `bulk execute ${what}`,
  ask: async ({ client, statement }) => {
    const writer = new PacketWriter().uint8(Command.STMT_BULK_EXECUTE).uint32(statement).uint16(flags);
    if ((flags & bulkTypes) !== 0) for (const type of types) writer.uint8(type).uint8(0);
    for (const value of sets.flat()) {
      if (Buffer.isBuffer(value)) writer.uint8(0).bytes(value);
      else writer.uint8({ null: 1, default: 2, ignore: 3 }[value]);
    }
    await client.command(writer.payload());
  },
});
const bulkTypes = 128;
const unitResults = 64;
const twoTypes = [ColumnType.LONG, ColumnType.VAR_STRING];
const int = (value: number): Buffer => number(4, BigInt(value));

/** Without the capability for it a server takes the command for nonsense. */
const bulkSteps: Step[] = [
  query("CREATE TABLE bulk (a INT PRIMARY KEY AUTO_INCREMENT, b VARCHAR(20) DEFAULT 'by default')"),
  prepare("INSERT INTO bulk (a, b) VALUES (?, ?)"),
  bulk("three sets", bulkTypes, twoTypes, [
    [int(1), counted("one")],
    [int(2), "null"],
    [int(3), "default"],
  ]),
  bulk("types not resent", 0, twoTypes, [[int(4), counted("four ü")]]),
  bulk("a duplicate in the middle", bulkTypes, twoTypes, [
    [int(5), counted("five")],
    [int(1), counted("again")],
    [int(6), counted("never")],
  ]),
  bulk("with a result for each", bulkTypes | unitResults, twoTypes, [
    ["null", counted("numbered")],
    ["null", counted("numbered too")],
  ]),
  bulk(
    "of 2000 sets",
    bulkTypes,
    twoTypes,
    Array.from({ length: 2000 }, (_, index) => [int(1000 + index), counted(`row ${index}`)]),
  ),
  bulk("that is cut", bulkTypes, twoTypes, [[int(7)]]),
  close,
  prepare("UPDATE bulk SET b = ? WHERE a = ?"),
  bulk(
    "updates",
    bulkTypes,
    [ColumnType.VAR_STRING, ColumnType.LONG],
    [
      [counted("changed"), int(1)],
      ["ignore", int(2)],
      [counted("nobody"), int(999)],
    ],
  ),
  close,
  prepare("DELETE FROM bulk WHERE a = ? RETURNING a, b"),
  bulk("with rows", bulkTypes, [ColumnType.LONG], [[int(1)], [int(2)], [int(998)]]),
  close,
  prepare("SELECT b FROM bulk WHERE a = ?"),
  bulk("a query", bulkTypes, [ColumnType.LONG], [[int(3)]]),
  close,
  query("SELECT a, b FROM bulk WHERE a < 1000 ORDER BY a"),
  query("SELECT COUNT(*), MAX(b) FROM bulk"),
];

/** On MySQL the server closes after some of these, so each is the last on its connection. */
const lastSteps: readonly (readonly Step[])[] = [
  [command("COM_CLONE", 0x20)],
  [
    command("COM_REGISTER_SLAVE", Command.REGISTER_SLAVE, hex("63000000 00 00 00 0000 00000000 00000000")),
    command("COM_BINLOG_DUMP", Command.BINLOG_DUMP, hex("04000000 0000 63000000")),
  ],
  [command("COM_BINLOG_DUMP_GTID", Command.BINLOG_DUMP_GTID, hex("0000 63000000 00000000 0400000000000000 00000000"))],
  [query("KILL CONNECTION_ID()")],
  [changeUser("with a wrong password", "test", { password: "wrong" })],
  [changeUser("to a schema that is none", "nowhere")],
  [query("SET SESSION wait_timeout = 10"), raw("COM_STMT_BULK_EXECUTE that is cut", hex("fa 01"))],
];

export interface WireChapter {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** Each chapter is for a connection of its own. */
export const wireChapters: readonly WireChapter[] = [
  { name: "prepared statements", steps: preparedSteps },
  { name: "parameters", steps: parameterSteps },
  { name: "cursors", steps: cursorSteps },
  { name: "local files", steps: infileSteps },
  { name: "commands", steps: commandSteps },
  { name: "resets", steps: resetSteps },
  ...lastSteps.map((steps) => ({ name: `the end of ${steps.at(-1)?.what}`, steps })),
];

/** What MariaDB alone understands. */
export const mariadbChapters: readonly WireChapter[] = [{ name: "bulk executions", steps: bulkSteps }];
