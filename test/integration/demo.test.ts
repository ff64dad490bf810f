import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { userInfo } from "node:os";
import { fileURLToPath } from "node:url";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { describe, expect, inject, it, vi } from "vitest";
import { identitySettingsFor } from "../../proxy/demo/demo-identity.ts";
import { noIdentitySettings } from "../../proxy/identity/identity-settings.ts";
import { loadIdentitySettings, saveIdentitySettings } from "../../proxy/identity-file.ts";
import { accounts, available } from "../support/servers.ts";
import { listSessions, runStenograph, temporaryDirectory } from "../support/stenograph.ts";

const main = fileURLToPath(new URL("../../proxy/main.ts", import.meta.url));

/** The one line that a check prints. */
function resultOf(stdout: string): unknown {
  expect(stdout).toMatch(/^\{.*\}\n$/);
  return JSON.parse(stdout);
}

const number = expect.any(Number);
const good = {
  sessions: number,
  statements: number,
  errors: number,
  actors: { person: number, machine: number, "os-user": number },
  recordingsVerified: true,
};

describe("the demo's check", () => {
  it("finds the library equal to what the clients of the training database received", async () => {
    using directory = temporaryDirectory();
    const { stdout, stderr, exitCode } = await runStenograph(["demo", "--check", "--data", directory.path]);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    const result = resultOf(stdout) as { sessions: number; statements: number; errors: number };
    expect(result).toEqual(good);
    expect(result.sessions).toBeGreaterThanOrEqual(4);
    expect(result.statements).toBeGreaterThan(100);
    expect(result.errors).toBeGreaterThan(0);
    expect(existsSync(directory.path) && readdirSync(directory.path)).toContain("recordings");
    expect(await loadIdentitySettings(directory.path)).toEqual(noIdentitySettings);
    const sessions = await listSessions(directory.path);
    expect(sessions).toHaveLength(result.sessions);
    expect(new Set(sessions.map(({ actor }) => JSON.stringify([actor.name, actor.authenticated])))).toEqual(
      new Set(['["Dana Beck",true]', '["web shop",true]', '["desk assistant",true]', JSON.stringify([userInfo().username, false])]),
    );
    expect(sessions.find(({ actor }) => actor.name === "Dana Beck")?.actor).toMatchObject({
      kind: "person",
      issuer: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      subject: "person-1017",
      groups: ["dba", "admins"],
      via: "oidc",
    });
  });

  it("replaces no provider that somebody set up in the directory", async () => {
    using directory = temporaryDirectory();
    const own = identitySettingsFor({ issuer: "https://id.example", clientId: "c", audience: "a", scopes: [] });
    await saveIdentitySettings(directory.path, own);
    const refused = await runStenograph(["demo", "--check", "--data", directory.path]);
    expect(refused).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: expect.stringMatching(/^People sign in at a provider of their own .*--data\.\n$/),
    });
    expect(await loadIdentitySettings(directory.path)).toEqual(own);
  });

  describe.each(available(inject("servers")))("with $kind as upstream", (server) => {
    const { user, password } = accounts.app;
    const upstream = `mysql://${user}:${password}@${server.host}:${server.port}/`;

    it("finds them equal there too, and leaves no schema behind", async () => {
      const { stdout, stderr, exitCode } = await runStenograph(["demo", "--check", "--upstream", upstream]);
      expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
      expect(resultOf(stdout)).toEqual(good);
      const connection = await createConnection({ host: server.host, port: server.port, user, password });
      const [schemas] = await connection.query("SHOW DATABASES LIKE 'stenograph_demo'");
      await connection.end();
      expect(schemas).toEqual([]);
    });

    it("leaves no schema behind where it is interrupted as soon as it has made one", async () => {
      const connection = await createConnection({ host: server.host, port: server.port, user, password });
      const schemas = async () => (await connection.query<RowDataPacket[]>("SHOW DATABASES LIKE 'stenograph_demo'"))[0];
      using directory = temporaryDirectory();
      const child = spawn(process.execPath, [main, "demo", "--check", "--upstream", upstream, "--data", directory.path], {
        stdio: "ignore",
      });
      const ended = once(child, "exit");
      await vi.waitUntil(async () => (await schemas()).length > 0, { timeout: 30_000, interval: 20 });
      child.kill("SIGINT");
      expect(await ended).toEqual([1, null]);
      expect(await schemas()).toEqual([]);
      await connection.end();
    });
  });

  it.each([
    ["mysql://nobody@127.0.0.1:1/", 1, /^The schema stenograph_demo could not be made at 127\.0\.0\.1:1: .*ECONNREFUSED.*\n$/],
    ["http://127.0.0.1", 2, /^The address must be mysql:\/\/USER:PASSWORD@HOST:PORT\.\n$/],
  ])("says in one sentence why %s cannot be used", async (upstream, exitCode, sentence) => {
    using directory = temporaryDirectory();
    const run = await runStenograph(["demo", "--check", "--upstream", upstream, "--data", directory.path]);
    expect(run.exitCode).toBe(exitCode);
    expect(run.stderr).toMatch(sentence);
    expect(run.stdout).toBe("");
  });

  it("says only that its port is in use, before it tells who can sign in there", async () => {
    using directory = temporaryDirectory();
    const server = createServer().listen(0, "127.0.0.1");
    try {
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const run = await runStenograph(["demo", "--port", String(port), "--no-open", "--data", directory.path]);
      expect(run).toMatchObject({ exitCode: 1, stdout: "" });
      expect(run.stderr).toMatch(new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 is in use .*\n$`));
    } finally {
      server.close();
    }
  });

  it("keeps no directory where nothing was recorded", async () => {
    using directory = temporaryDirectory();
    const run = await runStenograph(["demo", "--check", "--upstream", "mysql://nobody@127.0.0.1:1/"], { TMPDIR: directory.path });
    expect(run).toMatchObject({ exitCode: 1, stderr: expect.not.stringContaining("kept for a look") });
    expect(readdirSync(directory.path)).toEqual([]);
  });
});
