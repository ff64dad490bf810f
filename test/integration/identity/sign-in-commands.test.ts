import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type IdentityProvider, startIdentityProvider } from "../../../proxy/demo/identity-provider/identity-provider.ts";
import { signInsDirectory } from "../../../proxy/identity/sign-in-record.ts";
import { enterCode } from "../../support/identity/device-sign-in.ts";
import { writeIdentityJson } from "../../support/identity/identity-json.ts";
import { settingsOf } from "../../support/identity/sign-ins.ts";
import { runStenograph, temporaryDirectory } from "../../support/stenograph.ts";

const main = fileURLToPath(new URL("../../../proxy/main.ts", import.meta.url));
const environment = { STENOGRAPH_KEYCHAIN: "off", STENOGRAPH_PASSPHRASE: "a passphrase of the tests" };

let provider: IdentityProvider;
let directory: ReturnType<typeof temporaryDirectory>;

beforeAll(async () => {
  provider = await startIdentityProvider();
});
afterAll(() => provider.stop());
beforeEach(() => {
  directory = temporaryDirectory();
  writeIdentityJson(directory.path, settingsOf(provider));
});
afterEach(() => directory[Symbol.dispose]());

const run = (command: string, ...args: string[]) => runStenograph([command, "--data", directory.path, ...args], environment);

/** Runs `login`, and enters its code as one of the provider's people does. */
async function logIn(user: string) {
  const child = spawn(process.execPath, [main, "login", "--data", directory.path], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
    timeout: 60_000,
  });
  const [out, said] = [[] as string[], [] as string[]];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => out.push(chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => said.push(chunk));
  const ended = once(child, "close");
  const arrived = await enterCode(child, provider, user);
  const [exitCode] = await ended;
  return { exitCode, arrived, stdout: out.join(""), stderr: said.join("") };
}

/** What is kept for evidence. */
function keptRecords(): unknown[] {
  const kept = signInsDirectory(directory.path);
  return readdirSync(kept).map((name) => JSON.parse(readFileSync(join(kept, name), "utf8")) as unknown);
}

function accessLog(): { kind: string }[] {
  const lines = readFileSync(join(directory.path, "access-log.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as { kind: string });
}

describe("On the command line", () => {
  it("login keeps a sign-in that whoami tells of, over and over, until logout ends it", async () => {
    const login = await logIn("ravi");
    expect(login).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Roles: approver") });
    expect(login.arrived.text).toContain("The device is signed in.");
    expect(keptRecords()).toMatchObject([{ subject: "person-1042", keyBound: false, evidence: { claims: { sub: "person-1042" } } }]);
    expect(JSON.stringify(keptRecords())).not.toContain("eyJ");
    for (let times = 0; times < 2; times += 1) {
      const { stdout, exitCode } = await run("whoami", "--json");
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        state: "signed-in",
        actor: { name: "Ravi Menon", authenticated: true, issuer: provider.issuer, subject: "person-1042", via: "oidc" },
        roles: ["approver"],
      });
    }
    expect(await run("logout")).toMatchObject({ exitCode: 0, stderr: "Ravi Menon signed out.\n" });
    const out = await run("whoami", "--json");
    expect(JSON.parse(out.stdout)).toEqual({ state: "signed-out", provider: provider.issuer });
    expect(out).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("stenograph login") });
    expect(accessLog().map(({ kind }) => kind)).toEqual(["signed-in", "sign-in-ended"]);
  });

  it("processes that use the sign-in at the same time take turns, because its refresh token is good once", async () => {
    await logIn("dana");
    const runs = await Promise.all([run("whoami"), run("whoami"), run("whoami")]);
    expect(runs.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
      [0, ""],
      [0, ""],
      [0, ""],
    ]);
  });

  it("whoami says that a sign-in is over which the provider has ended", async () => {
    await logIn("ines");
    provider.forget("person-1066");
    expect(await run("whoami")).toMatchObject({ exitCode: 1, stdout: "", stderr: expect.stringContaining("the sign-in there has ended") });
  });

  it("login refuses to begin where nothing can keep the sign-in", async () => {
    const { exitCode, stderr } = await runStenograph(["login", "--data", directory.path], { ...environment, STENOGRAPH_PASSPHRASE: "" });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Set it and log in again");
  });

  it("whoami tells the operating system's user, not authenticated, where no provider is set up", async () => {
    writeIdentityJson(directory.path, { ...settingsOf(provider), provider: null });
    const { exitCode, stdout } = await run("whoami", "--json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ state: "not-needed", actor: { kind: "os-user", authenticated: false } });
    expect(await run("login")).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("No identity provider is set up") });
  });

  it("nobody is let in by settings that cannot be read", async () => {
    writeFileSync(join(directory.path, "identity.json"), "{");
    expect(await run("whoami")).toMatchObject({ exitCode: 1, stdout: "", stderr: expect.stringContaining("cannot be used") });
  });
});
