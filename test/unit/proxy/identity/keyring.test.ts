import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Keyring, type StartKeyring } from "../../../../proxy/identity/keyring.ts";
import { KeyringCipher } from "../../../../proxy/identity/keyring-cipher.ts";
import { openSecrets, type SecretKeepers } from "../../../../proxy/identity/open-secrets.ts";
import { PassphraseCipher } from "../../../../proxy/identity/passphrase-cipher.ts";
import { SecretFile } from "../../../../proxy/identity/secret-file.ts";

const canary = "canary-Tr0ub4dor&3";
const nothing: SecretKeepers = { keyring: null, system: null, passphrase: null };
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "stenograph-keyring-"));
});

afterEach(() => rmSync(directory, { recursive: true }));

/** A keychain in memory, behind the same process boundary as the real one. */
function fakeKeyring(keys = new Map<string, string>()): StartKeyring {
  return ([operation, id = ""]) => {
    if (operation === "make") keys.set(id, Buffer.alloc(32, keys.size + 1).toString("base64"));
    return answering(JSON.stringify({ key: keys.get(id) ?? null }));
  };
}

function answering(text: string): ReturnType<StartKeyring> {
  return { stdout: Readable.from([`${text}\n`]), kill: () => undefined };
}

const broken: StartKeyring = () => answering(JSON.stringify({ failure: "it is locked" }));

describe("Keyring", () => {
  it("gives the key that was asked for at the start, or none", async () => {
    const keys = new Map([["a", Buffer.from("key").toString("base64")]]);
    expect(await Keyring.open(fakeKeyring(keys), "a")).toMatchObject({ key: Buffer.from("key") });
    expect(await Keyring.open(fakeKeyring(keys), "b")).toMatchObject({ key: null });
    expect(await Keyring.open(fakeKeyring(keys), null)).toMatchObject({ key: null });
  });

  it("says why there is none", async () => {
    expect(await Keyring.open(broken, null)).toEqual({ failure: "it is locked" });
  });

  it.each([
    ["nothing", ""],
    ["what is not JSON", "Segmentation fault"],
    ["another shape", '{"key":1}'],
  ])("takes %s for no answer, and does not repeat it", async (_name, text) => {
    expect(await Keyring.open(() => answering(text), null)).toEqual({ failure: "its process ended without an answer" });
  });

  it("takes a process that cannot be started for no answer", async () => {
    const opened = Keyring.open(() => {
      throw new Error("EAGAIN");
    }, null);
    expect(await opened).toEqual({ failure: "its process ended without an answer" });
  });

  it("ends a process that does not answer in time", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: ["ignore", "pipe", "ignore"] });
    const gone = once(child, "exit");
    const opened = await Keyring.open(() => ({ stdout: child.stdout, kill: () => child.kill("SIGKILL") }), null, 50);
    expect(opened).toEqual({ failure: "it has not answered within 0.05 s" });
    expect(await gone).toEqual([null, "SIGKILL"]);
  });

  it("reads no more than an answer can be from a process that goes on for ever", async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield "x".repeat(1000);
      })(),
    );
    expect(await Keyring.open(() => ({ stdout: endless, kill: () => undefined }), null)).toHaveProperty("failure");
    expect(endless.destroyed).toBe(true);
  });
});

