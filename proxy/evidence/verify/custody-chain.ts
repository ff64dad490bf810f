/** The custody of a bundle: each entry signed, about this bundle, and naming the one before it. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { parseStrict } from "../canonical/strict-json.ts";
import { custodyPredicateType } from "../custody/custody-entry.ts";
import { verifyEnvelope } from "../signing/dsse.ts";
import { inTotoPayloadType } from "../signing/in-toto.ts";
import { keyIdOf, readPublicJwk } from "../signing/public-key.ts";
import { readSigstoreBundle } from "../signing/sigstore-bundle.ts";
import type { BundleFiles } from "./bundle-files.ts";
import { actor, count, hex, text, time } from "./shapes.ts";
import { openStatement } from "./signed-statement.ts";
import { BundleFault } from "./verdict.ts";

const predicateSchema = z.strictObject({
  number: count,
  previous: hex.nullable(),
  at: time,
  by: actor,
  act: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("opened") }),
    z.strictObject({ kind: z.literal("annotated"), text }),
    z.strictObject({ kind: z.literal("re-exported"), to: hex }),
  ]),
  publicKey: z.record(z.string(), z.unknown()),
});

/** An entry of the chain, and the id of the key that signed it. */
export type CustodyEntry = Readonly<Omit<z.output<typeof predicateSchema>, "publicKey">> & { readonly keyId: string };

/** Reads the chain. Rejects with a `BundleFault` (`E_CUSTODY`). That its last entries are missing cannot be seen. */
export async function checkCustody(files: BundleFiles): Promise<CustodyEntry[]> {
  const manifest = await files.digest("manifest-sha256.txt");
  const entries: CustodyEntry[] = [];
  let previous: string | null = null;
  for (const file of files.names.filter((name) => name.startsWith("custody/")).sort()) {
    const number = entries.length + 1;
    if (file !== `custody/${String(number).padStart(4, "0")}.json`) throw wrong(`entry ${number} before it is missing`, file);
    const bytes = await files.whole(file);
    const entry = opened(bytes, manifest, file);
    if (entry.number !== number || entry.previous !== previous) throw wrong("it does not follow the entry before it", file);
    entries.push(entry);
    previous = createHash("sha256").update(bytes).digest("hex");
  }
  return entries;
}

function opened(bytes: Buffer, manifest: string, file: string): CustodyEntry {
  const read = parseStrict(bytes);
  const bundle = read.ok ? readSigstoreBundle(read.value) : null;
  if (bundle === null) throw wrong("it is not a Sigstore bundle with one signature", file);
  const { dsseEnvelope: envelope } = bundle;
  const { subjects, predicate } = statementIn(Buffer.from(envelope.payload, "base64"), file);
  const { publicKey, ...entry } = predicate;
  const key = readPublicJwk(publicKey);
  const [{ keyid }] = envelope.signatures;
  if (key === null || keyIdOf(key) !== keyid || envelope.payloadType !== inTotoPayloadType)
    throw wrong("its key is not the one that it names", file);
  const check = verifyEnvelope(envelope, key);
  if (!check.ok) throw wrong(`the signature is not valid: ${check.reason}`, file);
  if (subjects.size !== 1 || subjects.get("manifest-sha256.txt") !== manifest) throw wrong("it is about another bundle", file);
  return { ...entry, keyId: keyid };
}

function statementIn(payload: Buffer, file: string): ReturnType<typeof openStatement<typeof predicateSchema>> {
  try {
    return openStatement(payload, custodyPredicateType, predicateSchema, file);
  } catch (thrown) {
    throw thrown instanceof BundleFault ? wrong("what it signs is no entry of a custody", file) : thrown;
  }
}

function wrong(reason: string, file: string): BundleFault {
  return new BundleFault("E_CUSTODY", reason, { file });
}
