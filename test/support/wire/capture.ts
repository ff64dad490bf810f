/**
 * Captures the answers of real servers anew: `node test/support/wire/capture.ts MARIADB_PORT MYSQL_PORT`. Both are on
 * 127.0.0.1 and have the accounts of the test servers.
 */
import fs from "node:fs";
import { Capability, has } from "../../../proxy/protocol/capabilities.ts";
import { Command } from "../../../proxy/protocol/command.ts";
import { PacketWriter } from "../../../proxy/protocol/packet-writer.ts";
import { accounts } from "../servers/accounts.ts";
import { type CapturedAnswer, type CapturedSession, captureFile } from "./captured.ts";
import { usualCapabilities, WireClient } from "./wire-client.ts";

const modern = Capability.DEPRECATE_EOF | Capability.SESSION_TRACK | Capability.QUERY_ATTRIBUTES;

const preparation = [
  "SET GLOBAL local_infile = 1",
  "CREATE DATABASE IF NOT EXISTS captured",
  "DROP TABLE IF EXISTS captured.items",
  "DROP PROCEDURE IF EXISTS captured.twice",
  "CREATE TABLE captured.items (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(10), price DECIMAL(10,2))",
  "CREATE PROCEDURE captured.twice(IN x INT, OUT y INT) BEGIN SELECT x; SET y = x + 1; SELECT 2, 3; END",
];

function hexOf(text: string): Buffer {
  return Buffer.from(text.replaceAll(" ", ""), "hex");
}

