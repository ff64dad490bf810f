import { createConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { Value } from "../../../proxy/model/value.ts";
import { listRecordings } from "../../../proxy/recording/recording-files.ts";
import { runProgram } from "../../support/clients.ts";
import { clientPrograms } from "../../support/parts/client-programs.ts";
import { recordedSessions } from "../../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../../support/recorded-relay.ts";
import { available } from "../../support/servers.ts";
import { listStatements, type StatementLine } from "../../support/stenograph.ts";

const alice = { user: "alice", password: "alicepw" };

/** The table that every program reads. */
const zoo = [
  "DROP TABLE IF EXISTS zoo_of_clients",
  `CREATE TABLE zoo_of_clients (id INT PRIMARY KEY, big BIGINT UNSIGNED, exact DECIMAL(20,5), day DATE, year_of YEAR,
    words VARCHAR(100) CHARACTER SET utf8mb4, bytes BLOB, prose LONGTEXT CHARACTER SET utf8mb4, choice ENUM('one','zwei','три'))`,
  `INSERT INTO zoo_of_clients VALUES (1, 18446744073709551615, 123456789012345.12345, '2026-11-22', 2026, 'naïve 日本語 😀',
    x'0001feff', REPEAT('prose ✓ ', 5000), 'три'), (2, 0, -0.00001, '1000-01-01', 1901, '', x'', '', 'one'),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
];

/** What a program printed: the rows it got for each of the labelled statements. */
type Got = Record<"text" | "prepared" | "echo" | "count" | "error" | "large", Value[][]>;

/** The one statement that carries the label and gave the rows, or the error. */
function labelled(statements: readonly StatementLine[], label: string): StatementLine | undefined {
  const carrying = statements.filter(({ sql }) => sql?.includes(`/* ${label} */`));
  return carrying.find(({ outcome, results }) => outcome === "error" || results?.length);
}

const programs = Object.values(clientPrograms).map((program) => ({ ...program, there: program.isThere() }));

describe.each(available(inject("servers")))("at $kind", (server) => {
  const relays: Partial<Record<"passthrough" | "mapped", RecordedRelay>> = {};

  beforeAll(async () => {
    relays.passthrough = await startRecordedRelay({ upstream: server, connection: { upstreamTls: "preferred" } });
    relays.mapped = await startRecordedRelay({
      upstream: server,
      connection: { auth: "mapped", clientUser: alice.user, upstreamUser: server.app.user },
      secrets: { upstreamPassword: server.app.password, clientPassword: alice.password },
    });
    const direct = await createConnection({ host: server.host, port: server.port, ...server.app, database: "test", charset: "utf8mb4" });
    for (const sql of zoo) await direct.query(sql);
    await direct.end();
  });
  afterAll(async () => {
    for (const relay of Object.values(relays)) {
      await relay.stop();
      relay.remove();
    }
  });

  for (const { name, command, there, howToGet } of programs) {
    describe.runIf(there)(`${name} (${howToGet})`, () => {
      it.each(["passthrough", "mapped"] as const)("works through the proxy (%s), and what it got is what is recorded", async (auth) => {
        const relay = relays[auth] as RecordedRelay;
        const before = [...listRecordings(relay.dataDirectory)].length;
        const account = auth === "mapped" ? alice : server.app;
        const [program, ...args] = command;
        const environment = { PORT: String(relay.port), DB_USER: account.user, DB_PASSWORD: account.password, CA: server.caFile };
        const run = await runProgram(program, args, {}, environment);
        expect(run.stderr).toBe("");
        const got = JSON.parse(run.stdout) as Got;
        await relay.untilIdle();

        const sessions = recordedSessions(relay.dataDirectory).slice(before);
        expect(sessions).toMatchObject([{ open: { account: server.app.user, signedIn: true }, close: { cause: "client-quit" } }]);
        const statements = await listStatements(relay.dataDirectory, [String(sessions[0]?.open?.session), "--rows"]);
        const rowsOf = (label: string): unknown => labelled(statements, label)?.results?.[0]?.rows;
        expect(got.text).toHaveLength(3);
        expect(got.text[0]?.[1]).toBe("18446744073709551615");
        expect(rowsOf("text")).toEqual(got.text);
        expect(rowsOf("prepared")).toEqual(got.prepared);
        expect(got.echo).toEqual([["ünï \\ ' 😀", null]]);
        expect(rowsOf("echo")).toEqual(got.echo);
        expect(got.count).toEqual([["100", "99"]]);
        expect(rowsOf("count")).toEqual(got.count);
        expect(got.large).toEqual([["3000000"]]);
        expect(rowsOf("large")).toEqual([["L".repeat(3_000_000)]]);
        expect(labelled(statements, "error")).toMatchObject({ outcome: "error", errno: Number(got.error[0]?.[0]), sqlstate: "42S02" });
        expect(statements.filter(({ outcome }) => outcome === "aborted")).toEqual([]);
      });
    });
  }
});
