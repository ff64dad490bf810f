/** The seal of a session: what it states, and who signed it. */
import { z } from "zod";
import { sealStatementBytes } from "../seal/seal-statement.ts";
import type { PublicJwk } from "../signing/public-key.ts";
import type { BundleFiles } from "./bundle-files.ts";
import { signInFile } from "./identity-proof.ts";
import { shapedFile } from "./shaped.ts";
import { count, hex, program, text, time } from "./shapes.ts";
import { readSigned } from "./signed-statement.ts";
import { BundleFault } from "./verdict.ts";

const signature = z.strictObject({
  by: z.enum(["device", "identity"]),
  keyId: text,
  algorithm: text,
  sig: text,
  signIn: text.optional(),
});

const sealSchema = z.strictObject({
  version: z.literal(2),
  sha256: hex,
  bytes: count,
  frames: count,
  events: count,
  root: hex,
  sealedAt: time,
  program,
  signatures: z.array(signature),
});

const counts = z.strictObject({ parts: count, events: count, sql: count, parameters: count, cells: count, other: count });

const headerSchema = z.strictObject({ v: z.literal(1), session: text, events: count, root: hex, withheld: counts, seal: sealSchema });

export type SessionHeader = Readonly<z.output<typeof headerSchema>>;

/** Who signed a seal. */
export interface SealSigners {
  /** Id of the device's key. */
  readonly device: string;
  /** Id of the sign-in whose key signed too; `null` where none did. */
  readonly signIn: string | null;
  /** Id of that key. */
  readonly identity: string | null;
}

export function sessionFile(session: string, name: string): string {
  return `data/sessions/${session}/${name}`;
}

/** Reads the header of a session. Rejects with a `BundleFault` (`E_TYPE`, `E_ROOT`). */
export async function readHeader(files: BundleFiles, session: string): Promise<SessionHeader> {
  const file = sessionFile(session, "header.json");
  const header = await shapedFile(headerSchema, files, file);
  if (header.session !== session) throw new BundleFault("E_ROOT", "it is of another session", { file });
  const { seal } = header;
  if (seal.events !== header.events || seal.root !== header.root)
    throw new BundleFault("E_ROOT", "it states other events than were sealed", { file });
  return header;
}

/** Verifies the signatures of a seal. Rejects with a `BundleFault`: `E_SIG`, `E_TYPE`, `E_GAP` where one is missing. */
export async function checkSeal(files: BundleFiles, header: SessionHeader, keyOf: KeyOf): Promise<SealSigners> {
  const { session } = header;
  const deviceFile = sessionFile(session, "seal.device.sigstore.json");
  const identityFile = sessionFile(session, "seal.sigstore.json");
  const device = await checkSignature(files, header, deviceFile, (keyId) => keyOf("device", keyId));
  const byDevice = header.seal.signatures.find(({ by }) => by === "device");
  if (byDevice === undefined || !isThat(byDevice, device)) throw notInSeal(deviceFile);
  const byIdentity = header.seal.signatures.find(({ by }) => by === "identity");
  if (header.seal.signatures.length !== (byIdentity === undefined ? 1 : 2)) throw notInSeal(deviceFile);
  if (byIdentity === undefined) {
    if (files.has(identityFile)) throw notInSeal(identityFile);
    return { device: device.keyId, signIn: null, identity: null };
  }
  // Without the record of the sign-in, nothing says whose key it is: then it proves nothing.
  if (byIdentity.signIn !== undefined && !files.has(signInFile(byIdentity.signIn)))
    return { device: device.keyId, signIn: null, identity: null };
  const identity = await checkSignature(files, header, identityFile, (keyId) => keyOf("identity", keyId));
  if (!isThat(byIdentity, identity) || byIdentity.signIn === undefined) throw notInSeal(identityFile);
  return { device: device.keyId, signIn: byIdentity.signIn, identity: identity.keyId };
}

export type KeyOf = (by: "device" | "identity", keyId: string) => PublicJwk | null;

interface OneSignature {
  readonly keyId: string;
  readonly sig: string;
}

async function checkSignature(
  files: BundleFiles,
  { session, seal }: SessionHeader,
  file: string,
  keyOf: (keyId: string) => PublicJwk | null,
): Promise<OneSignature> {
  const { keyId, payload, signature: bytes } = await readSigned(files, file, keyOf);
  if (!payload.equals(sealStatementBytes(session, seal)))
    throw new BundleFault("E_SIG", "it signs another seal than that of the session", { file });
  return { keyId, sig: bytes.toString("base64") };
}

function isThat(told: OneSignature, found: OneSignature): boolean {
  return told.keyId === found.keyId && told.sig === found.sig;
}

function notInSeal(file: string): BundleFault {
  return new BundleFault("E_SIG", "it is not a signature that the seal has", { file });
}
