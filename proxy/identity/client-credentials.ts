import { randomUUID } from "node:crypto";
import type { ClientCredential } from "../model/client-credential.ts";
import { FailureError } from "../model/failure.ts";
import type { UnixMicros } from "../model/value.ts";
import { verifiersOf } from "../protocol/auth/password-verifiers.ts";
import { Alarm } from "./alarm.ts";
import { newSecret, userNameFor } from "./made-credential.ts";
import type { SessionEnds } from "./session-ends.ts";
import type { SignIn } from "./sign-in.ts";

/** What is told of a minted credential; its password was told once. */
export interface MintedCredential {
  readonly id: string;
  /** Id of the connection that it is for. */
  readonly connection: string;
  readonly user: string;
  readonly mintedAt: UnixMicros;
  readonly until: UnixMicros | null;
}

export interface ClientCredentialsOptions {
  /** Hears all that clients may present, after each change. */
  readonly changed: (credentials: readonly ClientCredential[]) => void;
  readonly sessions: SessionEnds;
}

/** A credential of somebody who is signed in, and what it is to the relay. */
interface Held {
  readonly signIn: string;
  readonly connection: string;
  readonly mintedAt: UnixMicros;
  readonly credential: ClientCredential;
}

/** So many that are over are kept, so that whoever presents one is told why. */
const mostEnded = 1000;

const replacedMessage = "This credential was replaced by a newer one. Use that one, or make another in Stenograph's window.";
const revokedMessage = "This credential was revoked in Stenograph. Make another one in its window.";
const machineGoneMessage = "This machine identity was removed from Stenograph. Ask an administrator to register it again.";

/**
 * What clients may present: credentials minted for people, as long as they are signed in, and those of machines. Of the passwords
 * only verifiers are kept, in memory.
 */
export class ClientCredentials {
  readonly #options: ClientCredentialsOptions;
  readonly #minted = new Map<string, Held>();
  readonly #endedSignIns = new Set<string>();
  readonly #alarm = new Alarm();
  #machines: ReadonlyMap<string, ClientCredential> = new Map();

  constructor(options: ClientCredentialsOptions) {
    this.#options = options;
  }

