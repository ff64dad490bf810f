import fs from "node:fs";
import mysql from "mysql2/promise";
import { describe, expect, inject, it } from "vitest";
import { digestText } from "../../proxy/library/digest.ts";
import { accounts, available } from "../support/servers.ts";

const corpus = fs
  .readFileSync(new URL("../fixtures/digest-corpus.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "");

/** Statements whose digest differs from the server's, with ours; the reasons are in proxy/library/README.md. */
const different = new Map([
  ["(select 1) union distinct (select 2) order by 1 limit 1", "( SELECT ? ) UNION DISTINCTROW ( SELECT ? ) ORDER BY ? LIMIT ?"],
]);

describe.each(available(inject("servers")).filter(({ kind }) => kind === "mysql"))("STATEMENT_DIGEST_TEXT() of $kind", (server) => {
  it("is what the library makes of a statement, but for what is known to differ", async () => {
    const { user, password } = accounts.root;
    const connection = await mysql.createConnection({ host: server.host, port: server.port, user, password });
    await connection.query("CREATE DATABASE IF NOT EXISTS digests");
    await connection.query("USE digests");
    const theirs: string[] = [];
    for (const statement of corpus) {
      const [rows] = await connection.query<mysql.RowDataPacket[]>("SELECT STATEMENT_DIGEST_TEXT(?) AS text", [statement]);
      theirs.push(String(rows[0]?.text));
    }
    await connection.end();
    const compared = corpus
      .map((statement, index) => ({ statement, digest: theirs[index] }))
      .filter(({ statement }) => !different.has(statement));
    expect(compared.length).toBeGreaterThan(300);
    expect(compared.map(({ statement }) => ({ statement, digest: digestText(statement) }))).toEqual(compared);
    for (const [statement, ours] of different) {
      expect(digestText(statement)).toBe(ours);
      expect(theirs[corpus.indexOf(statement)]).not.toBe(ours);
    }
  });
});
