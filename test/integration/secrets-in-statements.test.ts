import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as mariadb from "mariadb";
import mysql2 from "mysql2/promise";
import { describe, expect, inject, it } from "vitest";
import { type Client, runClient, type Target } from "../support/clients.ts";
import { recordedSessions } from "../support/recorded.ts";
import { available } from "../support/servers.ts";
import { listStatements, runStenograph, startRecorder, temporaryDirectory } from "../support/stenograph.ts";

/** Where in the files below a directory `word` is, as UTF-8 or as UTF-16 of either order, with what stands around it. */
function filesWith(directory: string, word: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((file) => statSync(file).isFile())
    .flatMap((file) =>
      [Buffer.from(word), Buffer.from(word, "utf16le"), Buffer.from(word, "utf16le").swap16()].flatMap((bytes) =>
        around(readFileSync(file), bytes),
      ),
    );
}

function around(content: Buffer, word: Buffer): string[] {
  const at = content.indexOf(word);
  return at === -1 ? [] : [content.toString("latin1", Math.max(0, at - 100), at + word.length + 20)];
}

describe.each(available(inject("servers")))("secrets in statements to $kind", (server) => {
  const client: Client = server.kind === "mysql" ? "mysql" : "mariadb";
  const direct = { host: server.host, port: server.port };
  // Every secret begins with the same word, and no other word does.
  const canary = `Kanarie${randomBytes(6).toString("hex")}`;
  const user = `u${randomBytes(4).toString("hex")}`;

  const signsIn = async (password: string): Promise<boolean> => {
    const run = await runClient(client, { ...direct, user, password }, ["--batch", "--skip-column-names", "-e", "SELECT 'in'"]);
    return run.stdout === "in\n";
  };

  it("reach the server, and no file", async () => {
    using data = temporaryDirectory();
    const running = await startRecorder({ data: data.path, upstream: `mysql://${server.host}:${server.port}`, auth: "passthrough" });
    const through: Target = { host: running.first.address, port: running.first.port, ...server.app };
    const run = (sql: string) => runClient(client, through, ["--force", "--comments", "-e", sql]);

    expect(await run(`CREATE USER '${user}'@'%' IDENTIFIED BY '${canary}-1'`)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await signsIn(`${canary}-1`)).toBe(true);
    await run(`/*!50000 alter user '${user}'@'%' */ identified/* ' */by "${canary}-2"; SELECT 'shown'`);
    expect(await signsIn(`${canary}-2`)).toBe(true);
    await run(`PREPARE s FROM 'ALTER USER ''${user}''@''%'' IDENTIFIED BY ''${canary}-3'''; EXECUTE s`);
    expect(await signsIn(`${canary}-3`)).toBe(true);
    await run(`SET @new = 'ALTER USER ${user} IDENTIFIED BY ''${canary}-4'''; PREPARE s FROM @new; EXECUTE s`);
    expect(await signsIn(`${canary}-4`)).toBe(true);
    const set = server.kind === "mysql" ? `'${canary}-5'` : `PASSWORD('${canary}-5')`;
    await run(`SET PASSWORD FOR '${user}'@'%' = ${set}`);
    expect(await signsIn(`${canary}-5`)).toBe(true);

    const refused = await run(`ALTER USER '${user}'@'%' WITH NONSENSE IDENTIFIED BY '${canary}-6'`);
    expect(refused.stderr).toContain(canary);
    const kept = await run(`SET @bad = 'ALTER USER WITH IDENTIFIED BY ''${canary}-7'''; PREPARE s FROM @bad`);
    expect(kept.stderr).toContain(canary);

    const connection = await mysql2.createConnection({ ...through, multipleStatements: true });
    const [encrypted] = await connection.execute<mysql2.RowDataPacket[]>("SELECT HEX(AES_ENCRYPT(?, ?)) AS x, ? AS plain", [
      "shown",
      `${canary}-8`,
      "shown",
    ]);
    const [expected] = await connection.query<mysql2.RowDataPacket[]>("SELECT HEX(AES_ENCRYPT('shown', ?)) AS x", [`${canary}-8`]);
    expect(encrypted[0]?.x).toBe(expected[0]?.x);
    await connection.query(`SELECT 1; ALTER USER '${user}'@'%' IDENTIFIED BY '${canary}-9'; SELECT 2`);
    expect(await signsIn(`${canary}-9`)).toBe(true);
    await connection.end();

    const other = await mariadb.createConnection({ ...through, allowPublicKeyRetrieval: true });
    await other.execute("DO AES_ENCRYPT(?, ?)", ["shown", `${canary}-10`]);
    // More than one chunk of the socket, and more than is searched before it goes on.
    await other.query(`SELECT LENGTH('${"x".repeat(300_000)}'), AES_ENCRYPT('shown', '${canary}-11')`);
    await other.query(`SELECT LENGTH('${"x".repeat(6_000_000)}'), AES_ENCRYPT('shown', '${canary}-12')`);
    await other.query(`DROP USER '${user}'@'%'`);
    await other.end();

    expect(filesWith(data.path, canary)).toEqual([]);
    await running.end("SIGINT");
    expect(running.stderr()).not.toContain(canary);
    const reindexed = await runStenograph(["reindex", "--data", data.path]);
    expect(reindexed).toMatchObject({ exitCode: 0 });
    expect(filesWith(data.path, canary)).toEqual([]);
    expect(filesWith(data.path, "redacted").length).toBeGreaterThan(1);

    const statements = await listStatements(data.path);
    const marked = statements.filter(({ redacted }) => redacted > 0);
    expect(marked.map(({ sql }) => sql)).toContain(`CREATE USER '${user}'@'%' IDENTIFIED BY '<redacted>'`);
    expect(marked.find(({ sql }) => sql?.includes("NONSENSE"))).toMatchObject({
      errno: 1064,
      message: expect.stringContaining("<redacted>"),
    });
    expect(marked.find(({ sql, command }) => sql?.includes("AS plain") && command === "COM_STMT_EXECUTE")).toMatchObject({
      params: ["shown", "<redacted>", "shown"],
      redacted: 1,
    });
    expect(
      statements.every(({ sql, redacted }) => sql === null || !sql.includes("<redacted>") || redacted > 0 || /COM_STMT/.test(sql)),
    ).toBe(true);
    expect(
      recordedSessions(data.path).flatMap((session) => session.statements.filter(({ decodeFailed }) => decodeFailed !== null)),
    ).toEqual([]);
  });

  it.runIf(server.kind === "mysql")("that MySQL makes up itself reach the client, and no file", async () => {
    using data = temporaryDirectory();
    const running = await startRecorder({ data: data.path, upstream: `mysql://${server.host}:${server.port}`, auth: "passthrough" });
    const connection = await mysql2.createConnection({ host: running.first.address, port: running.first.port, ...server.app });
    const account = `'${user}r'@'%'`;
    const passwords: string[] = [];
    const told = async (result: Promise<[unknown, unknown]>): Promise<void> => {
      const [rows] = (await result) as [mysql2.RowDataPacket[], unknown];
      const made = String(rows[0]?.["generated password"]);
      expect(made).toHaveLength(20);
      passwords.push(made);
      const run = await runClient(client, { ...direct, user: `${user}r`, password: made }, ["--batch", "-e", "SELECT 1"]);
      expect(run.stderr).toBe("");
    };
    await told(connection.query(`CREATE USER ${account} IDENTIFIED BY RANDOM PASSWORD`));
    await told(connection.query(`ALTER USER ${account} IDENTIFIED BY RANDOM PASSWORD`));
    await told(connection.query(`SET PASSWORD FOR ${account} TO RANDOM`));
    await told(connection.execute(`ALTER USER ${account} IDENTIFIED BY RANDOM PASSWORD`));
    await connection.query(`SET @s = CONCAT('ALTER USER ', ?, ' IDENTIFIED BY RAN', 'DOM PASSWORD')`, [account]);
    await connection.query("PREPARE p FROM @s");
    await told(connection.query("EXECUTE p"));
    await connection.query("SET character_set_results = utf16");
    await told(connection.query(`ALTER USER ${account} IDENTIFIED BY RANDOM PASSWORD`));
    await connection.query("SET character_set_results = utf8mb4");
    await connection.query(`DROP USER ${account}`);
    await connection.end();
    await running.end("SIGINT");

    for (const made of passwords) expect(filesWith(data.path, made)).toEqual([]);
    const answers = recordedSessions(data.path).flatMap(({ statements }) => statements.filter(({ results }) => results.length > 0));
    const redacted = answers.filter(({ results }) => JSON.stringify(results).includes("redacted"));
    expect(redacted.map(({ decodeFailed }) => decodeFailed)).toEqual(passwords.map(() => null));
    expect(redacted[0]?.results[0]).toEqual([[`${user}r`, "%", "<redacted>", "1"]]);
  });
});
