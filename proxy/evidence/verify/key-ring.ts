/** The keys that a bundle names: whose they are is for who verifies to know, or for a provider's statement to say. */
import { z } from "zod";
import { pemOf } from "../bundle/device-part.ts";
import { keyIdOf, type PublicJwk, readPublicJwk } from "../signing/public-key.ts";
import type { BundleFiles } from "./bundle-files.ts";
import { shapedFile } from "./shaped.ts";
import { BundleFault } from "./verdict.ts";

export const keysFile = "data/device/keys.json";

const keySchema = z.strictObject({
  keyId: z.string(),
  by: z.enum(["device", "identity"]),
  publicKey: z.record(z.string(), z.unknown()),
  kept: z.enum(["disk", "run"]).optional(),
  signIn: z.string().optional(),
  pem: z.string(),
});
const keysSchema = z.strictObject({ v: z.literal(1), keys: z.array(keySchema) });

export interface NamedKey {
  readonly keyId: string;
  readonly by: "device" | "identity";
  readonly publicKey: PublicJwk;
  readonly kept: "disk" | "run" | null;
  readonly signIn: string | null;
}

/** Reads the keys, by id. Rejects with a `BundleFault` (`E_TYPE`). */
export async function readKeys(files: BundleFiles): Promise<ReadonlyMap<string, NamedKey>> {
  const { keys } = await shapedFile(keysSchema, files, keysFile);
  const found = new Map<string, NamedKey>();
  for (const [index, { keyId, by, publicKey, kept, signIn, pem }] of keys.entries()) {
    const place = { file: keysFile, position: `key ${index + 1}` };
    const jwk = readPublicJwk(publicKey);
    if (jwk === null || (jwk.kty === "OKP") !== (by === "device")) throw new BundleFault("E_TYPE", "it is no key of that kind", place);
    if (keyIdOf(jwk) !== keyId) throw new BundleFault("E_TYPE", "it has the id of another key", place);
    if (pem !== pemOf(jwk)) throw new BundleFault("E_TYPE", "it is written in two ways that disagree", place);
    if (found.has(keyId)) throw new BundleFault("E_TYPE", "it is there twice", place);
    found.set(keyId, { keyId, by, publicKey: jwk, kept: kept ?? null, signIn: signIn ?? null });
  }
  return found;
}
