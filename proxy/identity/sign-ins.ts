import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { PersonActor } from "../model/actor.ts";
import { FailureError, failureOf } from "../model/failure.ts";
import type { UnixMicros } from "../model/value.ts";
import type { AnswerPlace } from "./answers/answer-place.ts";
import { begunByProgram, loopbackPlace } from "./answers/loopback-listener.ts";
import { IdentityKey } from "./identity-key.ts";
import type { IdentitySettings, ProviderSettings } from "./identity-settings.ts";
import { signInByCode } from "./oidc/authorization-code.ts";
import { RunningSignIn } from "./running-sign-in.ts";
import { signInBySaml } from "./saml/sign-in-by-saml.ts";
import type { SeenSignIn, SignIn, SignInEnd, SignInRequest, Vouched } from "./sign-in.ts";
import { keepSignIn, signInRecordPath } from "./sign-in-record.ts";
import { SigningKeys } from "./signing-keys.ts";

/** What the access log is told of; no secret is in it. */
export type SignInEvent =
  | { readonly kind: "signed-in"; readonly actor: PersonActor }
  | { readonly kind: "sign-in-failed"; readonly actor: null; readonly code: string; readonly message: string }
  | { readonly kind: "sign-in-answer-refused"; readonly actor: null; readonly message: string }
  | ({ readonly kind: "sign-in-ended"; readonly actor: PersonActor } & SignInEnd);

export interface SignInsOptions {
  readonly dataDirectory: string;
  /** As they are now. After a change of them `settingsChanged` is to be called. */
  readonly settings: () => IdentitySettings;
  readonly log: (event: SignInEvent) => void;
}

export interface BeginOptions {
  /** Shows the person the provider's page; `until`: how long their answer is waited for. */
  open(url: string, until: UnixMicros): void | Promise<void>;
  /** They must prove again who they are, whatever the provider remembers of them. */
  readonly fresh?: boolean;
  readonly signal?: AbortSignal;
  /** Where the provider's answer comes to; unless told, to a listener of its own, whoever brings it. */
  readonly answers?: AnswerPlace;
}

export type Unsubscribe = () => void;

/** The people who are signed in now. Their keys and tokens are in memory only, and gone when a sign-in ends. */
export class SignIns {
  /** For signing what is recorded under a sign-in. */
  readonly keys = new SigningKeys();
  readonly #options: SignInsOptions;
  readonly #running = new Map<string, RunningSignIn>();
  readonly #changeListeners = new Set<(signIn: SignIn) => void>();
  readonly #endListeners = new Set<(signIn: SignIn, end: SignInEnd) => void>();
  readonly #closing = new AbortController();
  #provider: ProviderSettings | null;

  constructor(options: SignInsOptions) {
    this.#options = options;
    this.#provider = options.settings().provider;
  }

