import { describe, expect, inject, it } from "vitest";
import { type Client, clientIsThere, runClient, runSysbench } from "../../support/clients.ts";
import { available, type ServerAddress } from "../../support/servers.ts";

/** MySQL 9's client no longer has mysql_native_password, which is all that MariaDB's accounts have: it signs in to MySQL only. */
const clientsOf = (server: ServerAddress): Client[] => {
  const clients: Client[] = server.kind === "mysql" ? ["mariadb", "mysql"] : ["mariadb"];
  return clients.filter(clientIsThere);
};

describe.each(available(inject("servers")))("clients of the $kind test server", (server) => {
  const target = { host: server.host, port: server.port, ...server.app };

  it.each(clientsOf(server))("%s prints what it got, and nothing on standard error", async (client) => {
    const run = await runClient(client, target, ["--batch", "-e", "SELECT 'Grüße' AS greeting"]);
    expect(run).toMatchObject({ stdout: "greeting\nGrüße\n", stderr: "", exitCode: 0 });
  });

  it.each(clientsOf(server))("%s reads statements from its input and tells of an error by its exit code", async (client) => {
    const run = await runClient(client, target, ["--batch"], { input: "SELECT 1 AS a;\nSELEKT 2;\n" });
    expect(run.stdout).toBe("a\n1\n");
    expect(run.stderr).toContain("ERROR 1064");
    expect(run.exitCode).toBe(1);
  });

  it.runIf(clientIsThere("sysbench"))("sysbench prepares a table and reads it with prepared statements", async () => {
    const table = ["--tables=1", "--table-size=100"];
    expect(await runSysbench(target, "oltp_point_select", "prepare", table)).toMatchObject({ stderr: "", exitCode: 0 });
    const run = await runSysbench(target, "oltp_point_select", "run", [...table, "--events=50", "--time=0"]);
    expect(run).toMatchObject({ stderr: "", exitCode: 0 });
    expect(run.stdout).toMatch(/total number of events:\s+50\b/);
    expect(await runSysbench(target, "oltp_point_select", "cleanup", table)).toMatchObject({ exitCode: 0 });
  });
});

describe("a client run", () => {
  it.runIf(clientIsThere("mariadb"))("that cannot connect ends with its error", async () => {
    const run = await runClient("mariadb", { host: "127.0.0.1", port: 1, user: "nobody", password: "" }, ["-e", "SELECT 1"]);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("ERROR 2002");
  });
});
