import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PassphraseCipher } from "../../../../proxy/identity/passphrase-cipher.ts";
import type { SecretCipher } from "../../../../proxy/identity/secret-cipher.ts";
import { SecretFile } from "../../../../proxy/identity/secret-file.ts";

const canary = "canary-Tr0ub4dor&3";
let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "stenograph-secrets-"));
  path = join(directory, "secrets-passphrase.json");
});

afterEach(() => rmSync(directory, { recursive: true }));

const cipher = () => new PassphraseCipher("correct horse");

describe("SecretFile with a passphrase", () => {
  it("keeps secrets from one run to the next, and shows none of them on the disk", async () => {
    const first = await SecretFile.open(path, cipher());
    await first.write(new Map([["connection/shop/upstreamPassword", canary]]));
    const again = await SecretFile.open(path, cipher());
    expect(again.read("connection/shop/upstreamPassword")).toBe(canary);
    const text = readFileSync(path, "latin1");
    expect(text).not.toContain(canary);
    expect(text).not.toContain(Buffer.from(canary).toString("base64").slice(0, 12));
    expect(text).not.toContain("shop");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("removes a secret, and leaves no temporary file", async () => {
    const file = await SecretFile.open(path, cipher());
    await file.write(new Map([["a", "1"]]));
    await file.write(new Map([["a", null]]));
    expect((await SecretFile.open(path, cipher())).read("a")).toBeNull();
    expect(readdirSync(directory)).toEqual(["secrets-passphrase.json"]);
  });

  it("applies changes that are made at once one after the other", async () => {
    const file = await SecretFile.open(path, cipher());
    await Promise.all(["a", "b", "c"].map((name) => file.write(new Map([[name, name]]))));
    const again = await SecretFile.open(path, cipher());
    expect(["a", "b", "c"].map((name) => again.read(name))).toEqual(["a", "b", "c"]);
  });

  it("is never sealed twice to the same text", async () => {
    const one = cipher();
    expect(await one.seal("x")).not.toBe(await one.seal("x"));
  });

  it("does not open with another passphrase, says so without either, and leaves the file", async () => {
    await (await SecretFile.open(path, cipher())).write(new Map([["a", canary]]));
    const before = readFileSync(path);
    const failed = SecretFile.open(path, new PassphraseCipher("wrong horse"));
    await expect(failed).rejects.toMatchObject({ code: "secrets-locked", message: expect.stringContaining("STENOGRAPH_PASSPHRASE") });
    await expect(failed).rejects.not.toMatchObject({ message: expect.stringContaining("horse") });
    expect(readFileSync(path)).toEqual(before);
  });

  it("does not open when a single bit was changed", async () => {
    await (await SecretFile.open(path, cipher())).write(new Map([["a", canary]]));
    const file = JSON.parse(readFileSync(path, "utf8"));
    const bytes = Buffer.from(file.sealed, "base64");
    for (const index of [0, 16, 28, 44, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      writeFileSync(path, JSON.stringify({ ...file, sealed: changed.toString("base64") }));
      await expect(SecretFile.open(path, cipher())).rejects.toMatchObject({ code: "secrets-locked" });
    }
  });

  it.each(["", "{", "{}", '{"format":"stenograph-secrets","version":2,"sealed":""}', "\u0000"])(
    "is not taken for a file of secrets when it is “%s”",
    async (text) => {
      writeFileSync(path, text);
      await expect(SecretFile.open(path, cipher())).rejects.toMatchObject({ code: "secrets-unreadable" });
      expect(readFileSync(path, "utf8")).toBe(text);
    },
  );

  it("holds what it held when writing fails", async () => {
    const file = await SecretFile.open(path, failingCipher());
    await expect(file.write(new Map([["a", canary]]))).rejects.toThrow();
    expect(file.read("a")).toBeNull();
  });
});

function failingCipher(): SecretCipher {
  return { name: "system", seal: () => Promise.reject(new Error("the keychain is locked")), open: (sealed) => Promise.resolve(sealed) };
}
