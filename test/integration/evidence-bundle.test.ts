import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import mysql from "mysql2/promise";
import { describe, expect, inject, it } from "vitest";
import { unzipped } from "../support/evidence/unzipped.ts";
import { available } from "../support/servers.ts";
import { listSessions, listStatements, runStenograph, startRecorder, temporaryDirectory } from "../support/stenograph.ts";

/** Ways to get at the column, most of them under another name. */
const readings = [
  "SELECT card_number, id FROM orders",
  "SELECT card_number AS c FROM orders AS o",
  "SELECT CONCAT('', card_number) AS c FROM orders",
  "SELECT c FROM (SELECT DISTINCT card_number AS c FROM orders) AS t",
  "SELECT id, c FROM (SELECT id, MAX(card_number) AS c FROM orders GROUP BY id) AS t",
  "SELECT name FROM customers UNION ALL SELECT card_number FROM orders",
  "WITH w AS (SELECT card_number AS name FROM orders LIMIT 10) SELECT name FROM w",
  "SELECT (SELECT card_number FROM orders LIMIT 1) AS name, name AS n FROM customers",
  "SELECT GROUP_CONCAT(card_number) FROM orders",
  "SELECT JSON_OBJECT('a', card_number) FROM orders",
  "SELECT card_number FROM orders GROUP BY card_number ORDER BY card_number",
  "SELECT UNHEX(HEX(card_number)) AS bytes FROM orders",
  "SELECT o.card_number, c.name FROM orders o JOIN customers c ON c.id = o.id",
];

describe.each(available(inject("servers")))("evidence of a session with $kind", { timeout: 180_000 }, (server) => {
  const schema = `evidence_${randomBytes(4).toString("hex")}`;
  const canary = `4111-Kanarie${randomBytes(4).toString("hex")}`;

  it("verifies whole and in parts, and has nothing of a withheld column", async () => {
    using data = temporaryDirectory();
    const direct = await mysql.createConnection({ host: server.host, port: server.port, ...server.app });
    try {
      await direct.query(`CREATE DATABASE ${schema}`);
      await direct.query(`CREATE TABLE ${schema}.customers (id INT PRIMARY KEY, name VARCHAR(60))`);
      await direct.query(`CREATE TABLE ${schema}.orders (id INT PRIMARY KEY, card_number VARCHAR(60) UNIQUE)`);
      await direct.query(`INSERT INTO ${schema}.customers VALUES (1, 'stays-open')`);

      await using running = await startRecorder({
        data: data.path,
        upstream: `mysql://${server.host}:${server.port}`,
        auth: "passthrough",
      });
      const through = { host: running.first.address, port: running.first.port, database: schema, ...server.app };
      const connection = await mysql.createConnection(through);
      await connection.query(`INSERT INTO orders VALUES (1, '${canary}')`);
      await expect(connection.query(`INSERT INTO orders VALUES (2, '${canary}')`)).rejects.toThrow(canary);
      await connection.execute("INSERT INTO orders VALUES (?, ?)", [3, `${canary}-3`]);
      for (const reading of readings) expect((await connection.query(reading))[0], reading).not.toEqual([]);
      await connection.execute("SELECT * FROM orders WHERE card_number = ?", [canary]);
      await connection.query("SELECT name FROM customers");
      await connection.end();
      await running.end("SIGINT");

      const [session] = await listSessions(data.path);
      if (session === undefined) throw new Error("nothing was recorded");
      const run = (name: string, ...args: string[]) =>
        runStenograph(["export", "--data", data.path, session.id, "--out", join(data.path, name), ...args]);
      expect(await run("whole.zip")).toMatchObject({ exitCode: 0 });
      expect(await run("parts.zip", "--withhold", "column:orders.card_number")).toMatchObject({ exitCode: 0 });
      for (const name of ["whole.zip", "parts.zip"]) {
        expect(await runStenograph(["verify", join(data.path, name)]), name).toMatchObject({ exitCode: 0 });
      }

      const files = await unzipped(join(data.path, "parts.zip"));
      for (const [name, bytes] of [...files, ["the ZIP", readFileSync(join(data.path, "parts.zip"))] as const]) {
        const base64 = Buffer.from(canary).toString("base64").slice(0, 24);
        const found = [canary, Buffer.from(canary).toString("hex"), canary.toUpperCase(), base64].filter((text) => bytes.includes(text));
        expect(found, name).toEqual([]);
      }
      const disclosures = files.get(`data/sessions/${session.id}/disclosures.jsonl`)?.toString("utf8");
      expect(disclosures).toContain("stays-open");
      const statements = await listStatements(data.path);
      const events = files.get(`data/sessions/${session.id}/events.jsonl`)?.toString("utf8").split("\n").slice(0, -1) ?? [];
      const headers = events.map((line) => JSON.parse(line)).filter(({ kind }) => kind === "statement");
      const facts = ({ seq, outcome, rows, affected, errno }: (typeof statements)[number]) => ({ seq, outcome, rows, affected, errno });
      expect(headers.map(facts)).toEqual(statements.map(facts));
    } finally {
      await direct.query(`DROP DATABASE IF EXISTS ${schema}`);
      await direct.end();
    }
  });
});
