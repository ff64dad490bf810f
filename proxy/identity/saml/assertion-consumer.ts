import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { FailureError } from "../../model/failure.ts";
import { cancelled, timedOut } from "../oidc/loopback-redirect.ts";
import { pageHeaders, type RedirectPage, redirectPage } from "../oidc/redirect-page.ts";

const path = "/saml/acs";
/** A response of the largest size that is read, in base64, with room for what else is in the form. */
const bodyLimit = 512 * 1024;
/** Answers to something else that are turned away before the sign-in is given up. */
const wrongAnswerLimit = 10;

export interface ConsumerOptions {
  /** On 127.0.0.1; 0 picks one. */
  readonly port: number;
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** Hears of each answer that was turned away. */
  readonly turnedAway: (message: string) => void;
  /** Why a response is no answer to this sign-in, as a sentence; `null` where it is. */
  readonly strange: (samlResponse: string) => string | null;
}

/** The provider's response as it came (base64), whose sender is held until the person can be told how the sign-in ended. */
export interface ConsumedResponse {
  readonly samlResponse: string;
  tell(page: RedirectPage): void;
}

/**
 * Where the person's browser brings the provider's response by HTTP-POST (SAML Bindings, 3.5): a listener on 127.0.0.1 for one
 * answer and a limited time and size. It takes nothing but a form at its own address with an answer to this sign-in.
 */
export class AssertionConsumer {
  readonly #server: Server;
  readonly #options: ConsumerOptions;
  readonly #answer = Promise.withResolvers<ConsumedResponse>();
  #answered = false;
  #wrongAnswers = 0;

  private constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
      this.#take(request).then(
        (taken) => this.#respond(taken, response),
        // Whoever goes away in the middle of their request needs no answer.
        () => response.destroy(),
      );
    });
    this.#server.maxConnections = 16;
    // Whoever waits for the answer hears of a failure; before that nobody has to.
    this.#answer.promise.catch(() => undefined);
  }

  /** Rejects with a `FailureError` (`cannot-listen`) where its port is taken. */
  static async open(options: ConsumerOptions): Promise<AssertionConsumer> {
    const consumer = new AssertionConsumer(options);
    consumer.#server.listen(options.port, "127.0.0.1");
    try {
      await once(consumer.#server, "listening");
    } catch (cause) {
      const port = options.port === 0 ? "" : `, port ${options.port},`;
      const message = `The sign-in could not begin, because this program cannot listen on 127.0.0.1${port} for the provider's answer. Another program may use that port, or another sign-in is under way.`;
      throw new FailureError("cannot-listen", message, { cause });
    }
    return consumer;
  }

  /** The address that the provider has to know. */
  get url(): string {
    return `http://${this.#host}${path}`;
  }

  /** The answer. Rejects with a `FailureError`: `sign-in-timeout`, `sign-in-cancelled`, or `sign-in-refused` where others only tried. */
  async answer(): Promise<ConsumedResponse> {
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

  async #take(request: IncomingMessage): Promise<Taken> {
    const { method, headers, url } = request;
    if (headers.host !== this.#host) return { status: 400, message: "It was not addressed to this program." };
    if (url !== path) return { status: 404, message: "There is nothing here but the end of a sign-in." };
    if (method !== "POST") return { status: 405, message: "The end of a sign-in comes by POST." };
    if (!/^application\/x-www-form-urlencoded\b/i.test(headers["content-type"] ?? "")) {
      return { status: 415, message: "The end of a sign-in comes as a form." };
    }
    const body = await readBody(request);
    if (body === null) return this.#turnAway(413, "An answer was larger than any provider's has to be, and was turned away.");
    if (this.#answered) return { status: 410, message: "This sign-in was answered already. Go back to Stenograph." };
    const [samlResponse, ...others] = new URLSearchParams(body).getAll("SAMLResponse");
    if (samlResponse === undefined || others.length > 0) {
      return this.#turnAway(400, "An answer came without a response of the provider in it, and was turned away.");
    }
    const strange = this.#options.strange(samlResponse);
    if (strange !== null) return this.#turnAway(400, strange);
    // Here and not later: nothing may come between the question and this.
    this.#answered = true;
    return { samlResponse };
  }

  #respond(taken: Taken, response: ServerResponse): void {
    if ("samlResponse" in taken) {
      this.#answer.resolve({ samlResponse: taken.samlResponse, tell: (page) => send(response, 200, page) });
    } else {
      send(response, taken.status, { title: "This request was refused", message: taken.message });
    }
  }

  #turnAway(status: number, message: string): Taken {
    this.#wrongAnswers += 1;
    this.#options.turnedAway(message);
    if (this.#wrongAnswers >= wrongAnswerLimit) this.#answer.reject(new FailureError("sign-in-refused", tooManyWrong));
    return { status, message: `${message} Begin again in Stenograph.` };
  }
}

type Taken = { readonly samlResponse: string } | { readonly status: number; readonly message: string };

const tooManyWrong =
  "The sign-in was given up, because too many answers came that do not belong to it. Some page or program on this computer sends them. Try again.";

/** `null` where it is larger than the limit; no more than that is read. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  request.setTimeout(10_000, () => request.destroy());
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > bodyLimit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("latin1");
}

function send(response: ServerResponse, status: number, page: RedirectPage): void {
  response.writeHead(status, pageHeaders).end(redirectPage(page));
}
