/** Whom a connection with a mapped account lets in: by its own user name and password, or by what was made for who is signed in. */
import type { AuthenticatedActor } from "../model/actor.ts";
import type { PasswordVerifiers, TokenVerdict } from "../model/client-credential.ts";
import type { Connection, ConnectionSecrets } from "../model/connection.ts";
import { verifiersOf } from "../protocol/auth/password-verifiers.ts";
import type { VerifyToken } from "./dialogue.ts";
import type { KnownCredentials, ProvenIdentity } from "./known-credentials.ts";

/** Somebody who goes by the user name that a client presented. */
export interface Candidate {
  readonly verifiers: PasswordVerifiers;
  /** Who it is if it knows the password; `null` where clients are not told apart. */
  readonly identity: ProvenIdentity | null;
  /** Why it is not let in though it knows it, in a sentence; `null` where it is. */
  readonly ended: string | null;
}

export interface ClientGate {
  /** `null` where nobody goes by that name. */
  candidate(user: string): Candidate | null;
  /** Whom a token vouches for; `null` where this connection takes no tokens. */
  readonly verifyToken: VerifyToken | null;
  /** Why an identity that was proven before is over by now; `null` where it holds. */
  whyOver(identity: ProvenIdentity): string | null;
  /** What to do, for the message to who is not let in; it is the same for everybody. */
  readonly advice: string | null;
  /** Whether a person may have chosen the password, so that it has to be kept from who tries many. */
  readonly guessable: boolean;
}

/** The gate of a connection whose clients all present its own credential. Where none was set, nobody is let in. */
export function ownGate({ clientUser }: Connection, { clientPassword }: ConnectionSecrets): ClientGate {
  const own: Candidate | null =
    clientUser === null || !clientPassword ? null : { verifiers: verifiersOf(clientPassword), identity: null, ended: null };
  return {
    candidate: (user) => (user === clientUser ? own : null),
    verifyToken: null,
    whyOver: () => null,
    advice: null,
    guessable: true,
  };
}

/** The gate of a connection whose clients present credentials that were made here, or tokens. */
export function identityGate(
  connection: Connection,
  known: KnownCredentials,
  verifyToken: (connection: string, token: Buffer) => Promise<TokenVerdict>,
): ClientGate {
  return {
    candidate: (user) => {
      const found = known.find(user, connection.id);
      if (found === null) return null;
      const { id, actor, verifiers, until } = found;
      return { verifiers, identity: { actor, credential: { id, user }, until }, ended: known.whyEnded(found) };
    },
    verifyToken: (token) => verifyToken(connection.id, token),
    whyOver: (identity) => known.whyOver(identity),
    advice: "This connection takes credentials that Stenograph makes for who has signed in there: get one in its window.",
    guessable: false,
  };
}

/** The same gate for a session that is somebody's: nobody else goes by any name. */
export function gateWithin(gate: ClientGate, { actor }: ProvenIdentity): ClientGate {
  const advice = "Who runs a session cannot change within it: for another identity, open a new connection.";
  const { verifyToken } = gate;
  const verified = async (token: Buffer, verify: VerifyToken): Promise<TokenVerdict> => {
    const verdict = await verify(token);
    return verdict.ok && !isSame(verdict.actor, actor) ? { ok: false, wrong: true, message: advice } : verdict;
  };
  return {
    candidate: (user) => {
      const candidate = gate.candidate(user);
      return candidate?.identity && isSame(candidate.identity.actor, actor) ? candidate : null;
    },
    verifyToken: verifyToken && ((token) => verified(token, verifyToken)),
    whyOver: (identity) => gate.whyOver(identity),
    advice,
    guessable: gate.guessable,
  };
}

function isSame(one: AuthenticatedActor, other: AuthenticatedActor): boolean {
  return one.kind === other.kind && one.issuer === other.issuer && one.subject === other.subject;
}
