import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Keyring, type StartKeyring } from "../../../proxy/identity/keyring.ts";
import { openSecrets } from "../../../proxy/identity/open-secrets.ts";
// @ts-expect-error plain JavaScript: it runs before TypeScript can
import { buildRenderer, rendererIsStale } from "../../../proxy/setup/renderer-build.mjs";
import { nodeKeyring } from "../../../proxy/start-keyring.ts";
import { parts } from "../../support/parts/parts.ts";
import { startSecretService } from "../../support/servers/secret-service.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const canary = "canary-Tr0ub4dor&3";
/** A busy test machine starts processes slowly; how long the workstation waits is the test of a keychain that hangs. */
const patientMs = 30_000;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "stenograph-keychain-test-"));
});

afterEach(() => rmSync(directory, { recursive: true }));

function keyringIn(environment: Readonly<Record<string, string>>): StartKeyring {
  const start = nodeKeyring({ ...process.env, ...environment, STENOGRAPH_KEYCHAIN: undefined });
  if (start === null) throw new Error("the keychain is off");
  return start;
}

const keepers = (environment: Readonly<Record<string, string>>) => ({
  keyring: keyringIn(environment),
  system: null,
  passphrase: null,
  limitMs: patientMs,
});

/** Everything that the Secret Service keeps, as D-Bus shows it. */
function keptIn(environment: Readonly<Record<string, string>>): string {
  const args = ["--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets/collection/login"];
  const get = ["org.freedesktop.DBus.Properties.Get", "string:org.freedesktop.Secret.Collection", "string:Items"];
  return spawnSync("dbus-send", [...args, ...get], { env: { ...process.env, ...environment }, encoding: "utf8" }).stdout;
}

describe.runIf(parts.secretService.isThere())("a real Secret Service", () => {
  it("keeps the key of stored passwords: another process opens them, and nothing of them is on the disk", async () => {
    await using service = await startSecretService();
    const first = await openSecrets(directory, keepers(service.environment));
    expect(first).toMatchObject({ notices: [], store: { keeping: "disk" } });
    await first.store.write(new Map([["connection/shop/upstreamPassword", canary]]));
    const again = await openSecrets(directory, keepers(service.environment));
    expect(again.store.read("connection/shop/upstreamPassword")).toBe(canary);
    expect(readdirSync(directory)).toEqual(["secrets-keyring.json"]);
    const text = readFileSync(join(directory, "secrets-keyring.json"), "latin1");
    expect(text).not.toContain(canary);
    expect(text).not.toContain(Buffer.from(canary).toString("base64").slice(0, 12));
  });

  it("is left with one entry for each data directory, and none of trying it", async () => {
    await using service = await startSecretService();
    const { store } = await openSecrets(directory, keepers(service.environment));
    await store.write(new Map([["a", canary]]));
    await store.write(new Map([["b", canary]]));
    expect(keptIn(service.environment).match(/object path/g)).toHaveLength(1);
  });

  it("is asked by what the desktop host is built to as well", async () => {
    if (rendererIsStale(root)) expect(buildRenderer(root)).toBeNull();
    await using service = await startSecretService();
    const built = join(root, "out", "main", "keyring-process.js");
    const asBuilt: StartKeyring = (args) =>
      spawn(process.execPath, [built, ...args], { env: { ...process.env, ...service.environment }, stdio: ["ignore", "pipe", "ignore"] });
    const opened = await Keyring.open(asBuilt, null, patientMs);
    if ("failure" in opened) throw new Error(opened.failure);
    const made = await opened.keyring.make("an id");
    expect(made).toHaveLength(32);
    expect(await Keyring.open(keyringIn(service.environment), "an id", patientMs)).toMatchObject({ key: made });
  });

  it("opens nothing for another person's keychain", async () => {
    await using service = await startSecretService();
    await (await openSecrets(directory, keepers(service.environment))).store.write(new Map([["a", canary]]));
    await using other = await startSecretService();
    await expect(openSecrets(directory, keepers(other.environment))).rejects.toMatchObject({ code: "secrets-locked" });
  });

  it("is not used while it is locked and nobody unlocks it", async () => {
    await using service = await startSecretService("locked");
    const opened = await Keyring.open(keyringIn(service.environment), null, patientMs);
    expect(opened).toHaveProperty("failure");
  });
});

describe.runIf(process.platform === "linux")("a machine without a keychain", () => {
  it("is noticed, and the kernel's keyring, which forgets, is not taken for one", async () => {
    const { store, notices } = await openSecrets(directory, keepers({ DBUS_SESSION_BUS_ADDRESS: `unix:path=${directory}/none` }));
    expect(store.keeping).toBe("run");
    expect(notices).toEqual([expect.stringContaining("kept in memory only")]);
  });

  it("starts nevertheless where a keychain hangs", async () => {
    const path = join(directory, "bus");
    const silent = createServer((socket) => socket.on("error", () => undefined).resume()).listen(path);
    try {
      const opened = await Keyring.open(keyringIn({ DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` }), null);
      expect(opened).toEqual({ failure: "it has not answered within 2 s" });
    } finally {
      silent.close();
    }
  });
});