async function capture(server: CapturedSession["server"], port: number, extra: number): Promise<CapturedSession> {
  const client = await WireClient.connect({ port }, accounts.app, usualCapabilities | extra);
  const attributes = has(client.capabilities, Capability.QUERY_ATTRIBUTES);
  for (const sql of preparation) await client.command(queryOf(sql, attributes));
  const answers: CapturedAnswer[] = [];
  const ask = async (what: string, command: Buffer, infile: Buffer = Buffer.alloc(0)): Promise<Buffer> => {
    const answer = await client.command(command, infile);
    answers.push({ what, command: command.toString("hex"), answer: answer.map((payload) => payload.toString("hex")) });
    return answer[0] ?? Buffer.alloc(0);
  };
  const query = (what: string, sql: string, infile?: Buffer): Promise<Buffer> => ask(what, queryOf(sql, attributes), infile);
  const simple = (command: number, rest = ""): Buffer => Buffer.concat([Buffer.of(command), Buffer.from(rest, "latin1")]);
  await query("a change of schema", "USE captured");
  await query("a change of a variable", "SET autocommit = 1");
  await query("an insert", "INSERT INTO items (name, price) VALUES ('x', 1.5), ('y', 2.5)");
  await query("one row", "SELECT 1 AS a, NULL AS b, 'x' AS c");
  await query("no rows", "SELECT * FROM items WHERE id < 0");
  await query("an error", "SELECT nonsense FROM nowhere");
  await query("an error behind rows", "SELECT 1 UNION ALL SELECT (SELECT id FROM items)");
  await query("three statements", "SELECT 1; DO 0; SELECT 2");
  await query("an error behind a result", "SELECT 1; SELECT nonsense FROM nowhere");
  await query("a procedure", "CALL twice(1, @y)");
  await query(
    "a local file",
    "LOAD DATA LOCAL INFILE 'x' INTO TABLE items FIELDS TERMINATED BY ',' (name, price)",
    Buffer.from("p,1\nq,2\n"),
  );
  await query("an empty local file", "LOAD DATA LOCAL INFILE 'x' INTO TABLE items");
  await ask("COM_FIELD_LIST", simple(Command.FIELD_LIST, "items\0%"));
  await ask("COM_STATISTICS", simple(Command.STATISTICS));
  await ask("COM_PING", simple(Command.PING));
  await ask("COM_DEBUG", simple(Command.DEBUG));
  await ask("COM_SET_OPTION", simple(Command.SET_OPTION, "\0\0"));
  await ask("COM_INIT_DB", simple(Command.INIT_DB, "captured"));
  await ask("COM_INIT_DB of nothing", simple(Command.INIT_DB, "nope"));
  await ask("COM_PROCESS_INFO", simple(Command.PROCESS_INFO));
  await ask("a command that is none", Buffer.of(0x77));
  await ask("an empty command", Buffer.alloc(0));
  const prepared = await ask(
    "a preparation with parameters and columns",
    simple(Command.STMT_PREPARE, "SELECT * FROM items WHERE id > ? AND name <> ?"),
  );
  const naming = (command: number, rest: string): Buffer => Buffer.concat([Buffer.of(command), prepared.subarray(1, 5), hexOf(rest)]);
  const execute = (flags: number, bound: string): Buffer =>
    naming(Command.STMT_EXECUTE, attributes ? `0${flags + 8} 01000000 02 ${bound}` : `0${flags} 01000000 ${bound}`);
  const types = attributes ? "01 0800 00 fd00 00" : "01 0800 fd00";
  await ask("an execution that binds types", execute(0, `00 ${types} 0000000000000000 017a`));
  await ask("an execution with the types bound before", execute(0, "00 00 0100000000000000 0179"));
  await ask("an execution with NULL", execute(0, "01 00 017a"));
  await ask("an execution that opens a cursor", execute(1, "00 00 0000000000000000 0179"));
  await ask("a fetch", naming(Command.STMT_FETCH, "02000000"));
  await ask("the last fetch", naming(Command.STMT_FETCH, "05000000"));
  await ask("a fetch without a cursor", naming(Command.STMT_FETCH, "05000000"));
  await ask("COM_STMT_RESET", naming(Command.STMT_RESET, ""));
  await ask("long data", naming(Command.STMT_SEND_LONG_DATA, "0100 7a7a"));
  await ask("an execution with long data", execute(0, `00 ${types} 0000000000000000`));
  await ask("COM_STMT_CLOSE", naming(Command.STMT_CLOSE, ""));
  await ask("an execution of what is closed", execute(0, "00 00 0100000000000000 0179"));
  await ask("a preparation with nothing", simple(Command.STMT_PREPARE, "DO 1"));
  await ask("a preparation with a parameter", simple(Command.STMT_PREPARE, "INSERT INTO items (name) VALUES (?)"));
  await ask("a preparation with columns", simple(Command.STMT_PREPARE, "SELECT name FROM items"));
  await ask("a preparation that fails", simple(Command.STMT_PREPARE, "SELEC"));
  const call = await ask("a preparation of a procedure", simple(Command.STMT_PREPARE, "CALL twice(5, ?)"));
  const bound = attributes ? "08 01000000 01 01 01 0800 00" : "00 01000000 01 01 0800";
  await ask("an execution of a procedure", Buffer.concat([Buffer.of(Command.STMT_EXECUTE), call.subarray(1, 5), hexOf(bound)]));
  await ask("COM_RESET_CONNECTION", simple(Command.RESET_CONNECTION));
  const { capabilities } = client;
  await client.quit();
  return { server, capabilities, answers };
}

function queryOf(sql: string, attributes: boolean): Buffer {
  const writer = new PacketWriter().uint8(Command.QUERY);
  return (attributes ? writer.uint8(0).uint8(1) : writer).text(sql).payload();
}

const [mariadb, mysql] = process.argv.slice(2).map(Number);
if (mariadb === undefined || mysql === undefined) throw new Error("usage: capture.ts MARIADB_PORT MYSQL_PORT");
const sessions: CapturedSession[] = [];
for (const extra of [0, modern]) {
  sessions.push(await capture("mariadb", mariadb, extra), await capture("mysql", mysql, extra));
}
fs.writeFileSync(captureFile, `${JSON.stringify(sessions, null, 1)}\n`);
