import { once } from "node:events";
import { afterEach, describe, expect, inject, it } from "vitest";
import { Command } from "../../proxy/protocol/command.ts";
import { toPackets } from "../../proxy/protocol/packet-writer.ts";
import { listRecordings } from "../../proxy/recording/recording-files.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { available } from "../support/servers.ts";
import { type DecodedStatement, decodeAll, decodeAlone } from "../support/wire/decode.ts";
import { WireClient } from "../support/wire/wire-client.ts";

let relay: RecordedRelay;

afterEach(async () => {
  await relay.stop();
  relay.remove();
});

function query(sql: string): Buffer {
  return Buffer.concat([Buffer.of(Command.QUERY), Buffer.from(sql)]);
}

/** What was recorded of the newest session, in the order of the commands; each decoded alone is the same. */
async function recorded(): Promise<DecodedStatement[]> {
  await relay.untilIdle();
  const path = [...listRecordings(relay.dataDirectory)].at(-1)?.path ?? "";
  const all = decodeAll(path);
  for (const one of all.filter(({ statement }) => statement.outcome !== "aborted")) {
    expect(decodeAlone(path, one.statement.seq, all)).toEqual(one);
  }
  return all.toSorted((a, b) => a.statement.seq - b.statement.seq);
}

const summary = ({ statement: { command, sql, outcome }, results }: DecodedStatement) => ({
  command,
  sql,
  outcome,
  rows: results.map(({ rows }) => rows),
});

describe.each(available(inject("servers")))("a client of $kind cannot have its recording say what did not happen", (server) => {
  const table = "CREATE OR REPLACE TABLE misled (line VARCHAR(100))";
  const make = server.kind === "mysql" ? ["DROP TABLE IF EXISTS misled", table.replace("OR REPLACE ", "")] : [table];
  const load = "LOAD DATA LOCAL INFILE 'lines' INTO TABLE misled";

  it("by an error that is numbered like a progress report", async () => {
    relay = await startRecordedRelay({ upstream: server });
    const client = await WireClient.connect(relay, server.app);
    await client.command(query("SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 65535, MESSAGE_TEXT = 'a report?'"));
    await client.query("SELECT 'shown'");
    await client.query("SELECT 'next'");
    await client.quit();
    expect((await recorded()).map(summary)).toMatchObject([
      { outcome: "error", rows: [] },
      { sql: "SELECT 'shown'", outcome: "ok", rows: [[["shown"]]] },
      { sql: "SELECT 'next'", outcome: "ok", rows: [[["next"]]] },
      { command: "COM_QUIT" },
    ]);
  });

  it("by a row that looks like the definition of a column with a secret in its name", async () => {
    relay = await startRecordedRelay({ upstream: server });
    const client = await WireClient.connect(relay, server.app);
    const hidden = "IDENTIFIED BY 'a card number'";
    const inHex = Buffer.from(hidden).toString("hex");
    await client.query(`SELECT 'def', '', '', '', CONVERT(x'${inHex}' USING utf8mb4), '', REPEAT('x', 30)`);
    await client.quit();
    const [selected] = await recorded();
    expect(selected?.results[0]?.rows).toEqual([["def", "", "", "", hidden, "", "x".repeat(30)]]);
  });

  it("by a character set that it sets behind a comment, in which a quote is no longer escaped", async () => {
    relay = await startRecordedRelay({ upstream: server });
    const client = await WireClient.connect(relay, server.app);
    await client.query("/* nothing */ SET /*!40101 NAMES gbk */");
    const answer = await client.command(Buffer.concat([query("SELECT '"), Buffer.of(0xbf, 0x5c), Buffer.from("', 'seen'")]));
    expect(answer.some((payload) => payload.includes("seen"))).toBe(true);
    await client.quit();
    const [, selected] = await recorded();
    expect(selected && summary(selected)).toEqual({
      command: "COM_QUERY",
      sql: "SELECT '縗', 'seen'",
      outcome: "ok",
      rows: [[["縗", "seen"]]],
    });
  });

  it("by a local file that it sends before it is asked, with statements in it", async () => {
    relay = await startRecordedRelay({ upstream: server });
    const client = await WireClient.connect(relay, server.app);
    for (const sql of make) await client.query(sql);
    const lie = query("DROP TABLE misled");
    const socket = client.detach();
    const answers: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => answers.push(chunk));
    const answered = async (text: string): Promise<void> => {
      while (!Buffer.concat(answers).includes(text)) await once(socket, "data");
    };
    socket.write(Buffer.concat([toPackets(query(load), 0), toPackets(lie, 2), toPackets(Buffer.alloc(0), 3)]));
    await answered("Records: 1");
    socket.write(toPackets(query("SELECT COUNT(*), 'counted' FROM misled"), 0));
    await answered("counted");
    socket.end(toPackets(Buffer.of(Command.QUIT), 0));

    const [loaded, content, end, counted] = (await recorded()).slice(make.length);
    expect(loaded?.statement).toMatchObject({ sql: load, outcome: "ok", decodeFailed: null, infile: { name: "lines", bytes: lie.length } });
    for (const taken of [content, end]) {
      expect(taken?.statement).toMatchObject({ outcome: "aborted", decodeFailed: expect.stringContaining("did not run it") });
    }
    expect(counted && summary(counted)).toMatchObject({ sql: "SELECT COUNT(*), 'counted' FROM misled", rows: [[["1", "counted"]]] });
  });

  it.runIf(server.kind === "mariadb")("by a local file that a prepared statement asks for, with statements in it", async () => {
    relay = await startRecordedRelay({ upstream: server });
    const client = await WireClient.connect(relay, server.app);
    for (const sql of make) await client.query(sql);
    const [prepared] = await client.command(Buffer.concat([Buffer.of(Command.STMT_PREPARE), Buffer.from(load)]));
    const id = prepared?.subarray(1, 5) ?? Buffer.alloc(4);
    const lie = query("DROP TABLE misled");
    await client.command(Buffer.concat([Buffer.of(Command.STMT_EXECUTE), id, Buffer.from("0001000000", "hex")]), lie);
    await client.query("SELECT COUNT(*) FROM misled");
    await client.quit();
    expect((await recorded()).slice(make.length + 1).map(summary)).toEqual([
      { command: "COM_STMT_EXECUTE", sql: load, outcome: "ok", rows: [] },
      { command: "COM_QUERY", sql: "SELECT COUNT(*) FROM misled", outcome: "ok", rows: [[["1"]]] },
      { command: "COM_QUIT", sql: null, outcome: "ok", rows: [] },
    ]);
  });
});
