import { createHash } from "node:crypto";
import type { AuthenticatedActor } from "../model/actor.ts";
import type { TokenVerdict } from "../model/client-credential.ts";
import { FailureError } from "../model/failure.ts";
import type { UnixMicros } from "../model/value.ts";
import { Alarm } from "./alarm.ts";
import type { VerifiedToken } from "./oidc/token-verifier.ts";
import type { SessionEnds } from "./session-ends.ts";

const expiredMessage = "The token that this session was opened with has expired. Get a new one and connect again.";

/** Why somebody whom a token vouches for may not run sessions now, as a sentence; `null` where they may. */
export type TokenRefusal = (actor: AuthenticatedActor) => string | null;

/** An identity that was proven, and until when it holds. */
interface Proven {
  readonly actor: AuthenticatedActor;
  readonly until: UnixMicros;
}

/** Identities that clients proved by a token in place of a password; their sessions end with the token, or with their right to run any. */
export class TokenPasswords {
  readonly #sessions: SessionEnds;
  readonly #refusalOf: TokenRefusal;
  /** By the id under which their sessions end. */
  readonly #proven = new Map<string, Proven>();
  readonly #alarm = new Alarm();
  /** How often some were ended before their time: nobody gets an id again that is over. */
  #ends = 0;

  constructor(sessions: SessionEnds, refusalOf: TokenRefusal) {
    this.#sessions = sessions;
    this.#refusalOf = refusalOf;
  }

  /** What to answer for a token that is being verified; it has no part of the token in it. */
  async verdictOn(verified: Promise<VerifiedToken>): Promise<TokenVerdict> {
    try {
      const { actor, until } = await verified;
      const refusal = this.#refusalOf(actor);
      if (refusal !== null) return { ok: false, wrong: false, message: refusal };
      const id = JSON.stringify([actor.issuer, actor.subject, until, this.#ends]);
      const credential = `token:${createHash("sha256").update(id).digest("base64url")}`;
      this.#proven.set(credential, { actor, until });
      this.#setAlarm();
      return { ok: true, actor, credential, until };
    } catch (thrown) {
      if (!(thrown instanceof FailureError)) throw thrown;
      return { ok: false, wrong: thrown.code === "token-refused", message: thrown.message };
    }
  }

  /** A machine was taken back whose tokens have this subject: its sessions end at once. */
  revoked(issuer: string, subject: string, message: string): void {
    const ids = this.#idsOf(({ actor }) => actor.issuer === issuer && actor.subject === subject);
    this.#forget(ids);
    this.#sessions.revoked(ids, message);
  }

  /** Roles have changed: who may not run sessions any more has lost what their token was good for. */
  rolesChanged(): void {
    const refused = Map.groupBy(this.#proven, ([, { actor }]) => this.#refusalOf(actor));
    for (const [message, some] of refused)
      if (message !== null)
        this.#over(
          some.map(([id]) => id),
          message,
        );
  }

  /** Another provider is trusted now, or for something else: what was proven by then is over. */
  providerChanged(message: string): void {
    this.#over([...this.#proven.keys()], message);
  }

  close(): void {
    this.#alarm.clear();
  }

  #setAlarm(): void {
    if (this.#proven.size === 0) this.#alarm.clear();
    else this.#alarm.set(Math.min(...[...this.#proven.values()].map(({ until }) => until)) / 1000, () => this.#expire());
  }

  #expire(): void {
    const now = Date.now() * 1000;
    this.#over(
      this.#idsOf(({ until }) => until <= now),
      expiredMessage,
    );
  }

  #idsOf(isOne: (proven: Proven) => boolean): readonly string[] {
    return [...this.#proven].filter(([, proven]) => isOne(proven)).map(([id]) => id);
  }

  #over(ids: readonly string[], message: string): void {
    this.#forget(ids);
    this.#sessions.identityEnded(ids, message);
  }

  #forget(ids: readonly string[]): void {
    for (const id of ids) this.#proven.delete(id);
    if (ids.length > 0) this.#ends += 1;
    this.#setAlarm();
  }
}
