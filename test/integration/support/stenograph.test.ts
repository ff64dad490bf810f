import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { runClient } from "../../support/clients.ts";
import { available } from "../../support/servers.ts";
import { listSessions, listStatements, runStenograph, startRecorder, temporaryDirectory } from "../../support/stenograph.ts";

describe.each(available(inject("servers")))("the program as a child process, recording the $kind test server", (server) => {
  it("listens where its first line says, and ends in order when asked to", async () => {
    using data = temporaryDirectory();
    const running = await startRecorder({ data: data.path, upstream: `mysql://${server.host}:${server.port}`, auth: "passthrough" });
    const client = server.kind === "mysql" ? "mysql" : "mariadb";
    const target = { host: running.first.address, port: running.first.port, ...server.app };
    expect(await runClient(client, target, ["--batch", "-e", "SELECT 42 AS answer"])).toMatchObject({
      stdout: "answer\n42\n",
      exitCode: 0,
    });
    expect(await running.end("SIGINT")).toEqual({ exitCode: 0, signal: null });

    const [session] = await listSessions(data.path);
    expect(session).toMatchObject({ account: "app", closeCause: "client-quit" });
    const statements = await listStatements(data.path, ["--rows"]);
    expect(statements.find(({ sql }) => sql === "SELECT 42 AS answer")?.results).toMatchObject([
      { columns: [{ name: "answer" }], rows: [["42"]] },
    ]);
  });
});

describe("the program as a child process", () => {
  it("is told apart from one that does not start: its own words are in the error", async () => {
    const nowhere = { data: join("/dev/null", "data"), upstream: "mysql://127.0.0.1:1", auth: "passthrough" } as const;
    await expect(startRecorder(nowhere)).rejects.toThrow(/did not say that it is ready\.\n.*\/dev\/null/);
  });

  it("gives its exit code and both outputs", async () => {
    expect(await runStenograph(["--version"])).toMatchObject({
      exitCode: 0,
      stderr: "",
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    expect(await runStenograph(["lunch"])).toMatchObject({ exitCode: 2, stdout: "" });
  });
});
