/**
 * The custody of a bundle: who opened it, wrote to it, or made another one of it. Each entry is signed, and names the digest of the
 * one before it, so that none can be taken out without notice but the last ones.
 */
import { createHash } from "node:crypto";
import type { Actor } from "../../model/actor.ts";
import type { UnixMicros } from "../../model/value.ts";
import { canonicalBytes } from "../canonical/canonical.ts";
import { signEnvelope } from "../signing/dsse.ts";
import { inTotoPayloadType, statementBytes, statementOf } from "../signing/in-toto.ts";
import type { PublicJwk } from "../signing/public-key.ts";
import type { Signer } from "../signing/signer.ts";
import { sigstoreBundleOf } from "../signing/sigstore-bundle.ts";

export const custodyPredicateType = "https://stenograph.dev/attestation/custody/v1";

/** What was done with the bundle. `re-exported`: `to` is the SHA-256 in hex of the new bundle's manifest. */
export type CustodyAct =
  | { readonly kind: "opened" }
  | { readonly kind: "annotated"; readonly text: string }
  | { readonly kind: "re-exported"; readonly to: string };

/** What an entry says, signed. */
export interface CustodyPredicate {
  /** 1 for the first entry of a bundle. */
  readonly number: number;
  /** SHA-256 in hex of the bytes of the entry before it; `null` for the first. */
  readonly previous: string | null;
  readonly at: UnixMicros;
  readonly by: Actor;
  readonly act: CustodyAct;
  /** The key that signed, so that an entry of an unknown device can be told from a broken one. */
  readonly publicKey: PublicJwk;
}

export interface CustodyFacts {
  /** SHA-256 in hex of the bundle's `manifest-sha256.txt`, which is what the entry is about. */
  readonly manifestSha256: string;
  /** Bytes of the entry before it; `null` for the first. */
  readonly previous: { readonly number: number; readonly bytes: Uint8Array } | null;
  readonly at: UnixMicros;
  readonly by: Actor;
  readonly act: CustodyAct;
}

/** Where an entry is in a bundle. */
export function custodyPath(number: number): string {
  return `custody/${String(number).padStart(4, "0")}.json`;
}

/** Makes and signs an entry: a Sigstore bundle, as canonical JSON. Throws a `FailureError` where the signer's key is gone. */
export function custodyEntry(signer: Signer, facts: CustodyFacts): { readonly path: string; readonly bytes: Buffer } {
  const { manifestSha256, previous, at, by, act } = facts;
  const number = (previous?.number ?? 0) + 1;
  const predicate: CustodyPredicate = {
    number,
    previous: previous === null ? null : createHash("sha256").update(previous.bytes).digest("hex"),
    at,
    by,
    act,
    publicKey: signer.publicKey,
  };
  const subject = [{ name: "manifest-sha256.txt", digest: { sha256: manifestSha256 } }];
  const payload = statementBytes(statementOf(subject, custodyPredicateType, predicate));
  const bytes = canonicalBytes(sigstoreBundleOf(signEnvelope(signer, inTotoPayloadType, payload)));
  return { path: custodyPath(number), bytes };
}
