import { createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import mysql from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { clientIsThere, runClient, type Target } from "../support/clients.ts";
import { recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { available } from "../support/servers.ts";
import { temporaryDirectory } from "../support/stenograph.ts";

const algorithms = ["off", "zlib", "zstd"] as const;

/** More than one compressed packet, less than one, what does not shrink, several results, an error. */
const script = `
  SELECT 1 AS one; SELECT REPEAT('abc', 200000) AS long_text; SELECT 2 AS two; SELECT nonsense;
  SELECT * FROM (WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT i, SHA2(i, 256) AS h FROM n) AS t;
  SHOW VARIABLES LIKE 'compress%'; SELECT @@version;`;

describe.each(available(inject("servers")))("at $kind", (server) => {
  const directory = temporaryDirectory();
  const relays = new Map<string, RecordedRelay>();
  const direct: Target = { host: "127.0.0.1", port: server.port, ...server.app };
  const client = server.kind === "mysql" ? "mysql" : "mariadb";
  /** What the client is told to use; MariaDB's knows zlib only. */
  const asked = server.kind === "mysql" ? algorithms : (["off", "zlib"] as const);
  const options = (algorithm: (typeof algorithms)[number]): string[] =>
    server.kind === "mysql"
      ? [`--compression-algorithms=${algorithm === "off" ? "uncompressed" : algorithm}`]
      : algorithm === "off"
        ? []
        : ["--compress"];

  beforeAll(async () => {
    for (const upstreamCompression of algorithms) {
      const connection = { upstreamCompression };
      relays.set(upstreamCompression, await startRecordedRelay({ upstream: { host: "127.0.0.1", port: server.port }, connection }));
    }
  });
  afterAll(async () => {
    for (const relay of relays.values()) {
      await relay.stop();
      relay.remove();
    }
    directory[Symbol.dispose]();
  });

  const relayFor = (upstream: (typeof algorithms)[number]): RecordedRelay => {
    const relay = relays.get(upstream);
    if (relay === undefined) throw new Error(`no relay with ${upstream}`);
    return relay;
  };
  const through = (upstream: (typeof algorithms)[number]): Target => ({ ...direct, port: relayFor(upstream).port });
  const combinations = asked.flatMap((own) => algorithms.map((upstream) => [own, upstream] as const));

  describe.runIf(clientIsThere(client))(client, () => {
    it.each(combinations)("sees and records the same with %s of its own and %s upstream", async (own, upstream) => {
      const args = ["--batch", "--force", ...options(own)];
      const [expected, got] = [
        await runClient(client, direct, args, { input: script }),
        await runClient(client, through(upstream), args, { input: script }),
      ];
      expect(got.stdout).toBe(expected.stdout);
      expect(got.stderr).toBe(expected.stderr);
      expect(got.stdout.length).toBeGreaterThan(650_000);

      await relayFor(upstream).untilIdle();
      const session = recordedSessions(relayFor(upstream).dataDirectory).at(-1);
      const upstreamOffers = upstream === "zstd" && server.kind === "mariadb" ? null : upstream;
      expect(session?.open?.compression).toEqual({
        client: own === "off" ? null : own,
        upstream: upstreamOffers === "off" ? null : upstreamOffers,
      });
      expect(session?.close?.cause).toBe("client-quit");
      expect(session?.statements.flatMap(({ decodeFailed }) => decodeFailed ?? [])).toEqual([]);
      const long = session?.statements.find(({ sql }) => sql?.includes("REPEAT"));
      expect(long?.results[0]?.[0]).toEqual(["abc".repeat(200_000)]);
    });

    it.each(combinations)(
      "loads a local file that shrinks and one that does not, with %s of its own and %s upstream",
      async (own, upstream) => {
        const file = join(directory.path, "rows.txt");
        const text = Array.from({ length: 3000 }, (_, index) => `${index}\t${randomBytes(300).toString("hex")}\n`).join("");
        writeFileSync(file, text);
        const table = `test.compressed_${own}_${upstream}`;
        const input = `DROP TABLE IF EXISTS ${table}; CREATE TABLE ${table} (id INT, h TEXT);
        LOAD DATA LOCAL INFILE '${file}' INTO TABLE ${table}; SELECT COUNT(*), SUM(LENGTH(h)) FROM ${table}; SELECT 'still here'; DROP TABLE ${table};`;
        const got = await runClient(client, through(upstream), ["--batch", "--skip-column-names", "--local-infile=1", ...options(own)], {
          input,
        });
        expect(got.stderr).toBe("");
        expect(got.stdout).toBe("3000\t1800000\nstill here\n");
      },
    );
  });

  describe.each(["off", "zlib"] as const)("mysql2 with %s of its own", (own) => {
    it.each(algorithms)(
      "gets its rows with %s upstream, also after an error, from a statement of 20 MB, a prepared one and as another user",
      async (upstream) => {
        const connection = await mysql.createConnection({ ...through(upstream), compress: own === "zlib", rowsAsArray: true });
        const warnings: string[] = [];
        connection.on("error", ({ message }: Error) => warnings.push(message));
        const long = randomBytes(10 * 1024 * 1024).toString("hex");
        const [digest] = await connection.query(`SELECT SHA2('${long}', 256)`);
        expect(digest).toEqual([[createHash("sha256").update(long).digest("hex")]]);
        await expect(connection.query("SELECT nonsense")).rejects.toMatchObject({ errno: 1054 });
        const [prepared] = await connection.execute("SELECT ? AS a, REPEAT('x', 70000) AS b", ["ä"]);
        expect(prepared).toEqual([["ä", "x".repeat(70_000)]]);
        const [echoed] = await connection.query("SELECT REPEAT(?, 17000000)", ["y"]);
        expect((echoed as string[][])[0]?.[0]?.length).toBe(17_000_000);
        await connection.changeUser({ user: server.app.user, password: server.app.password, database: "test" });
        expect((await connection.query("SELECT DATABASE()"))[0]).toEqual([["test"]]);
        expect(warnings).toEqual([]);
        await connection.end();
      },
    );
  });
});