describe("KeyringCipher", () => {
  const cipherOf = async (start: StartKeyring) => {
    const opened = await Keyring.open(start, null);
    if ("failure" in opened) throw new Error(opened.failure);
    return new KeyringCipher(opened.keyring);
  };

  it("opens what another process sealed with a key from the same keychain, and shows nothing of it", async () => {
    const start = fakeKeyring();
    const sealed = await (await cipherOf(start)).seal(canary);
    expect(Buffer.from(sealed, "base64").toString("latin1")).not.toContain(canary);
    expect(await (await cipherOf(start)).open(sealed)).toBe(canary);
  });

  it("goes on with the key of what it opened, and makes one only where there is none", async () => {
    const keys = new Map<string, string>();
    const first = await (await cipherOf(fakeKeyring(keys))).seal("a");
    const cipher = await cipherOf(fakeKeyring(keys));
    await cipher.open(first);
    expect(KeyringCipher.keyIdOf(await cipher.seal("b"))).toBe(KeyringCipher.keyIdOf(first));
    expect(keys.size).toBe(1);
  });

  it("does not open with a keychain that has another key, or none, nor after a bit was changed", async () => {
    const sealed = await (await cipherOf(fakeKeyring())).seal("a");
    await expect((await cipherOf(fakeKeyring())).open(sealed)).rejects.toThrow("does not have the key");
    const id = KeyringCipher.keyIdOf(sealed) ?? "";
    await expect((await cipherOf(fakeKeyring(new Map([[id, Buffer.alloc(32, 9).toString("base64")]])))).open(sealed)).rejects.toThrow();
    const start = fakeKeyring();
    const cipher = await cipherOf(start);
    const bytes = Buffer.from(await cipher.seal("a"), "base64");
    for (const index of [16, 28, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      await expect(cipher.open(changed.toString("base64"))).rejects.toThrow();
    }
  });
});

describe("openSecrets", () => {
  it("keeps secrets with the keychain's key before all others", async () => {
    const keyring = fakeKeyring();
    const { store, notices } = await openSecrets(directory, { ...nothing, keyring, passphrase: "correct horse" });
    await store.write(new Map([["a", canary]]));
    expect(notices).toEqual([]);
    expect(readdirSync(directory)).toEqual(["secrets-keyring.json"]);
    expect(readFileSync(join(directory, "secrets-keyring.json"), "latin1")).not.toContain(canary);
    const again = await openSecrets(directory, { ...nothing, keyring });
    expect(again.store.read("a")).toBe(canary);
    expect(again.store.keeping).toBe("disk");
  });

  it("goes on reading what was kept with a passphrase, and removes it there when it is changed or removed", async () => {
    const passphrase = "correct horse";
    const before = await openSecrets(directory, { ...nothing, passphrase });
    await before.store.write(new Map(["a", "b", "c"].map((name) => [name, `old ${name}`])));
    const { store, notices } = await openSecrets(directory, { ...nothing, keyring: fakeKeyring(), passphrase });
    expect(notices).toEqual([]);
    expect(store.read("a")).toBe("old a");
    await store.write(
      new Map([
        ["a", "new a"],
        ["b", null],
      ]),
    );
    expect(["a", "b", "c"].map((name) => store.read(name))).toEqual(["new a", null, "old c"]);
    const old = await SecretFile.open(SecretFile.pathIn(directory, { name: "passphrase" }), new PassphraseCipher(passphrase));
    expect(["a", "b", "c"].map((name) => old.read(name))).toEqual([null, null, "old c"]);
  });

  it("starts with the keychain although the file of an earlier passphrase cannot be opened, and says so", async () => {
    await (await openSecrets(directory, { ...nothing, passphrase: "correct horse" })).store.write(new Map([["a", canary]]));
    const { store, notices } = await openSecrets(directory, { ...nothing, keyring: fakeKeyring(), passphrase: "wrong" });
    expect(store.read("a")).toBeNull();
    expect(notices).toEqual([expect.stringContaining("STENOGRAPH_PASSPHRASE")]);
  });

  it("falls back to the passphrase where the keychain does not answer, and says what is not there", async () => {
    await (await openSecrets(directory, { ...nothing, keyring: fakeKeyring() })).store.write(new Map([["a", canary]]));
    const { store, notices } = await openSecrets(directory, { ...nothing, keyring: broken, passphrase: "correct horse" });
    expect(store.keeping).toBe("disk");
    expect(store.read("a")).toBeNull();
    expect(notices).toEqual([expect.stringMatching(/keychain opens are not there now: it is locked/)]);
  });

  it("keeps secrets in memory where nothing else can, and says so", async () => {
    const { store, notices } = await openSecrets(directory, { ...nothing, keyring: broken });
    expect(store.keeping).toBe("run");
    expect(notices).toEqual([expect.stringMatching(/kept in memory only.*it is locked.*STENOGRAPH_PASSPHRASE/)]);
  });

  it("says nothing of a keychain where the host has none", async () => {
    expect(await openSecrets(directory, nothing)).toMatchObject({ store: { keeping: "run" }, notices: [] });
  });

  it("does not start over a file whose key the keychain has lost", async () => {
    await (await openSecrets(directory, { ...nothing, keyring: fakeKeyring() })).store.write(new Map([["a", canary]]));
    const opened = openSecrets(directory, { ...nothing, keyring: fakeKeyring() });
    await expect(opened).rejects.toMatchObject({ code: "secrets-locked", message: expect.stringContaining("keychain") });
  });
});
