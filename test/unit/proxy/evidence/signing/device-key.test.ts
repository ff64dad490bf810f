import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DeviceKey, devicePublicKeyPath, type KeyStore } from "../../../../../proxy/evidence/signing/device-key.ts";
import { keyIdOf, verifySignature } from "../../../../../proxy/evidence/signing/public-key.ts";
import { MemorySecretStore } from "../../../../../proxy/identity/memory-secret-store.ts";
import type { SecretCipher } from "../../../../../proxy/identity/secret-cipher.ts";
import { SecretFile } from "../../../../../proxy/identity/secret-file.ts";
import { FailureError } from "../../../../../proxy/model/failure.ts";
import { withSettingsLock } from "../../../../../proxy/settings-lock.ts";

/** Instead of one that takes its time with a passphrase. */
const cipher: SecretCipher = {
  name: "passphrase",
  seal: (plain) => Promise.resolve(Buffer.from(plain).toString("base64")),
  open: (sealed) => Promise.resolve(Buffer.from(sealed, "base64").toString()),
};

let dataDirectory: string;
const openStore = (): Promise<SecretFile> => SecretFile.open(join(dataDirectory, "secrets.json"), cipher);
const open = (store: KeyStore): Promise<DeviceKey> =>
  DeviceKey.open({ dataDirectory, store, locked: (change) => withSettingsLock(dataDirectory, change) });

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), "device-key-"));
});

afterEach(() => rm(dataDirectory, { recursive: true, force: true }));

describe("The device key", () => {
  it("is the same at each start where secrets are kept on the disk", async () => {
    const first = await open(await openStore());
    const again = await open(await openStore());
    expect(first).toMatchObject({ kept: "disk", algorithm: "Ed25519", problem: null });
    expect(again.publicKey).toEqual(first.publicKey);
    expect(first.keyId).toBe(keyIdOf(again.publicKey));
    expect(verifySignature(first.publicKey, Buffer.from("bytes"), again.sign(Buffer.from("bytes")))).toBe(true);
  });

  it("is one, also where two processes make it at the same time", async () => {
    const stores = await Promise.all([openStore(), openStore(), openStore()]);
    const keys = await Promise.all(stores.map(open));
    expect(new Set(keys.map(({ keyId }) => keyId)).size).toBe(1);
  });

  it("lives for the run where secrets do, and says so", async () => {
    const store = new MemorySecretStore();
    const first = await open(store);
    expect(first.kept).toBe("run");
    expect((await open(store)).keyId).toBe(first.keyId);
    expect((await open(new MemorySecretStore())).keyId).not.toBe(first.keyId);
    expect(JSON.parse(await readFile(devicePublicKeyPath(dataDirectory), "utf8"))).toMatchObject({ kept: "run" });
  });

  it("lives for the run where it could not be stored, and tells why", async () => {
    const full: KeyStore = {
      keeping: "disk",
      read: () => null,
      refresh: () => Promise.resolve(),
      write: () => Promise.reject(new FailureError("secrets-unwritable", "The passwords could not be kept: no space left.")),
    };
    const key = await open(full);
    expect(key.kept).toBe("run");
    expect(key.problem).toContain("no space left");
  });

  it("shows its public half in a file of its owner, and its private half nowhere", async () => {
    const key = await open(await openStore());
    const path = devicePublicKeyPath(dataDirectory);
    const text = await readFile(path, "utf8");
    expect(JSON.parse(text)).toEqual({
      format: "stenograph-device",
      version: 1,
      keyId: key.keyId,
      algorithm: "Ed25519",
      publicKey: key.publicKey,
      kept: "disk",
    });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(JSON.stringify(key)).not.toContain('"d"');
  });

  it("is not replaced where something else is kept under its name", async () => {
    const store = new MemorySecretStore();
    await store.write(new Map([["device-key", "no key"]]));
    await expect(open(store)).rejects.toThrow("is no Ed25519 key");
    expect(store.read("device-key")).toBe("no key");
  });
});
