import { type Connection, createConnection } from "mariadb";
import { afterEach, describe, expect, inject, it } from "vitest";
import { recordedSessions } from "../../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../../support/recorded-relay.ts";
import { available, type ServerAddress } from "../../support/servers.ts";

let relay: RecordedRelay | null = null;

afterEach(async () => {
  await relay?.stop();
  relay?.remove();
  relay = null;
});

async function connect(server: ServerAddress, options: object): Promise<Connection> {
  relay = await startRecordedRelay({ upstream: server });
  return createConnection({
    host: "127.0.0.1",
    port: relay.port,
    ...server.app,
    database: "test",
    allowPublicKeyRetrieval: true,
    ...options,
  });
}

describe.each(available(inject("servers")))("the MariaDB connector through the proxy at $kind", (server) => {
  it("pipelines statements, and each is recorded with its own answer", async () => {
    const client = await connect(server, { pipelining: true });
    const numbers = Array.from({ length: 200 }, (_, index) => index);
    const answers = await Promise.all(numbers.map((n) => client.query<{ n: number }[]>(`SELECT ${n} AS n, REPEAT('p', ${n * 11}) AS p`)));
    const failed = await client.query("SELECT nothing FROM nowhere").catch((error: { errno: number }) => error.errno);
    await client.end();
    await relay?.untilIdle();

    expect(answers.map((rows) => Number(rows[0]?.n))).toEqual(numbers);
    const [session] = recordedSessions(relay?.dataDirectory ?? "");
    const recorded = session?.statements.filter(({ sql }) => sql?.includes("REPEAT('p'"));
    expect(recorded?.map(({ sql, results }) => [sql, results[0]?.[0]?.[0]])).toEqual(
      numbers.map((n) => [`SELECT ${n} AS n, REPEAT('p', ${n * 11}) AS p`, String(n)]),
    );
    expect(session?.statements.find(({ sql }) => sql?.includes("nowhere"))).toMatchObject({ outcome: "error", errno: failed });
    expect(session?.close?.cause).toBe("client-quit");
  });

  it("inserts in bulk, and every row arrives and is recorded", async () => {
    const client = await connect(server, { bulk: true });
    await client.query("DROP TABLE IF EXISTS bulk");
    await client.query("CREATE TABLE bulk (a INT, b VARCHAR(50))");
    const rows = Array.from({ length: 1000 }, (_, index) => [index, index % 3 === 0 ? null : `row ${index} ü`]);
    await client.batch("INSERT INTO bulk VALUES (?, ?)", rows);
    const [count] = await client.query<{ n: bigint; last: string }[]>("SELECT COUNT(*) AS n, MAX(b) AS last FROM bulk");
    await client.end();
    await relay?.untilIdle();

    expect(Number(count?.n)).toBe(1000);
    const [session] = recordedSessions(relay?.dataDirectory ?? "");
    const inserted = session?.statements.filter(({ sql, affected }) => sql?.startsWith("INSERT INTO bulk") && affected !== null);
    expect(inserted?.reduce((sum, { affected }) => sum + (affected ?? 0), 0)).toBe(1000);
    expect(session?.statements.every(({ outcome, decodeFailed }) => outcome === "ok" && decodeFailed === null)).toBe(true);
  });

  it("executes prepared statements again and again", async () => {
    const client = await connect(server, {});
    const statement = await client.prepare("SELECT ? + 1 AS next, ? AS same");
    for (let n = 0; n < 50; n += 1) expect(Number((await statement.execute([n, `t${n}`]))[0].next)).toBe(n + 1);
    statement.close();
    await client.end();
    await relay?.untilIdle();

    const executed = recordedSessions(relay?.dataDirectory ?? "")[0]?.statements.filter(({ command }) => command === "COM_STMT_EXECUTE");
    expect(executed?.map(({ results }) => results[0]?.[0]?.[1])).toEqual(Array.from({ length: 50 }, (_, n) => `t${n}`));
  });
});
