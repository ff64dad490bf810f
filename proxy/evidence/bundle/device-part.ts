/** What of the device log goes into a bundle, under `data/device/`. */
import { createPublicKey } from "node:crypto";
import { canonicalText } from "../canonical/canonical.ts";
import type { ExcerptEntry, LogExcerpt } from "../device-log/log-excerpt.ts";
import type { KeptKey } from "../signing/device-key.ts";
import type { PublicJwk } from "../signing/public-key.ts";
import type { BundleWriter } from "./bundle-writer.ts";

/** A key that signed something in the bundle. What it is worth, who verifies knows from elsewhere. */
export interface BundleKey {
  readonly keyId: string;
  readonly by: "device" | "identity";
  readonly publicKey: PublicJwk;
  /** Of a device key: whether it is kept on the disk, or was made for one run of the program. */
  readonly kept?: KeptKey;
  /** Of an identity key: the sign-in whose record binds it to a person. */
  readonly signIn?: string;
}

export async function writeDevicePart(writer: BundleWriter, log: LogExcerpt, keys: readonly BundleKey[]): Promise<void> {
  await writer.addWhole("data/device/checkpoint", log.checkpoint.note);
  await writer.add("data/device/entries.jsonl", entryLines(log.entries));
  await writer.addWhole("data/device/consistency.json", canonicalText(log.consistency));
  const withPem = keys.map((key) => ({ ...key, pem: pemOf(key.publicKey) }));
  await writer.addWhole("data/device/keys.json", canonicalText({ v: 1, keys: withPem }));
}

function* entryLines(entries: readonly ExcerptEntry[]): Generator<Buffer> {
  for (const { index, leaf, proof } of entries) yield Buffer.from(`${canonicalText({ index, leaf, proof })}\n`, "utf8");
}

/** The key as openssl reads it. */
export function pemOf(publicKey: PublicJwk): string {
  return createPublicKey({ key: { ...publicKey }, format: "jwk" })
    .export({ format: "pem", type: "spki" })
    .toString();
}
