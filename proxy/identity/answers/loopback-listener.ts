import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { FailureError } from "../../model/failure.ts";
import type { AnswerPlace, ArrivedAnswer, ExpectedAnswer, OpenPlace, Sender } from "./answer-place.ts";
import { askAgain, isAskedAgain } from "./ask-again.ts";
import { PersonQuestion } from "./ask-person.ts";
import { AwaitedAnswer, isOpenedByPerson, notOpenedByPerson } from "./awaited-answer.ts";
import { peerAccount } from "./peer-account.ts";
import { refusePage } from "./redirect-page.ts";

/** Longest request line and headers, in bytes: a provider's answer is a short code, a state and an issuer, or in the body. */
const headerLimit = 16 * 1024;
/** How long a request may take to come in whole. */
const requestLimitMs = 5_000;

/** Who began a sign-in that a listener waits for. */
export interface Begun {
  /** Whether it is they who bring an answer. */
  readonly senderOf: (request: IncomingMessage) => Sender;
  /** What is said, and recorded, where it is not. */
  readonly otherMessage: string;
}

/**
 * The answer of another account of this machine is not taken. Other accounts can see the address that a browser is started with, and
 * what is in it; whoever it is sent to can sign in as themselves there. Where nobody tells whose a connection is (macOS, Windows), the
 * person is asked whether it was they who began. `account`: who began; `null` where that is not known.
 */
export function begunBy(account: number | null): Begun {
  const otherMessage =
    "An answer came from another account of this computer, and was turned away. Finish the sign-in in the browser in which it began.";
  const senderOf = ({ socket }: IncomingMessage): Sender => {
    const peer = peerAccount(socket);
    if (peer === null || account === null) return "unsure";
    return peer === account ? "person" : "other";
  };
  return { senderOf, otherMessage };
}

/** For a program that nobody could be led to: it opens what it began by itself. What is in the answer has to do. */
export const begunByProgram: Begun = { senderOf: () => "person", otherMessage: "" };

/** Each sign-in gets a listener of its own. */
export function loopbackPlace(begun: Begun): AnswerPlace {
  return { open: (expected) => LoopbackListener.open(expected, begun) };
}

/** A listener on 127.0.0.1 for one answer and a limited time (RFC 8252, 7.3). */
class LoopbackListener<T> implements OpenPlace<T> {
  readonly #server: Server;
  readonly #expected: ExpectedAnswer<T>;
  readonly #begun: Begun;
  readonly #awaited: AwaitedAnswer<T>;
  readonly #question = new PersonQuestion();

  private constructor(expected: ExpectedAnswer<T>, begun: Begun) {
    this.#expected = expected;
    this.#begun = begun;
    this.#awaited = new AwaitedAnswer(expected);
    const limits = { maxHeaderSize: headerLimit, requestTimeout: requestLimitMs, headersTimeout: requestLimitMs };
    this.#server = createServer(limits, (request, response) => {
      // Whoever goes away in the middle of their request needs no answer.
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.#server.maxConnections = 16;
  }

  static async open<T>(expected: ExpectedAnswer<T>, begun: Begun): Promise<LoopbackListener<T>> {
    const listener = new LoopbackListener(expected, begun);
    listener.#server.listen(expected.port, "127.0.0.1");
    try {
      await once(listener.#server, "listening");
    } catch (cause) {
      throw cannotListen(expected.port, cause);
    }
    return listener;
  }

  get address(): string {
    return `http://${this.#host}${this.#expected.path}`;
  }

  answer(): Promise<ArrivedAnswer<T>> {
    return this.#awaited.arrived();
  }

  close(): void {
    this.#server.close();
    this.#server.closeIdleConnections();
    // Whoever was not answered yet, e.g. because the sign-in was cancelled, is not left waiting.
    setImmediate(() => this.#server.closeAllConnections());
  }

  /** As a browser names it: address and port. */
  get #host(): string {
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.host !== this.#host) return refusePage(response, 400, "It was not addressed to this program.");
    if (!isOpenedByPerson(request)) return refusePage(response, 403, notOpenedByPerson);
    const sender = this.#begun.senderOf(request);
    if (sender === "untold" && !isAskedAgain(request)) return askAgain(request, response);
    const agreed = sender === "unsure" && this.#question.isAnsweredBy(request);
    if (sender === "unsure" && !agreed) return this.#question.ask(request, response);
    if (sender === "person" || agreed) return this.#awaited.offer(request, response);
    this.#expected.turnedAway(this.#begun.otherMessage);
    refusePage(response, 403, this.#begun.otherMessage);
  }
}

function cannotListen(port: number, cause: unknown): FailureError {
  const where = port === 0 ? "127.0.0.1" : `port ${port} of 127.0.0.1`;
  const why = port === 0 ? "" : " Another program may use it, or another sign-in may be under way.";
  const message = `The sign-in could not begin, because this program cannot listen on ${where} for the provider's answer.${why}`;
  return new FailureError("cannot-listen", message, { cause });
}
