import type { AnswerPlace } from "../../identity/answers/answer-place.ts";
import { type IdentitySettings, type ProviderSettings, providerName } from "../../identity/identity-settings.ts";
import type { SignIn } from "../../identity/sign-in.ts";
import type { SignIns } from "../../identity/sign-ins.ts";
import type { Actor } from "../../model/actor.ts";
import { FailureError, failureOf } from "../../model/failure.ts";
import { allSessions, type ReadScope } from "../../model/read-scope.ts";
import { type Role, roles } from "../../model/role.ts";
import type { UnixMicros } from "../../model/value.ts";
import { type BegunSignIn, type Caller, scopeOf } from "../caller.ts";
import type { IdentityState } from "../contract.ts";
import type { Unsubscribe } from "../listeners.ts";

export interface PersonCallerOptions {
  readonly settings: { readonly value: IdentitySettings; onChange(listener: () => void): Unsubscribe };
  readonly signIns: Pick<SignIns, "begin" | "get" | "onChange" | "onEnd" | "seen" | "signOut">;
  /** Who they are where nobody signs in. */
  readonly osUser: Actor;
  /** Opens the provider's page in the system's browser; `null` where the user interface does it. Rejects where that failed. */
  readonly openPage: ((url: string) => Promise<void>) | null;
  /** Where the provider's answers to their sign-ins come to. */
  readonly answers: AnswerPlace;
}

/** A sign-in that is under way; `page` is `null` until the provider was asked for it. */
interface Attempt {
  readonly controller: AbortController;
  page: { readonly url: string; readonly until: UnixMicros } | null;
}

/** Somebody at a user interface: signed out, on the way, or signed in. What has no provider to ask is open to everybody. */
export class PersonCaller implements Caller {
  readonly #options: PersonCallerOptions;
  readonly #listeners = new Set<() => void>();
  readonly #unsubscribe: readonly Unsubscribe[];
  #signInId: string | null = null;
  /** How many of their pages are open. */
  #pages = 0;
  #attempt: Attempt | null = null;
  /** Why the last sign-in failed or ended. */
  #message: string | null = null;

  constructor(options: PersonCallerOptions) {
    const { settings, signIns } = options;
    this.#options = options;
    this.#unsubscribe = [
      settings.onChange(() => this.#announce()),
      signIns.onChange(({ id }) => {
        if (id === this.#signInId) this.#announce();
      }),
      signIns.onEnd(({ id }, { cause, message }) => {
        if (id !== this.#signInId) return;
        this.#signInId = null;
        this.#message = cause === "signed-out" ? null : message;
        this.#announce();
      }),
    ];
  }

  state(): IdentityState {
    const named = this.#provider;
    if (named === null) return { state: "not-needed", actor: this.#options.osUser };
    const provider = providerName(named);
    const signIn = this.signIn();
    if (signIn !== null) {
      const { actor, claims, since, until } = signIn;
      return {
        state: "signed-in",
        provider,
        actor: actor,
        roles: signIn.roles,
        claims,
        since,
        until,
      };
    }
    const page = this.#attempt?.page ?? null;
    return page === null ? { state: "signed-out", provider, message: this.#message } : { state: "signing-in", provider, ...page };
  }

  signIn(): SignIn | null {
    return this.#signInId === null || this.#provider === null ? null : this.#options.signIns.get(this.#signInId);
  }

  actor(): Actor {
    return this.signIn()?.actor ?? this.#options.osUser;
  }

  roles(): readonly Role[] {
    return this.#provider === null ? roles : (this.signIn()?.roles ?? []);
  }

  scope(): ReadScope {
    if (this.#provider === null) return allSessions;
    const signIn = this.signIn();
    return signIn === null ? { kind: "none" } : scopeOf(signIn.roles, signIn.actor);
  }

  onChange(listener: () => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  begin(): Promise<BegunSignIn> {
    if (this.signIn() !== null) return Promise.reject(new FailureError("signed-in", "You are signed in already. Sign out first."));
    this.cancel();
    const attempt: Attempt = { controller: new AbortController(), page: null };
    this.#attempt = attempt;
    this.#message = null;
    const begun = Promise.withResolvers<BegunSignIn>();
    const open = async (url: string, until: UnixMicros): Promise<void> => {
      attempt.page = { url, until };
      this.#announce();
      begun.resolve({ url, opened: await this.#openPage(url) });
    };
    this.#options.signIns.begin({ open, signal: attempt.controller.signal, answers: this.#options.answers }).then(
      (signIn) => this.#succeeded(attempt, signIn),
      (thrown: unknown) => {
        this.#failed(attempt, thrown);
        begun.reject(thrown);
      },
    );
    return begun.promise;
  }

  cancel(): void {
    const attempt = this.#attempt;
    if (attempt === null) return;
    this.#attempt = null;
    attempt.controller.abort();
    this.#announce();
  }

  /** A page of theirs was opened; gives what tells that it was closed. */
  pageOpened(): () => void {
    this.#pages += 1;
    this.#seen();
    return () => {
      this.#pages -= 1;
      this.#seen();
    };
  }

  async signOut(): Promise<void> {
    this.cancel();
    this.#message = null;
    if (this.#signInId !== null) await this.#options.signIns.signOut(this.#signInId);
  }

  /** Ends what they have begun: they are gone for good. */
  async close(): Promise<void> {
    await this.signOut();
    for (const end of this.#unsubscribe) end();
  }

  get #provider(): ProviderSettings | null {
    return this.#options.settings.value.provider;
  }

  async #openPage(url: string): Promise<boolean> {
    if (this.#options.openPage === null) return false;
    return this.#options.openPage(url).then(
      () => true,
      // The user interface has the address, and shows it.
      () => false,
    );
  }

  #succeeded(attempt: Attempt, signIn: SignIn): void {
    if (this.#attempt !== attempt) {
      // It was given up in the very moment in which it came.
      void this.#options.signIns.signOut(signIn.id);
      return;
    }
    this.#attempt = null;
    this.#message = null;
    this.#signInId = signIn.id;
    this.#seen();
    this.#announce();
  }

  #failed(attempt: Attempt, thrown: unknown): void {
    if (this.#attempt !== attempt) return;
    this.#attempt = null;
    this.#message = failureOf(thrown).message;
    this.#announce();
  }

  #seen(): void {
    if (this.#signInId !== null) this.#options.signIns.seen(this.#signInId, this.#pages > 0);
  }

  #announce(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
