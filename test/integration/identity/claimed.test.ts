import { createConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { LibraryClient } from "../../../proxy/library/library-client.ts";
import { runClient } from "../../support/clients.ts";
import { listStatements, startRecorder, temporaryDirectory } from "../../support/stenograph.ts";

const { mysql } = inject("servers");
const trace = "00-5bd66ef5095369c7b0d1f8f4bd33716a-c532cb4098ac3dd2-01";

describe.skipIf(mysql === null)("what real clients claim", () => {
  const data = temporaryDirectory();
  let library: LibraryClient;

  beforeAll(async () => {
    if (mysql === null) return;
    await using recorder = await startRecorder({ data: data.path, upstream: `mysql://${mysql.host}:${mysql.port}`, auth: "passthrough" });
    const target = { host: recorder.first.address, port: recorder.first.port, ...mysql.app };
    const script = "query_attributes tool nightly job 7\nSELECT 'by attribute';\nSELECT 'by nothing';\n";
    const run = await runClient("mysql", target, ["--get-server-public-key", "--commands"], { input: script });
    expect(run.stderr).toBe("");
    const connection = await createConnection({ ...target, connectAttributes: { program_name: "shop" } });
    await connection.query(`SELECT 'by comment' /*controller='orders%2Findex',traceparent='${trace}'*/`);
    await connection.query("/* application:Shop,job:Nightly */ SELECT 'by an old comment'");
    await connection.query({ sql: "SELECT 'by an attribute of a query'", attributes: { tool: "cron", traceparent: trace } });
    await connection.execute({ sql: "SELECT ?, ?", values: ["by an attribute", "of an execution"], attributes: { tool: "Batch" } });
    await connection.execute({ sql: "SELECT ?, ? /*action='list'*/", values: ["by the comment", "of what was prepared"] });
    await connection.end();
    await recorder.end();
    library = new LibraryClient(new URL("../../../proxy/library-thread.ts", import.meta.url), {
      dataDirectory: data.path,
      index: true,
      recorder: null,
    });
    await library.call("library.settled", {});
  }, 60_000);

  afterAll(async () => {
    await library?.close();
    data[Symbol.dispose]();
  });

  it.each([
    ["claimed.tool:nightly", ["SELECT 'by attribute'"]],
    ["claimed.job:7", ["SELECT 'by attribute'"]],
    ["claimed.job:nightly", ["/* application:Shop,job:Nightly */ SELECT 'by an old comment'"]],
    ["claimed.controller:orders/*", [expect.stringContaining("SELECT 'by comment'")]],
    [`claimed.traceparent:${trace}`, [expect.stringContaining("SELECT 'by comment'"), "SELECT 'by an attribute of a query'"]],
    ["claimed.tool:/^(batch|cron)$/", ["SELECT 'by an attribute of a query'", "SELECT ?, ?"]],
    ["claimed.action:list command:stmt_execute", ["SELECT ?, ? /*action='list'*/"]],
    ["claimed.program_name:shop claimed.tool:cron", ["SELECT 'by an attribute of a query'"]],
    ["claimed.program_name:mysql 'by", ["SELECT 'by attribute'", "SELECT 'by nothing'"]],
    ["claimed.program_name:shop not claimed.tool:* not claimed.traceparent:* select command:query", [expect.stringContaining("by an old")]],
  ])("is found by %s", async (filter, expected) => {
    const { rows } = await library.call("statements.page", { filter, offset: 0, limit: 100 });
    expect(rows.map(({ sql }) => sql)).toEqual(expected);
  });

  it("is found by the command line alike, and told by it", async () => {
    const listed = await listStatements(data.path, ["--filter", "claimed.tool:* or claimed.action:list"]);
    const found = await library.call("statements.page", { filter: "claimed.tool:* or claimed.action:list", offset: 0, limit: 100 });
    expect(listed.map(({ sql }) => sql)).toEqual(found.rows.map(({ sql }) => sql));
    expect(listed.find(({ sql }) => sql === "SELECT ?, ?")).toMatchObject({
      claimed: [{ from: "attribute", name: "tool", value: "Batch" }],
    });
  });

  it("is shown with the statement, apart from what is known, each with where it was said", async () => {
    const { rows } = await library.call("statements.page", { filter: "claimed.controller:*", offset: 0, limit: 1 });
    const { session, seq } = rows[0] as { session: string; seq: number };
    const { claims, attributes } = await library.call("statements.get", { session, seq });
    expect(attributes).toEqual([]);
    expect(claims).toEqual(
      expect.arrayContaining([
        { from: "connection", name: "program_name", value: "shop" },
        { from: "comment", name: "controller", value: "orders/index" },
        { from: "comment", name: "traceparent", value: trace },
      ]),
    );
  });

  it("can be asked for by its names", async () => {
    const { names } = await library.call("statements.claimNames", {});
    expect(names).toEqual(expect.arrayContaining(["program_name", "_client_name", "tool", "job", "controller", "traceparent", "action"]));
  });
});
