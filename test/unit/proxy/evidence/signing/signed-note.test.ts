import { describe, expect, it } from "vitest";
import type { DeviceJwk } from "../../../../../proxy/evidence/signing/public-key.ts";
import { noteKeyId, readNote, signNote, verifyNote } from "../../../../../proxy/evidence/signing/signed-note.ts";
import { identitySigner } from "../../../../../proxy/evidence/signing/signer.ts";
import { IdentityKey } from "../../../../../proxy/identity/identity-key.ts";
import { memoryDeviceKey } from "../../../../support/evidence/memory-device-key.ts";

const deviceJwk = (raw: Buffer): DeviceJwk => ({ kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") });

/** The example of Go's note package: a verifier key is name, key id in hex, and type with key in base64. */
const goExample = {
  key: "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
  note:
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
};

describe("A signed note", () => {
  it("of Go's note package is verified by its key", () => {
    const [name = "", id, encoded = ""] = goExample.key.split("+");
    const key = { name, publicKey: deviceJwk(Buffer.from(encoded, "base64").subarray(1)) };
    expect(noteKeyId(key).toString("hex")).toBe(id);
    const note = readNote(goExample.note);
    expect(note?.text.endsWith("your problem is.\n")).toBe(true);
    expect(verifyNote(note!, key)).toBe(true);
    expect(verifyNote(readNote(goExample.note.replace("problem", "solution"))!, key)).toBe(false);
    expect(verifyNote(note!, { ...key, name: "PeterNewman" })).toBe(false);
  });

  it("is written as the specification says, and read as it was written", () => {
    const key = memoryDeviceKey();
    const text = "a line\n\nanother after an empty one\n";
    const note = signNote(text, "stenograph.dev/device/x", key);
    expect(note.startsWith(`${text}\n— stenograph.dev/device/x `)).toBe(true);
    expect(readNote(note)?.text).toBe(text);
    expect(verifyNote(readNote(note)!, { name: "stenograph.dev/device/x", publicKey: key.publicKey })).toBe(true);
  });

  it("may have signatures of others, which are ignored, and no false one of its own", () => {
    const [ours, theirs] = [memoryDeviceKey(), memoryDeviceKey()];
    const text = "said\n";
    const [own = "", other = ""] = [ours, theirs].map((key) => signNote(text, "log", key).split("\n").at(-2));
    const key = { name: "log", publicKey: ours.publicKey };
    const noteOf = (...lines: string[]) => readNote(`${text}\n${lines.join("\n")}\n`)!;
    expect(verifyNote(noteOf(other, own), key)).toBe(true);
    expect(verifyNote(noteOf(other), key)).toBe(false);
    const changed = Buffer.from(own.split(" ")[2]!, "base64");
    changed[10]! ^= 1;
    expect(verifyNote(noteOf(own, `— log ${changed.toString("base64")}`), key)).toBe(false);
  });

  it("is nothing that is written in another way", () => {
    const note = signNote("said\n", "log", memoryDeviceKey());
    const line = note.split("\n")[2]!;
    for (const other of [
      "",
      "said\n",
      note.slice(0, -1),
      `${note}\n`,
      `${note}more\n`,
      note.replace("said", "sa\tid"),
      note.replace("said", "sa\rid"),
      note.replace("said", "sa\ud800id"),
      note.replace("— ", "- "),
      note.replace("— log", "— l+g"),
      note.replace("— log", "—  log"),
      note.replace(line, `${line} `),
      note.replace(line, "— log AAAA"),
      note.replace(line, Array.from({ length: 17 }, () => line).join("\n")),
      note.replace("said", "x".repeat(70_000)),
    ])
      expect(readNote(other), JSON.stringify(other.slice(0, 80))).toBeNull();
  });

  it("is signed by Ed25519 keys only", () => {
    const person = new IdentityKey();
    const signer = identitySigner({ clientInstance: person.clientInstance, sign: (bytes) => person.sign(bytes) });
    expect(() => signNote("said\n", "log", signer)).toThrow("Ed25519");
  });
});
