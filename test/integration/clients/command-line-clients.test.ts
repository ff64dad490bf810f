import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { Value } from "../../../proxy/model/value.ts";
import { type Client, type ClientRun, clientIsThere, runClient, type Target } from "../../support/clients.ts";
import { recordedSessions } from "../../support/recorded.ts";
import { available } from "../../support/servers.ts";
import { type RunningStenograph, startRecorder, temporaryDirectory } from "../../support/stenograph.ts";
import { typeZoo, zooSession } from "../../support/type-zoo.ts";

const alice = { user: "alice", password: "alicepw" };
/** MySQL 9.7's client cannot sign in at MariaDB, whose accounts use mysql_native_password. */
const interactive = {
  mariadb: (["mariadb"] as const).filter(clientIsThere),
  mysql: (["mariadb", "mysql"] as const).filter(clientIsThere),
};
const dumping = (["mariadb-dump", "mysqldump"] as const).filter(clientIsThere);

/** As `--batch` prints a value. */
function asBatch(value: Value): string {
  if (value === null) return "NULL";
  const text = typeof value === "string" ? value : Buffer.from(value.base64, "base64").toString("latin1");
  return text.replace(/[\\\n\t\0]/g, (char) => ({ "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\0": "\\0" })[char] ?? char);
}

/** A value's bytes in hexadecimal, whether or not they are text. */
function asBytes(value: Value): string | null {
  if (value === null) return null;
  return (typeof value === "string" ? Buffer.from(value) : Buffer.from(value.base64, "base64")).toString("hex");
}

/** Every row of a dump in XML, each value as `asBytes` gives it. */
function dumpedRows(xml: string): (string | null)[][] {
  const unescaped = (text: string): string =>
    text.replace(/&(lt|gt|quot|amp);/g, (_, name: string) => ({ lt: "<", gt: ">", quot: '"', amp: "&" })[name] ?? "");
  return [...xml.matchAll(/<row>(.*?)<\/row>/gs)].map(([, row = ""]) =>
    [...row.matchAll(/<field name="[^"]*"( xsi:nil="true")?( xsi:type="xs:hexBinary")?(?: \/>|>(.*?)<\/field>)/gs)].map(
      ([, nil, hex, text = ""]) => {
        if (nil !== undefined) return null;
        return hex === undefined ? asBytes(unescaped(text)) : text.toLowerCase();
      },
    ),
  );
}

