import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { type IdentityProvider, startIdentityProvider } from "../../../proxy/demo/identity-provider/identity-provider.ts";
import { enterCode } from "../../support/identity/device-sign-in.ts";
import { writeIdentityJson } from "../../support/identity/identity-json.ts";
import { settingsOf } from "../../support/identity/sign-ins.ts";
import { available } from "../../support/servers.ts";
import { listSessions, runStenograph, temporaryDirectory } from "../../support/stenograph.ts";

const main = fileURLToPath(new URL("../../../proxy/main.ts", import.meta.url));
const [server] = available(inject("servers"));

let provider: IdentityProvider;
let directory: ReturnType<typeof temporaryDirectory>;

beforeAll(async () => {
  provider = await startIdentityProvider({ ttl: { idToken: 5 } });
});
afterAll(() => provider.stop());
beforeEach(() => {
  directory = temporaryDirectory();
  writeIdentityJson(directory.path, settingsOf(provider));
});
afterEach(() => directory[Symbol.dispose]());

const environment = {
  STENOGRAPH_KEYCHAIN: "off",
  STENOGRAPH_PASSPHRASE: "a passphrase of the tests",
  UPSTREAM_PW: server?.app.password ?? "",
};

/** A command with these arguments, which is killed with the block. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args, "--data", directory.path], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  const ended = once(child, "close");
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
  });
  const line = once(createInterface({ input: child.stdout }), "line");
  return {
    child,
    said: () => said,
    listening: async () => JSON.parse(String((await line)[0])) as { port: number; credential: string },
    ended: async () => (await ended)[0] as number | null,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function record() {
  const upstream = `mysql://${server?.app.user}@${server?.host}:${server?.port}`;
  const mapped = ["--auth", "mapped", "--identity", "sign-in", "--upstream-password-env", "UPSTREAM_PW"];
  return start("record", "--listen", "127.0.0.1:0", "--upstream", upstream, ...mapped);
}

/** User and password of an option file. */
function optionsIn(file: string): { user: string; password: string } {
  const options = new Map(
    [...readFileSync(file, "utf8").matchAll(/^(\w+)="?([^"\n]*)"?$/gm)].map(([, name, value]) => [name, value] as const),
  );
  return { user: options.get("user") ?? "", password: options.get("password") ?? "" };
}

describe.runIf(server !== undefined)("record --identity sign-in", () => {
  it("signs in by a code, and records whoever presents the credential as that person", async () => {
    await using recorder = record();
    await enterCode(recorder.child, provider, "dana");
    const { port, credential } = await recorder.listening();
    expect(statSync(credential).mode & 0o777).toBe(0o600);
    const { user, password } = optionsIn(credential);
    const client = await createConnection({ host: "127.0.0.1", port, user, password });
    const [rows] = await client.query<RowDataPacket[]>("SELECT 1 AS one");
    expect(rows).toEqual([{ one: 1 }]);
    await client.end();
    await expect(createConnection({ host: "127.0.0.1", port, user, password: "wrong" })).rejects.toMatchObject({ errno: 1045 });
    recorder.child.kill("SIGTERM");
    expect(await recorder.ended()).toBe(0);
    expect(existsSync(credential)).toBe(false);
    const [session] = await listSessions(directory.path);
    expect(session).toMatchObject({
      actor: { kind: "person", name: "Dana Beck", authenticated: true, issuer: provider.issuer, subject: "person-1017", via: "oidc" },
    });
    expect(recorder.said()).not.toContain(password);
  });

  it("goes on with what login kept, and ends with it", async () => {
    const login = start("login");
    await enterCode(login.child, provider, "dana");
    expect(await login.ended()).toBe(0);
    await using recorder = record();
    const { port, credential } = await recorder.listening();
    const { user, password } = optionsIn(credential);
    await (await createConnection({ host: "127.0.0.1", port, user, password })).end();
    const logout = await runStenograph(["logout", "--data", directory.path], environment);
    expect(logout).toMatchObject({ exitCode: 0, stderr: "Dana Beck signed out.\n" });
    await expect.poll(() => recorder.said(), { timeout: 20_000 }).toContain("Your sign-in has ended");
    await expect(createConnection({ host: "127.0.0.1", port, user, password })).rejects.toMatchObject({ errno: 1045 });
    await expect.poll(() => existsSync(credential)).toBe(false);
  });

  it("refuses whoever may not run sessions", async () => {
    await using recorder = record();
    await enterCode(recorder.child, provider, "ines");
    expect(await recorder.ended()).toBe(1);
    expect(recorder.said()).toContain("Ines Duarte may not run sessions here");
  });
});
