import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decryptPassword, encryptPassword, nulTerminatedPassword } from "../../../../../proxy/protocol/auth/rsa-password.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = (key: KeyObject): Buffer => Buffer.from(createPublicKey(key).export({ type: "spki", format: "pem" }));
const scramble = Buffer.from("0123456789abcdefghij");

describe("the RSA form of a password", () => {
  it.each(["apppw", "pässwörd", "longer than the twenty bytes of a scramble", ""])(
    "gives %j back to who has the private key",
    (password) => {
      const encrypted = encryptPassword(nulTerminatedPassword(password), scramble, pem(privateKey));
      expect(encrypted).toHaveLength(256);
      expect(decryptPassword(encrypted as Buffer, scramble, privateKey)?.toString()).toBe(`${password}\0`);
    },
  );

  it("is nothing to who has another key", () => {
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const encrypted = encryptPassword(nulTerminatedPassword("apppw"), scramble, pem(other.privateKey)) as Buffer;
    expect(decryptPassword(encrypted, scramble, privateKey)).toBeNull();
    expect(decryptPassword(Buffer.from("short"), scramble, privateKey)).toBeNull();
  });

  it("cannot be made with what is no RSA key, without a scramble, or of a password that is too long", () => {
    const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
    expect(encryptPassword(nulTerminatedPassword("x"), scramble, Buffer.from("no key"))).toBeNull();
    expect(encryptPassword(nulTerminatedPassword("x"), scramble, pem(ec.privateKey))).toBeNull();
    expect(encryptPassword(nulTerminatedPassword("x"), Buffer.alloc(0), pem(privateKey))).toBeNull();
    expect(encryptPassword(nulTerminatedPassword("x".repeat(300)), scramble, pem(privateKey))).toBeNull();
  });
});
