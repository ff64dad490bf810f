import type { IncomingMessage, ServerResponse } from "node:http";
import type { AnswerPlace, ArrivedAnswer, ExpectedAnswer, OpenPlace, Sender } from "../identity/answers/answer-place.ts";
import { askAgain, isAskedAgain } from "../identity/answers/ask-again.ts";
import { AwaitedAnswer, isOpenedByPerson, notOpenedByPerson } from "../identity/answers/awaited-answer.ts";
import { type Begun, loopbackPlace } from "../identity/answers/loopback-listener.ts";
import { refusePage } from "../identity/answers/redirect-page.ts";

export interface SignInAnswersOptions {
  /** Of the browser host. */
  readonly port: number;
  /** The browser that a request comes from, by its cookie; `null` where it says none. */
  readonly browserOf: (request: IncomingMessage) => string | null;
  /** Hears of an answer that nobody waits for in the browser that brought it. */
  readonly refused: ((message: string) => void) | undefined;
}

/** Addresses that providers send browsers to. */
const paths: readonly string[] = ["/callback", "/saml/acs"];

/**
 * The ends of sign-ins, at the browser host's own address: so a tunnel to it is enough. Each browser has its own, and by its cookie: an
 * answer goes to the sign-in that began in the very browser that brings it, or to none.
 */
export class SignInAnswers {
  readonly #options: SignInAnswersOptions;
  /** By browser: a person goes through one sign-in at a time. */
  readonly #awaited = new Map<string, Pick<AwaitedAnswer<unknown>, "offer">>();

  constructor(options: SignInAnswersOptions) {
    this.#options = options;
  }

  /** Whether a request is for an address where sign-ins end. */
  isOne({ url = "" }: IncomingMessage): boolean {
    return paths.includes(url.split("?")[0] ?? "");
  }

  /** Where the answers to the sign-ins of `browser` come to, which knows this host as `origin`. */
  placeOf(browser: string, origin: string): AnswerPlace {
    return { open: (expected) => this.#open(browser, origin, expected) };
  }

  /** Answers a request for such an address; its `Host` is ours. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isOpenedByPerson(request)) return refusePage(response, 403, notOpenedByPerson);
    const browser = this.#options.browserOf(request);
    if (browser === null && !isAskedAgain(request)) return askAgain(request, response);
    const awaited = browser === null ? undefined : this.#awaited.get(browser);
    if (awaited !== undefined) return awaited.offer(request, response);
    this.#options.refused?.(otherBrowser);
    refusePage(response, 403, otherBrowser);
  }

  async #open<T>(browser: string, origin: string, expected: ExpectedAnswer<T>): Promise<OpenPlace<T>> {
    const { path, port } = expected;
    // A SAML provider may know one address only.
    if (port !== 0 && port !== this.#options.port) return loopbackPlace(this.#begunIn(browser)).open(expected);
    const awaited = new AwaitedAnswer(expected);
    this.#awaited.set(browser, awaited);
    return {
      address: `${origin}${path}`,
      answer: (): Promise<ArrivedAnswer<T>> => awaited.arrived(),
      close: () => {
        if (this.#awaited.get(browser) === awaited) this.#awaited.delete(browser);
      },
    };
  }

  /** Browsers send cookies to every port of a name. */
  #begunIn(browser: string): Begun {
    const senderOf = (request: IncomingMessage): Sender => {
      const sender = this.#options.browserOf(request);
      if (sender === null) return "untold";
      return sender === browser ? "person" : "other";
    };
    return { senderOf, otherMessage: otherBrowser };
  }
}

const otherBrowser =
  "Nobody was signed in: no sign-in in this browser waits for this answer. It was finished or given up, or it began in another browser, " +
  "whose person would have been signed in as you. Where it was you, begin again in Stenograph and finish in the same browser.";
