/** What clients can present at this moment, as the main thread told it last. */
import type { AuthenticatedActor } from "../model/actor.ts";
import type { ClientCredential } from "../model/client-credential.ts";
import type { UnixMicros } from "../model/value.ts";

/** Who a client is that was let in by a credential or a token. */
export interface ProvenIdentity {
  readonly actor: AuthenticatedActor;
  readonly credential: { readonly id: string; readonly user: string };
  readonly until: UnixMicros | null;
}

/** For whoever presents what is over, where nothing more is known of why. */
const over = "Your sign-in at Stenograph has ended. Sign in again and use the new credential.";
const revoked = "The credential was revoked at Stenograph. Get a new one there.";

/** So many ended identities of tokens are remembered; a token's sign-in lasts a minute at most. */
const mostEnded = 1000;

export class KnownCredentials {
  private readonly now: () => UnixMicros;
  private byUser = new Map<string, ClientCredential[]>();
  private byId = new Map<string, ClientCredential>();
  /** Credentials whose sessions were ended, with why. */
  private readonly ended = new Map<string, string>();

  constructor(now: () => UnixMicros) {
    this.now = now;
  }

  /** Takes these in place of all that were known. */
  replace(credentials: readonly ClientCredential[]): void {
    this.byUser = Map.groupBy(credentials, ({ user }) => user);
    this.byId = new Map(credentials.map((credential) => [credential.id, credential]));
  }

  /** The credential that `user` presents to a connection, good or ended; `null` where there is none. A good one comes first. */
  find(user: string, connection: string): ClientCredential | null {
    const usable = (this.byUser.get(user) ?? []).filter(({ connections }) => connections === null || connections.includes(connection));
    return usable.find((credential) => this.whyEnded(credential) === null) ?? usable[0] ?? null;
  }

  /** Why a credential lets nobody in; `null` where it is good. */
  whyEnded({ ended, until }: Pick<ClientCredential, "ended" | "until">): string | null {
    return ended ?? (this.isPast(until) ? over : null);
  }

  /** The sessions of these have been ended, and nobody who is signing in with them may go on. */
  end(credentials: readonly string[], message: string): void {
    for (const id of credentials) {
      this.ended.delete(id);
      this.ended.set(id, message);
    }
    for (const id of this.ended.keys()) {
      if (this.ended.size <= mostEnded) return;
      this.ended.delete(id);
    }
  }

  /** Why an identity that was proven a moment ago is over by now; `null` where it holds. */
  whyOver({ credential: { id }, until }: ProvenIdentity): string | null {
    const known = this.byId.get(id);
    if (known !== undefined) return this.whyEnded(known);
    const why = this.ended.get(id) ?? (this.isPast(until) ? over : null);
    // What was minted is in the list as long as it is good.
    return why ?? (isToken(id) ? null : revoked);
  }

  private isPast(until: UnixMicros | null): boolean {
    return until !== null && this.now() >= until;
  }
}

/** Ids of tokens' identities begin with it; those of credentials never do. */
export const tokenPrefix = "token:";

function isToken(id: string): boolean {
  return id.startsWith(tokenPrefix);
}
