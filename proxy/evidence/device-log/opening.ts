/** The statement with which an identity key signs that its session opened. */
import { type Statement, statementBytes, statementOf } from "../signing/in-toto.ts";
import type { FileHead, LoggedActor } from "./entry.ts";

export const openingPredicateType = "https://stenograph.dev/attestation/opening/v1";

/** What an entry `session-open` says, without the signature. */
export interface Opening extends FileHead {
  readonly session: string;
  readonly connection: string;
  readonly actor: LoggedActor;
}

/** Follows from the entry alone, so that whoever has the entry can check the signature in it. */
export function openingStatement({ session, connection, actor, bytes, sha256 }: Opening): Statement<Omit<Opening, "sha256">> {
  const subject = { name: `${session}.steno`, digest: { sha256 } };
  return statementOf([subject], openingPredicateType, { session, connection, actor, bytes });
}

/** The statement's bytes, which are signed in DSSE's encoding as an in-toto statement. */
export function openingBytes(opening: Opening): Buffer {
  return statementBytes(openingStatement(opening));
}
