/** Where a person's browser brings a provider's answer. */
import type { IncomingMessage } from "node:http";
import type { RedirectPage } from "./redirect-page.ts";

/** What a request turned out to be: the answer, something else, or (`turnedAway`) an answer to something else. */
export type Taken<T> =
  | { readonly answer: T }
  | { readonly refused: number; readonly message: string }
  | { readonly turnedAway: number; readonly message: string };

/** What a sign-in waits for. */
export interface ExpectedAnswer<T> {
  /** Of the address that the answer comes to. */
  readonly path: string;
  /** On 127.0.0.1, where the provider knows one; 0 leaves it to the place. */
  readonly port: number;
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** Hears of each answer that was turned away. */
  readonly turnedAway: (message: string) => void;
  /** Looks at a request of the person. May reject where its sender goes away. */
  readonly take: (request: IncomingMessage) => Promise<Taken<T>>;
}

/** The provider's answer, whose sender is held until the person can be told how the sign-in ended. */
export interface ArrivedAnswer<T> {
  readonly answer: T;
  tell(page: RedirectPage): void;
}

/** A place that waits for the answer to one sign-in. */
export interface OpenPlace<T> {
  /** The address, as the provider has to be told it. */
  readonly address: string;
  /** Rejects with a `FailureError`: `sign-in-timeout`, `sign-in-cancelled`, or `sign-in-refused` where others only tried. */
  answer(): Promise<ArrivedAnswer<T>>;
  close(): void;
}

/**
 * Where the answers to somebody's sign-ins come to. Whoever begins a sign-in can have another person finish it, whose identity they
 * would get then (RFC 9700, 4.5 and 4.7): so a place takes an answer from who began alone, as far as it can tell.
 */
export interface AnswerPlace {
  /** Rejects with a `FailureError` (`cannot-listen`) where it cannot be there. */
  open<T>(expected: ExpectedAnswer<T>): Promise<OpenPlace<T>>;
}

/**
 * Who brings an answer; `untold` where a browser has not said yet, because another site's page sent it; `unsure` where nobody can tell,
 * so that the person is asked.
 */
export type Sender = "person" | "other" | "untold" | "unsure";
