import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Capability } from "../../proxy/protocol/capabilities.ts";
import { Command } from "../../proxy/protocol/command.ts";
import { readStatement } from "../../proxy/recording/statement-reader.ts";
import { clientIsThere, runClient } from "../support/clients.ts";
import { type RecordedSession, recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { available, type ServerAddress } from "../support/servers.ts";
import { temporaryDirectory } from "../support/stenograph.ts";
import { usualCapabilities, WireClient } from "../support/wire/wire-client.ts";

/** 数据 in gbk, which is no UTF-8; ÿ in latin1; データ in sjis. */
const inGbk = Buffer.from("cafdbedd", "hex");
const inLatin1 = Buffer.from("c3bf", "hex");
const inSjis = Buffer.from("8366815b835e", "hex");

describe.each(available(inject("servers")))("at $kind", (server: ServerAddress) => {
  const directory = temporaryDirectory();
  let relay: RecordedRelay;

  beforeAll(async () => {
    relay = await startRecordedRelay({ upstream: { host: "127.0.0.1", port: server.port } });
  });
  afterAll(async () => {
    await relay.stop();
    relay.remove();
    directory[Symbol.dispose]();
  });

  const lastSession = async (): Promise<RecordedSession> => {
    await relay.untilIdle();
    const session = recordedSessions(relay.dataDirectory).at(-1);
    if (session === undefined) throw new Error("nothing was recorded");
    return session;
  };
  const command = (byte: number, rest: string | Buffer = ""): Buffer => Buffer.concat([Buffer.of(byte), Buffer.from(rest)]);

  describe.each([
    ["reported by the server", Capability.SESSION_TRACK],
    ["read from the statements", 0],
  ])("the session's character set, %s", (_how, tracking) => {
    it("is what statements, parameters, names and messages are read in", async () => {
      const client = await WireClient.connect(relay, server.app, usualCapabilities | tracking);
      const select = (bytes: Buffer): Buffer =>
        Buffer.concat([Buffer.from("\u0003SELECT '"), bytes, Buffer.from("' AS `"), bytes, Buffer.from("`")]);
      await client.query("SET NAMES gbk");
      await client.command(select(inGbk));
      const prepared = await client.command(command(Command.STMT_PREPARE, "SELECT ? AS p"));
      const id = prepared[0]?.subarray(1, 5) ?? Buffer.alloc(4);
      await client.command(
        Buffer.concat([Buffer.of(Command.STMT_EXECUTE), id, Buffer.from("00010000000001fd00", "hex"), Buffer.of(4), inGbk]),
      );
      await client.command(Buffer.concat([Buffer.from("\u0003SELECT `"), inGbk, Buffer.from("`")]));
      await client.query("set character_set_client = 'sjis', character_set_results = latin1, character_set_connection = sjis");
      await client.command(Buffer.concat([Buffer.from("\u0003DO '"), inSjis, Buffer.from("'")]));
      await client.query("SET NAMES latin1");
      await client.command(select(inLatin1));
      await client.quit();

      const session = await lastSession();
      const { statements } = session;
      expect(statements.flatMap(({ decodeFailed }) => decodeFailed ?? [])).toEqual([]);
      const texts = statements.map(({ sql }) => sql);
      expect(texts[1]).toBe("SELECT '数据' AS `数据`");
      expect(statements[1]?.results).toEqual([[["数据"]]]);
      expect(statements[3]?.params?.map(({ value }) => value)).toEqual(["数据"]);
      expect(statements[4]?.message).toContain("'数据'");
      expect(texts[6]).toBe("DO 'データ'");
      expect(texts[8]).toBe("SELECT 'Ã¿' AS `Ã¿`");

      // Alone, without what lies before it, each reads the same.
      const find = (seq: number) => statements.find((statement) => statement.seq === seq) ?? null;
      for (const statement of statements) {
        const names: string[] = [];
        const alone = readStatement(session.path, statement, find, {
          columns: (_seq, _result, columns) => names.push(...columns.map(({ column }) => column.name)),
        });
        const { results: _results, ...whole } = statement;
        if (statement.seq < statements.length) expect(alone).toEqual(whole);
        if (statement.seq === 2) expect(names).toEqual(["数据"]);
      }
    });
  });

  it("tells what the server reported of the session's state", async () => {
    const client = await WireClient.connect(relay, server.app, usualCapabilities | Capability.SESSION_TRACK);
    await client.query("USE test");
    await client.query("SET autocommit = 0");
    await client.query("SELECT 1");
    await client.quit();
    const { statements } = await lastSession();
    expect(statements[0]?.state?.schema).toBe("test");
    expect(statements[1]?.state?.variables).toMatchObject({ autocommit: "OFF" });
    expect(statements[2]?.state).toBeNull();
  });

  it("says in a few words what commands without a text ask for", async () => {
    const client = await WireClient.connect(relay, server.app);
    await client.query("DROP TABLE IF EXISTS listed");
    await client.query("CREATE TABLE listed (id INT, name VARCHAR(5))");
    await client.command(command(Command.FIELD_LIST, "listed\0%"));
    await client.command(command(Command.SET_OPTION, Buffer.of(1, 0)));
    await client.command(command(Command.PROCESS_KILL, Buffer.from("ffffff7f", "hex")));
    await client.command(command(Command.STATISTICS));
    await client.command(command(Command.INIT_DB, "test"));
    await client.command(command(Command.PING));
    await client.quit();
    const { statements } = await lastSession();
    expect(statements[2]).toMatchObject({ outcome: "ok", rows: null, results: [[]], decodeFailed: null });
    const told = statements.slice(2).map(({ command: name, summary, sql }) => [name, summary ?? sql]);
    expect(told).toEqual([
      ["COM_FIELD_LIST", "listed LIKE %"],
      ["COM_SET_OPTION", "multi-statements off"],
      ["COM_PROCESS_KILL", "connection 2147483647"],
      ["COM_STATISTICS", expect.stringMatching(/^Uptime: \d+/)],
      ["COM_INIT_DB", "test"],
      ["COM_PING", null],
      ["COM_QUIT", null],
    ]);
  });

  it.runIf(clientIsThere("mariadb"))(
    "tells the name and the size of a local file, and that of one that the client could not read",
    async () => {
      const file = join(directory.path, "local.csv");
      writeFileSync(file, "1\n2\n3\n");
      const input = `CREATE TABLE IF NOT EXISTS test.local (id INT); LOAD DATA LOCAL INFILE '${file}' INTO TABLE test.local;
      LOAD DATA LOCAL INFILE '${file}.missing' INTO TABLE test.local; DROP TABLE test.local;`;
      const target = { host: "127.0.0.1", port: relay.port, ...server.app };
      const client = server.kind === "mysql" ? "mysql" : "mariadb";
      await runClient(client, target, ["--local-infile=1", "--force"], { input });
      const { statements } = await lastSession();
      expect(statements.flatMap(({ infile }) => infile ?? [])).toEqual([
        { name: file, bytes: 6 },
        { name: `${file}.missing`, bytes: 0 },
      ]);
    },
  );
});
