import { describe, expect, inject, it } from "vitest";
import { clientIsThere, runSysbench } from "../../support/clients.ts";
import { recordedSessions } from "../../support/recorded.ts";
import { available } from "../../support/servers.ts";
import { startRecorder, temporaryDirectory } from "../../support/stenograph.ts";

const script = "oltp_read_write";

describe.runIf(clientIsThere("sysbench")).each(available(inject("servers")))("sysbench at $kind", (server) => {
  it("runs prepared reads and writes on 16 threads without an error, and all of it is recorded", async () => {
    using directory = temporaryDirectory();
    const recorder = await startRecorder({ data: directory.path, upstream: `mysql://127.0.0.1:${server.port}`, auth: "passthrough" });
    const target = { host: "127.0.0.1", port: recorder.first.port, ...server.app };
    const tables = ["--tables=2", "--table-size=2000", "--db-ps-mode=auto"];
    await runSysbench(target, script, "cleanup", tables);
    expect((await runSysbench(target, script, "prepare", tables)).exitCode).toBe(0);
    const run = await runSysbench(target, script, "run", [...tables, "--threads=16", "--time=0", "--events=600", "--rand-type=uniform"]);
    await runSysbench(target, script, "cleanup", tables);
    expect(await recorder.end()).toEqual({ exitCode: 0, signal: null });

    expect(run.stderr).toBe("");
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/reconnects:\s+0\s/);
    const queries = Number(/total:\s+(\d+)/.exec(run.stdout)?.[1]);
    const statements = recordedSessions(directory.path)
      .filter(({ statements: all }) => all.some(({ sql }) => sql?.startsWith("SELECT c FROM sbtest") || sql?.startsWith("SELECT DISTINCT")))
      .flatMap((session) => session.statements);
    const executed = statements.filter(({ command }) => command === "COM_STMT_EXECUTE" || command === "COM_QUERY");
    expect(executed.length).toBe(queries);
    expect(statements.filter(({ outcome, decodeFailed }) => outcome === "aborted" || decodeFailed !== null)).toEqual([]);
  });
});
