import { createHash } from "node:crypto";
import type { TokenVerdict } from "../model/client-credential.ts";
import { FailureError } from "../model/failure.ts";
import type { UnixMicros } from "../model/value.ts";
import { Alarm } from "./alarm.ts";
import type { VerifiedToken } from "./oidc/token-verifier.ts";
import type { SessionEnds } from "./session-ends.ts";

const expiredMessage = "The token that this session was opened with has expired. Get a new one and connect again.";

/** Identities that clients proved by a token in place of a password; their sessions end with the token. */
export class TokenPasswords {
  readonly #sessions: SessionEnds;
  /** Until when each of them holds. */
  readonly #until = new Map<string, UnixMicros>();
  /** Each one's provider and subject. */
  readonly #whose = new Map<string, string>();
  readonly #alarm = new Alarm();

  constructor(sessions: SessionEnds) {
    this.#sessions = sessions;
  }

  /** What to answer for a token that is being verified; it has no part of the token in it. */
  async verdictOn(verified: Promise<VerifiedToken>): Promise<TokenVerdict> {
    try {
      const { actor, until } = await verified;
      const whose = subjectKey(actor.issuer ?? "", actor.subject);
      const credential = `token:${createHash("sha256").update(`${whose} ${until}`).digest("base64url")}`;
      this.#until.set(credential, until);
      this.#whose.set(credential, whose);
      this.#setAlarm();
      return { ok: true, actor, credential, until };
    } catch (thrown) {
      if (!(thrown instanceof FailureError)) throw thrown;
      return { ok: false, wrong: thrown.code === "token-refused", message: thrown.message };
    }
  }

  /** A machine was taken back whose tokens have this subject: its sessions end at once. */
  revoked(issuer: string, subject: string, message: string): void {
    const whose = subjectKey(issuer, subject);
    const ids = [...this.#whose].filter(([, one]) => one === whose).map(([id]) => id);
    this.#forget(ids);
    this.#sessions.revoked(ids, message);
  }

  close(): void {
    this.#alarm.clear();
  }

  #setAlarm(): void {
    if (this.#until.size === 0) this.#alarm.clear();
    else this.#alarm.set(Math.min(...this.#until.values()) / 1000, () => this.#expire());
  }

  #expire(): void {
    const now = Date.now() * 1000;
    const ids = [...this.#until].filter(([, until]) => until <= now).map(([id]) => id);
    this.#forget(ids);
    this.#sessions.identityEnded(ids, expiredMessage);
  }

  #forget(ids: readonly string[]): void {
    for (const id of ids) {
      this.#until.delete(id);
      this.#whose.delete(id);
    }
    this.#setAlarm();
  }
}

function subjectKey(issuer: string, subject: string): string {
  return JSON.stringify([issuer, subject]);
}
