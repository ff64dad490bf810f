import { createConnection } from "mysql2/promise";
import { afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import type { Value } from "../../../proxy/model/value.ts";
import { listRecordings } from "../../../proxy/recording/recording-files.ts";
import { type McpAgent, startMcpAgent } from "../../support/mcp-agent.ts";
import { type RecordedRelay, startRecordedRelay } from "../../support/recorded-relay.ts";
import { available } from "../../support/servers.ts";
import { listSessions } from "../../support/stenograph.ts";
import { type DecodedStatement, decodeAll } from "../../support/wire/decode.ts";

/** The recorded rows of a result as the MCP server gives rows: objects by column name. */
function asObjects({ results }: DecodedStatement): Record<string, Value>[] {
  const [result] = results;
  const names = result?.columns.map(({ column }) => column.name) ?? [];
  return (result?.rows ?? []).map((row) => Object.fromEntries(names.map((name, index) => [name, row?.[index] ?? null])));
}

const alice = { user: "alice", password: "alicepw" };

describe.each(available(inject("servers")))("an MCP server through the proxy at $kind", (server) => {
  let relay: RecordedRelay;
  let started: McpAgent | null = null;

  beforeAll(async () => {
    const direct = await createConnection({ host: server.host, port: server.port, ...server.app, charset: "utf8mb4" });
    for (const sql of ["DROP DATABASE IF EXISTS mcp", "CREATE DATABASE mcp CHARACTER SET utf8mb4", "USE mcp"]) await direct.query(sql);
    await direct.query("CREATE TABLE orders (id INT PRIMARY KEY, customer VARCHAR(40), total DECIMAL(10,2), note TEXT)");
    await direct.query("INSERT INTO orders VALUES (1, 'Zoë 😀', 12.50, NULL), (2, 'it''s', 0.05, 'first\\nsecond')");
    await direct.end();
  });
  beforeEach(async () => {
    relay = await startRecordedRelay({
      upstream: server,
      connection: { auth: "mapped", clientUser: alice.user, upstreamUser: server.app.user },
      secrets: { upstreamPassword: server.app.password, clientPassword: alice.password },
    });
  });
  afterEach(async () => {
    await started?.close();
    started = null;
    await relay.stop();
    relay.remove();
  });

  async function start(permissions: string): Promise<McpAgent> {
    started = await startMcpAgent({ port: relay.port, ...alice, database: "mcp" }, permissions);
    return started;
  }

  /** Every statement that was recorded, after the agent has gone. */
  async function recordedOf(agent: McpAgent): Promise<DecodedStatement[]> {
    await agent.close();
    await relay.untilIdle();
    return [...listRecordings(relay.dataDirectory)].flatMap(({ path }) => decodeAll(path));
  }

  const find = (statements: readonly DecodedStatement[], sql: string): DecodedStatement =>
    statements.find(({ statement }) => statement.sql === sql) as DecodedStatement;

  it("lists tools, reads, fails and writes, and what the agent got is what is recorded", async () => {
    const agent = await start("list,read,create,update,delete,execute");
    expect(await agent.toolNames()).toEqual(expect.arrayContaining(["list_tables", "run_select_query", "execute_write_query"]));

    const select = "SELECT id, customer, total, note FROM orders ORDER BY id";
    const rows = await agent.call("run_select_query", { query: select, useCache: false });
    const parameters = await agent.call("run_select_query", { query: "SELECT ? AS said, ? AS nothing", params: ["ü \\ '", null] });
    const failing = "SELECT nonsense FROM nowhere";
    const failed = await agent.call("run_select_query", { query: failing });
    const inserted = await agent.call("create_record", { table_name: "orders", data: { id: 3, customer: "added", total: 7 } });
    const update = "UPDATE orders SET total = total + 1 WHERE id <= 2";
    const updated = await agent.call("execute_write_query", { query: update });
    const removed = await agent.call("execute_write_query", { query: "DELETE FROM orders WHERE id = 3" });

    const statements = await recordedOf(agent);
    const got = JSON.parse(rows.text) as Record<string, unknown>[];
    expect(got).toHaveLength(2);
    expect(got[0]).toMatchObject({ id: 1, customer: "Zoë 😀", total: "12.50", note: null });
    // mysql2 makes a number of an INT; its digits are those that are recorded.
    expect(asObjects(find(statements, select))).toEqual(got.map((row) => ({ ...row, id: String(row.id) })));
    const said = statements.find(({ statement }) => statement.sql?.startsWith("SELECT 'ü"));
    expect(said && asObjects(said)).toEqual(JSON.parse(parameters.text));

    expect(failed.failed).toBe(true);
    expect(find(statements, failing).statement).toMatchObject({ outcome: "error", errno: 1146, sqlstate: "42S02" });
    expect(failed.text).toContain(find(statements, failing).statement.message);

    expect([inserted, updated, removed].map(({ failed: wrong }) => wrong)).toEqual([false, false, false]);
    const writes = statements.filter(({ statement }) => statement.affected !== null);
    expect(writes.map(({ statement }) => [statement.sql?.split(" ")[0], statement.affected, statement.outcome])).toEqual([
      ["INSERT", 1, "ok"],
      ["UPDATE", 2, "ok"],
      ["DELETE", 1, "ok"],
    ]);
    expect(JSON.parse(updated.text)).toMatchObject({ affectedRows: 2 });
  });

  it("what the agent's program says of itself is recorded as claimed, beside the account that the upstream let in", async () => {
    const agent = await start("list,read");
    await agent.call("list_tables", {});
    await recordedOf(agent);
    expect(await listSessions(relay.dataDirectory)).toMatchObject([
      {
        account: server.app.user,
        actor: { authenticated: false },
        claimed: { _client_name: "Node-MySQL-2", _client_version: expect.stringMatching(/^\d+\.\d+\.\d+$/) },
        closeCause: expect.stringMatching(/^client-/),
      },
    ]);
  });

  it("what the MCP server refuses by itself never reaches the proxy", async () => {
    const agent = await start("list,read");
    const refused = await agent.call("execute_write_query", { query: "DELETE FROM orders" });
    const read = await agent.call("run_select_query", { query: "SELECT COUNT(*) AS n FROM orders" });
    expect(refused).toMatchObject({ failed: true, text: expect.stringContaining("Permission denied") });
    expect(JSON.parse(read.text)).toEqual([{ n: 2 }]);
    expect((await recordedOf(agent)).map(({ statement }) => statement.sql)).toEqual(["SELECT COUNT(*) AS n FROM orders"]);
  });
});
