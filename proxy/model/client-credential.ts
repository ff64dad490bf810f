import type { AuthenticatedActor } from "./actor.ts";
import type { UnixMicros } from "./value.ts";

/**
 * What tells a right password from a wrong one, and is of no use to sign in with: SHA1(SHA1(password)) for
 * mysql_native_password and SHA256(SHA256(password)) for caching_sha2_password, both in base64.
 */
export interface PasswordVerifiers {
  readonly sha1: string;
  readonly sha256: string;
}

/** A credential that was made here for a person who is signed in, or for a machine, as the relay knows it. */
export interface ClientCredential {
  readonly id: string;
  /** User name that clients present. */
  readonly user: string;
  readonly verifiers: PasswordVerifiers;
  readonly actor: AuthenticatedActor;
  /** Ids of the connections that it may use; `null` for all. */
  readonly connections: readonly string[] | null;
  /** `null`: until it is revoked. */
  readonly until: UnixMicros | null;
  /** Why it lets nobody in any more and what to do, for whoever presents it; `null` while it is good. */
  readonly ended: string | null;
}

/** What came of a token that a client presented as its password. */
export type TokenVerdict =
  | {
      readonly ok: true;
      readonly actor: AuthenticatedActor;
      /** Id under which the sessions of this identity are ended. */
      readonly credential: string;
      readonly until: UnixMicros | null;
    }
  /** `wrong`: the token itself is at fault, and not e.g. a provider that does not answer. `message` is for the client. */
  | { readonly ok: false; readonly wrong: boolean; readonly message: string };

/** A client that a connection turned away because of who it said it is. */
export interface RefusedClient {
  readonly at: UnixMicros;
  /** Name of the connection. */
  readonly connection: string;
  /** User name that it presented; `null` where it presented none. */
  readonly user: string | null;
  /** Where it came from. */
  readonly client: string;
  readonly cause: "sign-in-failed" | "identity-ended";
  readonly message: string;
  /** The recording that says so. */
  readonly session: string;
}