describe.each(available(inject("servers")))("at $kind", (server) => {
  const directory = temporaryDirectory();
  let passthrough: RunningStenograph;
  let mapped: RunningStenograph;
  const direct: Target = { host: "127.0.0.1", port: server.port, ...server.app };
  const through = (): Target => ({ ...direct, port: passthrough.first.port });
  const throughMapped = (): Target => ({ host: "127.0.0.1", port: mapped.first.port, ...alice });
  const data = { passthrough: join(directory.path, "passthrough"), mapped: join(directory.path, "mapped") };

  beforeAll(async () => {
    const upstream = `127.0.0.1:${server.port}`;
    [passthrough, mapped] = await Promise.all([
      startRecorder({ data: data.passthrough, upstream: `mysql://${upstream}`, auth: "passthrough" }),
      startRecorder(
        { data: data.mapped, upstream: `mysql://app@${upstream}`, auth: "mapped" },
        ["--upstream-password-env", "UPSTREAM_PW", "--client-user", alice.user, "--client-password-env", "CLIENT_PW"],
        { UPSTREAM_PW: server.app.password, CLIENT_PW: alice.password },
      ),
    ]);
    const client: Client = server.kind === "mysql" ? "mysql" : "mariadb";
    const sql = ["CREATE DATABASE IF NOT EXISTS zoo", "USE zoo", ...zooSession(server), ...typeZoo("zoo")].join(";\n");
    const made = await runClient(client, direct, ["--default-character-set=utf8mb4"], { input: sql });
    expect(made.stderr).toBe("");
  });
  afterAll(async () => {
    await Promise.all([passthrough.end(), mapped.end()]);
    directory[Symbol.dispose]();
  });

  const script = `
    SELECT id, tiny, big, ubig, exact, twice, day, moment6, span6, words, western, doc, choice FROM zoo.zoo ORDER BY id;
    SELECT 'ünïcode 😀' AS u, NULL AS n, '' AS blank;
    SET @x = 5; SELECT @x * 2 AS doubled;
    SHOW WARNINGS;`;

  describe.each(interactive[server.kind])("%s", (client) => {
    const args = ["--batch", "--default-character-set=utf8mb4", "zoo"];

    it.each(["passthrough", "mapped"] as const)(
      "prints through the proxy (%s) what it prints directly, and that is recorded",
      async (mode) => {
        const target = mode === "passthrough" ? through() : throughMapped();
        const [expected, got] = [
          await runClient(client, direct, args, { input: script }),
          await runClient(client, target, args, { input: script }),
        ];
        expect(got.stderr).toBe(expected.stderr);
        expect(got.stdout).toBe(expected.stdout);
        expect(got.exitCode).toBe(0);

        const session = recordedSessions(data[mode]).at(-1);
        const printed = session?.statements.filter(({ sql, results }) => results.length > 0 && !sql?.includes("@@version_comment"));
        const rows = printed?.flatMap(({ results }) => results.flatMap((result) => result.map((row) => row?.map(asBatch).join("\t"))));
        const headings = /^(id\ttiny|u\tn|doubled|Level\tCode)/;
        expect(rows).toEqual(
          got.stdout
            .trimEnd()
            .split("\n")
            .filter((line) => !headings.test(line)),
        );
        expect(session?.open).toMatchObject({ account: "app", signedIn: true });
      },
    );

    it("shows the server's errors with their numbers, and goes on", async () => {
      const sql = "SELECT * FROM zoo.nothing; SELECT 'still here' AS it;";
      const run = await runClient(client, through(), ["--batch", "--force"], { input: sql });
      expect(run.stderr).toContain("ERROR 1146 (42S02)");
      expect(run.stdout).toContain("still here");
    });

    it("loads a local file", async () => {
      const file = join(directory.path, "local.tsv");
      writeFileSync(file, Array.from({ length: 1000 }, (_, index) => `${index}\tvalue ${index}\n`).join(""));
      const sql = `DROP TABLE IF EXISTS zoo.local_${client}; CREATE TABLE zoo.local_${client} (a INT, b VARCHAR(30));
        LOAD DATA LOCAL INFILE '${file}' INTO TABLE zoo.local_${client}; SELECT COUNT(*) FROM zoo.local_${client};`;
      const run = await runClient(client, through(), ["--batch", "--skip-column-names", "--local-infile=1"], { input: sql });
      expect(run).toMatchObject({ stdout: "1000\n", stderr: "", exitCode: 0 });
      expect(
        recordedSessions(data.passthrough)
          .at(-1)
          ?.statements.find(({ sql: of }) => of?.includes("LOAD DATA")),
      ).toMatchObject({
        outcome: "ok",
        affected: 1000,
      });
    });

    it("says that a password is wrong as the server does", async () => {
      const run = await runClient(client, { ...through(), password: "wrong" }, ["--execute=SELECT 1"]);
      expect(run.stderr).toContain("ERROR 1045 (28000)");
      expect(run.exitCode).toBe(1);
    });
  });

  // Each dump program is made for its own server.
  const dump = dumping.find((one) => one === (server.kind === "mysql" ? "mysqldump" : "mariadb-dump"));
  it.runIf(dump)("dumps through the proxy, byte for byte, what it dumps directly", async () => {
    const args = ["--skip-dump-date", "--single-transaction", "--hex-blob", "--no-tablespaces", "zoo", "zoo"];
    const run = (target: Target): Promise<ClientRun> => runClient(dump as Client, target, args);
    const [expected, got, gotMapped] = [await run(direct), await run(through()), await run(throughMapped())];
    const withoutPort = (text: string): string => text.replace(/^-- Host:.*$/m, "");
    expect(expected.exitCode).toBe(0);
    expect(withoutPort(got.stdout)).toBe(withoutPort(expected.stdout));
    expect(withoutPort(gotMapped.stdout)).toBe(withoutPort(expected.stdout));
    expect(got.stdout).toContain("INSERT INTO `zoo`");
  });

  it.runIf(dump)("dumps the rows that are recorded of what it asked, value for value", async () => {
    const got = await runClient(dump as Client, through(), [
      "--xml",
      "--hex-blob",
      "--single-transaction",
      "--no-tablespaces",
      "zoo",
      "zoo",
    ]);
    expect(got.exitCode).toBe(0);
    const read = recordedSessions(data.passthrough)
      .at(-1)
      ?.statements.find(({ sql }) => sql?.includes("SQL_NO_CACHE"));
    const dumped = dumpedRows(got.stdout);
    expect(dumped).toHaveLength(4);
    expect(read?.results[0]?.map((row) => row?.map(asBytes))).toEqual(dumped);
  });

  if (server.kind === "mariadb" && clientIsThere("mysql"))
    it("lets MySQL 9.7's client in at MariaDB, where the account is mapped", async () => {
      const run = await runClient("mysql", throughMapped(), ["--batch", "--skip-column-names", "--execute=SELECT CURRENT_USER()"]);
      expect(run).toMatchObject({ stdout: "app@%\n", stderr: "", exitCode: 0 });
    });
});