  /**
   * Makes a person's credential for a connection, in place of one that they had. The password is nowhere but in the answer. Throws a
   * `FailureError` (`signed-out`) where the sign-in has ended meanwhile.
   */
  mint(signIn: SignIn, connection: string): { readonly credential: MintedCredential; readonly password: string } {
    if (this.#endedSignIns.has(signIn.id)) throw new FailureError("signed-out", "Your sign-in has ended meanwhile. Sign in again.");
    for (const { credential } of this.#goodOf(signIn.id, connection)) this.#end(credential.id, replacedMessage);
    const password = newSecret();
    const { actor, until } = signIn;
    const user = userNameFor(actor.email?.split("@")[0] ?? actor.name, "person");
    const credential = { id: randomUUID(), user, verifiers: verifiersOf(password), actor, connections: [connection], until, ended: null };
    const held: Held = { signIn: signIn.id, connection, mintedAt: Date.now() * 1000, credential };
    this.#minted.set(credential.id, held);
    this.#announce();
    return { credential: listed(held), password };
  }

  /** The good credentials of a sign-in. */
  list(signInId: string): readonly MintedCredential[] {
    return this.#goodOf(signInId).map(listed);
  }

  /** Ends one credential of a sign-in, and its sessions, at once. Throws a `FailureError` (`not-found`) where it has none of that id. */
  revoke(signInId: string, id: string): MintedCredential {
    const held = this.#goodOf(signInId).find(({ credential }) => credential.id === id);
    if (held === undefined) throw new FailureError("not-found", "There is no such credential: it has ended, or is somebody else's.");
    this.#end(id, revokedMessage);
    this.#announce();
    this.#options.sessions.revoked([id], revokedMessage);
    return listed(held);
  }

  /** The sign-in was renewed: its credentials go on with it. A session goes on as the actor that it began as. */
  signInChanged(signIn: SignIn): void {
    for (const held of this.#goodOf(signIn.id)) {
      const { actor, until } = signIn;
      this.#minted.set(held.credential.id, { ...held, credential: { ...held.credential, actor, until } });
    }
    this.#announce();
  }

  /** The sign-in is over, and so is what was minted for it. `message` is for whoever presents it, and says what to do. */
  signInEnded(signInId: string, message: string): void {
    this.#endedSignIns.add(signInId);
    this.endAllOf(signInId, message);
  }

  /** What was minted for a sign-in is over; others can be minted for it. */
  endAllOf(signInId: string, message: string): void {
    const all = [...this.#minted.values()].filter(({ signIn }) => signIn === signInId).map(({ credential }) => credential.id);
    for (const { credential } of this.#goodOf(signInId)) this.#end(credential.id, message);
    this.#announce();
    // Of those that were replaced there may be sessions too.
    this.#options.sessions.identityEnded(all, message);
  }

  /** Takes these as all machines' credentials. Sessions end of those that are over or gone. */
  setMachines(credentials: readonly ClientCredential[]): void {
    const before = this.#machines;
    this.#machines = new Map(credentials.map((credential) => [credential.id, credential]));
    this.#announce();
    for (const { id, ended } of before.values()) {
      if (ended !== null) continue;
      const now = this.#machines.get(id);
      const why = now === undefined ? machineGoneMessage : now.ended;
      if (why !== null) this.#machineEnded(id, why, now?.until ?? null);
    }
  }

  close(): void {
    this.#alarm.clear();
  }

  /** Time ends an identity as a sign-in's end does; a person who takes it back wants it to be over. */
  #machineEnded(id: string, message: string, until: UnixMicros | null): void {
    if (isPast(until)) this.#options.sessions.identityEnded([id], message);
    else this.#options.sessions.revoked([id], message);
  }

  #goodOf(signInId: string, connection: string | null = null): Held[] {
    return [...this.#minted.values()].filter(
      (held) => held.signIn === signInId && held.credential.ended === null && (connection === null || held.connection === connection),
    );
  }

  #end(id: string, message: string): void {
    const held = this.#minted.get(id);
    if (held !== undefined) this.#minted.set(id, { ...held, credential: { ...held.credential, ended: message } });
  }

  #announce(): void {
    this.#forgetOldest();
    const minted = [...this.#minted.values()].map(({ credential }) => credential);
    this.#options.changed([...this.#machines.values(), ...minted]);
    const next = Math.min(...[...this.#machines.values()].map(({ ended, until }) => (ended === null ? (until ?? Infinity) : Infinity)));
    if (next === Number.POSITIVE_INFINITY) this.#alarm.clear();
    else this.#alarm.set(next / 1000, () => this.#machinesExpired());
  }

  /** The relay lets an expired machine in no more by itself; its open sessions are to end too. */
  #machinesExpired(): void {
    const expired = (credential: ClientCredential): ClientCredential =>
      credential.ended === null && isPast(credential.until) ? { ...credential, ended: expiredMessage(credential) } : credential;
    this.setMachines([...this.#machines.values()].map(expired));
  }

  #forgetOldest(): void {
    const over = [...this.#minted.values()].filter(({ credential }) => credential.ended !== null);
    for (const { credential } of over.slice(0, Math.max(over.length - mostEnded, 0))) this.#minted.delete(credential.id);
    for (const id of this.#endedSignIns) {
      if (this.#endedSignIns.size <= mostEnded) return;
      this.#endedSignIns.delete(id);
    }
  }
}

function listed({ connection, mintedAt, credential: { id, user, until } }: Held): MintedCredential {
  return { id, connection, user, mintedAt, until };
}

function expiredMessage({ actor }: ClientCredential): string {
  return `The machine identity “${actor.name}” has expired at Stenograph. Ask an administrator to register it anew.`;
}

function isPast(until: UnixMicros | null): boolean {
  return until !== null && Date.now() * 1000 >= until;
}
