import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { FailureError } from "../../model/failure.ts";
import { peerAccount } from "./peer-account.ts";
import { pageHeaders, type RedirectPage, redirectPage } from "./redirect-page.ts";

/** Longest request line and headers, in bytes: a provider's answer is a short code, a state and an issuer, or in the body. */
const headerLimit = 16 * 1024;
/** How long a request may take to come in whole. */
const requestLimitMs = 5_000;
/** Answers to something else that are turned away before the sign-in is given up. */
const wrongAnswerLimit = 10;

/** What a request turned out to be: the answer, something else, or (`turnedAway`) an answer to something else. */
export type Taken<T> =
  | { readonly answer: T }
  | { readonly refused: number; readonly message: string }
  | { readonly turnedAway: number; readonly message: string };

export interface LoopbackOptions<T> {
  /** On 127.0.0.1; 0 picks one. */
  readonly port: number;
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** The account whose browser the answer comes from; `null` where it is not known. */
  readonly account: number | null;
  /** Hears of each answer that was turned away. */
  readonly turnedAway: (message: string) => void;
  /** Looks at a request that was addressed to this listener. May reject where its sender goes away. */
  readonly take: (request: IncomingMessage) => Promise<Taken<T>>;
}

/** The provider's answer, whose sender is held until the person can be told how the sign-in ended. */
export interface LoopbackAnswer<T> {
  readonly answer: T;
  tell(page: RedirectPage): void;
}

/**
 * Where the person's browser brings the provider's answer: a listener on 127.0.0.1 for one answer and a limited time
 * (RFC 8252, 7.3). What is no answer to this sign-in is turned away, and the sign-in waits on.
 *
 * Other accounts of this machine can see the address that a browser is started with, and what is in it; whoever it is sent to can sign
 * in as themselves there. So the answer of another account is not taken, even where all in it is right.
 */
export class LoopbackListener<T> {
  readonly #server: Server;
  readonly #options: LoopbackOptions<T>;
  readonly #answer = Promise.withResolvers<LoopbackAnswer<T>>();
  #answered = false;
  #wrongAnswers = 0;

  private constructor(options: LoopbackOptions<T>) {
    this.#options = options;
    const limits = { maxHeaderSize: headerLimit, requestTimeout: requestLimitMs, headersTimeout: requestLimitMs };
    this.#server = createServer(limits, (request, response) => {
      // Whoever goes away in the middle of their request needs no answer.
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.#server.maxConnections = 16;
    // Whoever waits for the answer hears of a failure; before that nobody has to.
    this.#answer.promise.catch(() => undefined);
  }

  /** Rejects with a `FailureError` (`cannot-listen`) where 127.0.0.1 cannot be listened on, or the port is taken. */
  static async open<T>(options: LoopbackOptions<T>): Promise<LoopbackListener<T>> {
    const listener = new LoopbackListener(options);
    listener.#server.listen(options.port, "127.0.0.1");
    try {
      await once(listener.#server, "listening");
    } catch (cause) {
      throw cannotListen(options.port, cause);
    }
    return listener;
  }

  /** As a browser names it: address and port. */
  get host(): string {
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  }

  /** The answer. Rejects with a `FailureError`: `sign-in-timeout`, `sign-in-cancelled`, or `sign-in-refused` where others only tried. */
  async answer(): Promise<LoopbackAnswer<T>> {
    const { limitMs, signal } = this.#options;
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

  close(): void {
    this.#server.close();
    this.#server.closeIdleConnections();
    // Whoever was not answered yet, e.g. because the sign-in was cancelled, is not left waiting.
    setImmediate(() => this.#server.closeAllConnections());
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refuse = (status: number, message: string) => send(response, status, { title: "This request was refused", message });
    if (request.headers.host !== this.host) return refuse(400, "It was not addressed to this program.");
    if (!isOpenedByPerson(request)) return refuse(403, "The end of a sign-in is a page that a person's browser opens.");
    if (!this.#isOfPerson(request)) {
      this.#options.turnedAway(otherAccount);
      return refuse(403, otherAccount);
    }
    const taken = await this.#options.take(request);
    if ("refused" in taken) return refuse(taken.refused, taken.message);
    if (this.#answered) return refuse(410, "This sign-in was answered already. Go back to Stenograph.");
    if ("turnedAway" in taken) {
      this.#turnAway(taken.message);
      return refuse(taken.turnedAway, `${taken.message} Begin again in Stenograph.`);
    }
    this.#answered = true;
    this.#answer.resolve({ answer: taken.answer, tell: (page) => send(response, 200, page) });
  }

  /** Where nobody tells whose a connection is, what is in the answer has to do. */
  #isOfPerson({ socket }: IncomingMessage): boolean {
    const account = peerAccount(socket);
    return account === null || this.#options.account === null || account === this.#options.account;
  }

  #turnAway(message: string): void {
    this.#wrongAnswers += 1;
    this.#options.turnedAway(message);
    if (this.#wrongAnswers >= wrongAnswerLimit) this.#answer.reject(new FailureError("sign-in-refused", tooManyWrong));
  }
}

/** Browsers say what a request is for: other sites' pages cannot ask unseen, e.g. to have the sign-in given up for wrong answers. */
function isOpenedByPerson({ headers }: IncomingMessage): boolean {
  const purpose = headers["sec-fetch-dest"];
  return purpose === undefined || purpose === "document";
}

export function cancelled(): FailureError {
  return new FailureError("sign-in-cancelled", "The sign-in was cancelled.");
}

export function timedOut(limitMs: number): FailureError {
  const message = `The sign-in was not finished within ${Math.round(limitMs / 60_000)} minutes, and was given up. Begin again.`;
  return new FailureError("sign-in-timeout", message);
}

const otherAccount =
  "An answer came from another account of this computer, and was turned away. Finish the sign-in in the browser in which it began.";

const tooManyWrong =
  "The sign-in was given up, because too many answers came that do not belong to it. Some page or program on this computer sends them. Try again.";

function cannotListen(port: number, cause: unknown): FailureError {
  const where = port === 0 ? "127.0.0.1" : `port ${port} of 127.0.0.1`;
  const why = port === 0 ? "" : " Another program may use it, or another sign-in may be under way.";
  const message = `The sign-in could not begin, because this program cannot listen on ${where} for the provider's answer.${why}`;
  return new FailureError("cannot-listen", message, { cause });
}

function send(response: ServerResponse, status: number, page: RedirectPage): void {
  response.writeHead(status, pageHeaders).end(redirectPage(page));
}
