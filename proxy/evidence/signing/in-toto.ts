/** in-toto attestations, Statement v1: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
import { canonicalBytes } from "../canonical/canonical.ts";

export const inTotoPayloadType = "application/vnd.in-toto+json";
export const inTotoStatementType = "https://in-toto.io/Statement/v1";

/** What a statement is about: a name, and the SHA-256 of its bytes in hex. */
export interface Subject {
  readonly name: string;
  readonly digest: { readonly sha256: string };
}

/** `predicate` says something of the subjects, in the way that `predicateType` names. */
export interface Statement<P> {
  readonly _type: typeof inTotoStatementType;
  readonly subject: readonly Subject[];
  readonly predicateType: string;
  readonly predicate: P;
}

export function statementOf<P>(subject: readonly Subject[], predicateType: string, predicate: P): Statement<P> {
  return { _type: inTotoStatementType, subject, predicateType, predicate };
}

/** The bytes that are signed: canonical JSON (RFC 8785), so that the same facts give the same bytes. */
export function statementBytes<P>(statement: Statement<P>): Buffer {
  return canonicalBytes(statement);
}
