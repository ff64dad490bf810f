import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type CustodyAct, custodyEntry } from "../../../../../proxy/evidence/custody/custody-entry.ts";
import { verifyEnvelope } from "../../../../../proxy/evidence/signing/dsse.ts";
import { readSigstoreBundle } from "../../../../../proxy/evidence/signing/sigstore-bundle.ts";
import { memoryDeviceKey } from "../../../../support/evidence/memory-device-key.ts";

const key = memoryDeviceKey();
const manifestSha256 = "ab".repeat(32);
const by = { kind: "os-user", name: "anna", authenticated: false } as const;

function chain(acts: readonly CustodyAct[]) {
  const entries: { readonly path: string; readonly bytes: Buffer }[] = [];
  for (const [at, act] of acts.entries()) {
    const last = entries.at(-1);
    const previous = last === undefined ? null : { number: at, bytes: last.bytes };
    entries.push(custodyEntry(key, { manifestSha256, previous, at: 1_790_000_000_000_000 + at, by, act }));
  }
  return entries;
}

describe("The custody of a bundle", () => {
  it("is a chain of signed entries, each with the digest of the one before", () => {
    const entries = chain([
      { kind: "opened" },
      { kind: "annotated", text: "Looked at by §." },
      { kind: "re-exported", to: "cd".repeat(32) },
    ]);
    expect(entries.map(({ path }) => path)).toEqual(["custody/0001.json", "custody/0002.json", "custody/0003.json"]);
    for (const [at, { bytes }] of entries.entries()) {
      const bundle = readSigstoreBundle(JSON.parse(bytes.toString("utf8")));
      const check = bundle === null ? null : verifyEnvelope(bundle.dsseEnvelope, key.publicKey);
      if (check?.ok !== true) throw new Error("an entry is not signed");
      const before = entries[at - 1];
      expect(JSON.parse(check.payload.toString("utf8"))).toMatchObject({
        subject: [{ name: "manifest-sha256.txt", digest: { sha256: manifestSha256 } }],
        predicateType: "https://stenograph.dev/attestation/custody/v1",
        predicate: {
          number: at + 1,
          previous: before === undefined ? null : createHash("sha256").update(before.bytes).digest("hex"),
          by,
          publicKey: key.publicKey,
        },
      });
    }
  });
});
