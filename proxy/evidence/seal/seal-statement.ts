import { statementBytes, statementOf } from "../signing/in-toto.ts";

export const sealPredicateType = "https://stenograph.dev/attestation/seal/v1";

/** What a seal states of a session; its signatures are over these facts. Hashes in hex, the time in microseconds since the Unix epoch. */
export interface SealStated {
  readonly sha256: string;
  readonly bytes: number;
  readonly frames: number;
  readonly events: number;
  readonly root: string;
  readonly sealedAt: number;
  readonly program: { readonly name: string; readonly version: string };
}

/** The in-toto statement that a seal's signatures are over, in canonical JSON: it follows from the seal's facts. */
export function sealStatementBytes(session: string, facts: SealStated): Buffer {
  const { sha256, bytes, frames, events, root, sealedAt, program } = facts;
  const subject = [{ name: `${session}.steno`, digest: { sha256 } }];
  return statementBytes(statementOf(subject, sealPredicateType, { session, bytes, frames, events, root, sealedAt, program }));
}