  /** Signs a person in at the provider. Rejects with a `FailureError`; the access log has been told then. */
  begin({ open, fresh = false, signal, answers = loopbackPlace(begunByProgram) }: BeginOptions): Promise<SignIn> {
    return this.signIn((provider, key) => {
      const request: SignInRequest = {
        key,
        open,
        fresh,
        answers,
        turnedAway: (message) => this.#options.log({ kind: "sign-in-answer-refused", actor: null, message }),
        signal: signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal]),
      };
      return vouch(provider, request);
    });
  }

  /** The same in another way: `vouch` asks the provider. */
  async signIn(vouch: (provider: ProviderSettings, key: IdentityKey) => Promise<Vouched>): Promise<SignIn> {
    const key = new IdentityKey();
    try {
      const { provider } = this.#options.settings();
      if (provider === null) throw new FailureError("no-provider", "No identity provider is set up here, so nobody can sign in.");
      const vouched = await vouch(provider, key);
      return await this.#start(key, vouched, provider);
    } catch (thrown) {
      key.wipe();
      this.#options.log({ kind: "sign-in-failed", actor: null, ...failureOf(thrown) });
      throw thrown;
    }
  }

  /** `null` where it has ended, or never was. */
  get(id: string): SignIn | null {
    return this.#running.get(id)?.current ?? null;
  }

  /** All that go on, the oldest first. */
  list(): readonly SeenSignIn[] {
    return [...this.#running.values()].flatMap(({ current: signIn, seenAt }) => (signIn === null ? [] : [{ signIn, seenAt }]));
  }

  /** The person has a page open, or has just closed the last one. Who has had none for 12 hours is signed out. */
  seen(id: string, isThere: boolean): void {
    this.#running.get(id)?.seen(isThere);
  }

  /** Hears of each change of a sign-in that goes on: it was renewed, or groups or roles changed. */
  onChange(listener: (signIn: SignIn) => void): Unsubscribe {
    this.#changeListeners.add(listener);
    return () => void this.#changeListeners.delete(listener);
  }

  /** Hears of each end, before anybody can sign in again. */
  onEnd(listener: (signIn: SignIn, end: SignInEnd) => void): Unsubscribe {
    this.#endListeners.add(listener);
    return () => void this.#endListeners.delete(listener);
  }

  /** Its person signs out: ends it as `end` does. */
  signOut(id: string): Promise<void> {
    return this.end(id, { cause: "signed-out", message: "You signed out." });
  }

  /** Ends a sign-in at once, then tells the provider as far as it answers; never rejects. */
  async end(id: string, end: SignInEnd): Promise<void> {
    const running = this.#running.get(id);
    if (running === undefined) return;
    running.end(end);
    // Here it is over in any case; at the provider it ends by itself.
    await running.forget().catch(() => undefined);
  }

  /** Roles follow the settings at once; who was vouched for by another provider is signed out. */
  settingsChanged(): void {
    const { provider } = this.#options.settings();
    const other = !isDeepStrictEqual(provider, this.#provider);
    this.#provider = provider;
    const message = "Your sign-in has ended, because the identity settings were changed. Sign in again.";
    for (const running of [...this.#running.values()]) {
      if (other) running.end({ cause: "refused", message });
      else running.refreshRoles();
    }
  }

  /** Ends all, and what is under way. */
  close(): void {
    this.#closing.abort();
    for (const running of [...this.#running.values()]) running.end({ cause: "closed", message: "Stenograph was ended." });
  }

  async #start(key: IdentityKey, vouched: Vouched, provider: ProviderSettings): Promise<SignIn> {
    const { dataDirectory, settings, log } = this.#options;
    const id = randomUUID();
    const since = Date.now() * 1000;
    const { via, issuer, subject, keyBound, evidence } = vouched;
    const { clientInstance } = key;
    const record = {
      format: "stenograph-sign-in",
      version: 1,
      id,
      at: since,
      via,
      issuer,
      subject,
      clientInstance,
      keyBound,
      evidence,
    } as const;
    await keepSignIn(dataDirectory, record);
    this.#refuseLate(provider);
    const running = new RunningSignIn({
      id,
      key,
      vouched,
      since,
      keyBinding: keyBound ? signInRecordPath(dataDirectory, id) : null,
      roles: () => settings().roles,
      changed: (signIn) => this.#tell(this.#changeListeners, (listener) => listener(signIn)),
      ended: (signIn, end) => this.#ended(signIn, end),
      unseen: () => void this.end(id, { cause: "unseen", message: unseenMessage }),
    });
    this.#running.set(id, running);
    this.keys.add(id, { key, bound: keyBound });
    const { current } = running;
    if (current === null)
      throw new FailureError("token-refused", "The provider's answer was over when it came. Check this computer's clock.");
    log({ kind: "signed-in", actor: current.actor });
    return current;
  }

  /** A person may take minutes at the provider; meanwhile the program may end, or trust another one. */
  #refuseLate(provider: ProviderSettings): void {
    if (this.#closing.signal.aborted) throw new FailureError("sign-in-cancelled", "The sign-in was cancelled.");
    if (isDeepStrictEqual(provider, this.#options.settings().provider)) return;
    throw new FailureError("sign-in-cancelled", "The identity settings were changed meanwhile. Sign in again.");
  }

  #ended(signIn: SignIn, end: SignInEnd): void {
    this.#running.delete(signIn.id);
    this.#options.log({ kind: "sign-in-ended", actor: signIn.actor, ...end });
    try {
      this.#tell(this.#endListeners, (listener) => listener(signIn, end));
    } finally {
      this.keys.end(signIn.id);
    }
  }

  #tell<T>(listeners: ReadonlySet<T>, tell: (listener: T) => void): void {
    for (const listener of [...listeners]) tell(listener);
  }
}

const unseenMessage = "Your sign-in has ended, because no page of yours was open for 12 hours. Sign in again.";

function vouch(provider: ProviderSettings, request: SignInRequest): Promise<Vouched> {
  switch (provider.kind) {
    case "oidc":
      return signInByCode(provider, request);
    case "saml":
      return signInBySaml(provider, request);
  }
}
