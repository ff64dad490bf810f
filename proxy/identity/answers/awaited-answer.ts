import type { IncomingMessage, ServerResponse } from "node:http";
import { FailureError } from "../../model/failure.ts";
import type { ArrivedAnswer, ExpectedAnswer } from "./answer-place.ts";
import { refusePage, sendPage } from "./redirect-page.ts";

/** Answers to something else that are turned away before the sign-in is given up. */
const wrongAnswerLimit = 10;

/** One answer that is waited for, for a limited time. What is no answer to this sign-in is turned away, and the sign-in waits on. */
export class AwaitedAnswer<T> {
  readonly #expected: Omit<ExpectedAnswer<T>, "path" | "port">;
  readonly #answer = Promise.withResolvers<ArrivedAnswer<T>>();
  #answered = false;
  #wrongAnswers = 0;

  constructor(expected: Omit<ExpectedAnswer<T>, "path" | "port">) {
    this.#expected = expected;
    // Whoever waits for the answer hears of a failure; before that nobody has to.
    this.#answer.promise.catch(() => undefined);
  }

  /** The answer. Rejects with a `FailureError`: `sign-in-timeout`, `sign-in-cancelled`, or `sign-in-refused` where others only tried. */
  async arrived(): Promise<ArrivedAnswer<T>> {
    const { limitMs, signal } = this.#expected;
    const tooLate = setTimeout(() => this.#answer.reject(timedOut(limitMs)), limitMs);
    const cancel = () => this.#answer.reject(cancelled());
    signal.addEventListener("abort", cancel, { once: true });
    if (signal.aborted) cancel();
    try {
      return await this.#answer.promise;
    } finally {
      clearTimeout(tooLate);
      signal.removeEventListener("abort", cancel);
    }
  }

  /** Looks at what the person's browser brought, and answers it: at once, or when the sign-in has ended. May reject where it goes away. */
  async offer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const taken = await this.#expected.take(request);
    if ("refused" in taken) return refusePage(response, taken.refused, taken.message);
    if (this.#answered) return refusePage(response, 410, "This sign-in was answered already. Go back to Stenograph.");
    if ("turnedAway" in taken) {
      this.#turnAway(taken.message);
      return refusePage(response, taken.turnedAway, `${taken.message} Begin again in Stenograph.`);
    }
    this.#answered = true;
    this.#answer.resolve({ answer: taken.answer, tell: (page) => sendPage(response, 200, page) });
  }

  #turnAway(message: string): void {
    this.#wrongAnswers += 1;
    this.#expected.turnedAway(message);
    if (this.#wrongAnswers >= wrongAnswerLimit) this.#answer.reject(new FailureError("sign-in-refused", tooManyWrong));
  }
}

/** Browsers say what a request is for: other sites' pages cannot ask unseen, e.g. to have the sign-in given up for wrong answers. */
export function isOpenedByPerson({ headers }: IncomingMessage): boolean {
  const purpose = headers["sec-fetch-dest"];
  return purpose === undefined || purpose === "document";
}

export const notOpenedByPerson = "The end of a sign-in is a page that a person's browser opens.";

export function cancelled(): FailureError {
  return new FailureError("sign-in-cancelled", "The sign-in was cancelled.");
}

function timedOut(limitMs: number): FailureError {
  const message = `The sign-in was not finished within ${Math.round(limitMs / 60_000)} minutes, and was given up. Begin again.`;
  return new FailureError("sign-in-timeout", message);
}

const tooManyWrong =
  "The sign-in was given up, because too many answers came that do not belong to it. Some page or program on this computer sends them. Try again.";
