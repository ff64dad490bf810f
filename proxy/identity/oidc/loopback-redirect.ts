import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { FailureError } from "../../model/failure.ts";
import { pageHeaders, type RedirectPage, redirectPage } from "./redirect-page.ts";

const path = "/callback";
/** Longest request line and headers, in bytes: a provider's answer is a short code, a state and an issuer. */
const headerLimit = 16 * 1024;
/** Answers with another state that are turned away before the sign-in is given up. */
const wrongAnswerLimit = 10;

export interface RedirectOptions {
  /** What the answer has to bring back, to be an answer to this sign-in. */
  readonly state: string;
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** Hears of each answer that was turned away. */
  readonly turnedAway: (message: string) => void;
}

/** The provider's answer, which is held until the person can be told how the sign-in ended. */
export interface ProviderAnswer {
  readonly url: URL;
  tell(page: RedirectPage): void;
}

/**
 * Where the person's browser brings the provider's answer: a listener on 127.0.0.1 with a port of its own, for one answer and a
 * limited time (RFC 8252, 7.3). It takes nothing but a GET of its own address with the right state.
 */
export class LoopbackRedirect {
  readonly #server: Server;
  readonly #options: RedirectOptions;
  readonly #answer = Promise.withResolvers<ProviderAnswer>();
  #answered = false;
  #wrongAnswers = 0;

  private constructor(options: RedirectOptions) {
    this.#options = options;
    this.#server = createServer({ maxHeaderSize: headerLimit, requestTimeout: 5000, headersTimeout: 5000 }, (request, response) =>
      this.#take(request, response),
    );
    this.#server.maxConnections = 16;
    // Whoever waits for the answer hears of a failure; before that nobody has to.
    this.#answer.promise.catch(() => undefined);
  }

  /** Rejects with a `FailureError` (`cannot-listen`) where 127.0.0.1 cannot be listened on. */
  static async open(options: RedirectOptions): Promise<LoopbackRedirect> {
    const redirect = new LoopbackRedirect(options);
    redirect.#server.listen(0, "127.0.0.1");
    try {
      await once(redirect.#server, "listening");
    } catch (cause) {
      const message = "The sign-in could not begin, because this program cannot listen on 127.0.0.1 for the provider's answer.";
      throw new FailureError("cannot-listen", message, { cause });
    }
    return redirect;
  }

  get uri(): string {
    return `http://${this.#host}${path}`;
  }

  /** The answer. Rejects with a `FailureError`: `sign-in-timeout`, `sign-in-cancelled`, or `sign-in-refused` where others only tried. */
  async answer(): Promise<ProviderAnswer> {
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

  get #host(): string {
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(`http://${this.#host}`);
    [url.pathname, url.search] = split(request.url ?? "");
    const refusal = this.#refusalOf(request, url);
    if (refusal !== null) {
      send(response, refusal.status, { title: "This request was refused", message: refusal.message });
      return;
    }
    this.#answered = true;
    this.#answer.resolve({ url, tell: (page) => send(response, 200, page) });
  }

  #refusalOf({ method, headers }: IncomingMessage, url: URL): { readonly status: number; readonly message: string } | null {
    if (headers.host !== this.#host) return { status: 400, message: "It was not addressed to this program." };
    if (url.pathname !== path) return { status: 404, message: "There is nothing here but the end of a sign-in." };
    if (method !== "GET") return { status: 405, message: "The end of a sign-in comes by GET." };
    if (this.#answered) return { status: 410, message: "This sign-in was answered already. Go back to Stenograph." };
    if (url.searchParams.getAll("state").join() === this.#options.state) return null;
    this.#turnAway();
    return { status: 400, message: "This answer does not belong to the sign-in that is under way. Begin again in Stenograph." };
  }

  #turnAway(): void {
    this.#wrongAnswers += 1;
    this.#options.turnedAway("An answer came that does not belong to this sign-in (its state is another one), and was turned away.");
    if (this.#wrongAnswers >= wrongAnswerLimit) this.#answer.reject(new FailureError("sign-in-refused", tooManyWrong));
  }
}

/** Path and query of a request's target, which may be anything. */
function split(target: string): readonly [path: string, query: string] {
  const at = target.indexOf("?");
  return at === -1 ? [target, ""] : [target.slice(0, at), target.slice(at)];
}

const tooManyWrong =
  "The sign-in was given up, because too many answers came that do not belong to it. Some page or program on this computer sends them. Try again.";

export function cancelled(): FailureError {
  return new FailureError("sign-in-cancelled", "The sign-in was cancelled.");
}

export function timedOut(limitMs: number): FailureError {
  const message = `The sign-in was not finished within ${Math.round(limitMs / 60_000)} minutes, and was given up. Begin again.`;
  return new FailureError("sign-in-timeout", message);
}

function send(response: ServerResponse, status: number, page: RedirectPage): void {
  response.writeHead(status, pageHeaders).end(redirectPage(page));
}
