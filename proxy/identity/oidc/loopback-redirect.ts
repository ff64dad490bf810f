import type { IncomingMessage } from "node:http";
import { LoopbackListener, type LoopbackOptions, type Taken } from "./loopback-listener.ts";
import type { RedirectPage } from "./redirect-page.ts";

const path = "/callback";

export interface RedirectOptions extends Pick<LoopbackOptions<URL>, "limitMs" | "signal" | "account" | "turnedAway"> {
  /** What the answer has to bring back, to be an answer to this sign-in. */
  readonly state: string;
}

/** The provider's answer, which is held until the person can be told how the sign-in ended. */
export interface ProviderAnswer {
  readonly url: URL;
  tell(page: RedirectPage): void;
}

/** Where a provider's redirect comes to, on a port of its own. It takes nothing but a GET of its own address with the right state. */
export class LoopbackRedirect {
  readonly #listener: LoopbackListener<URL>;

  private constructor(listener: LoopbackListener<URL>) {
    this.#listener = listener;
  }

  /** Rejects with a `FailureError` (`cannot-listen`) where 127.0.0.1 cannot be listened on. */
  static async open({ state, ...options }: RedirectOptions): Promise<LoopbackRedirect> {
    const take = (request: IncomingMessage) => Promise.resolve(takeRedirect(request, state));
    return new LoopbackRedirect(await LoopbackListener.open({ ...options, port: 0, take }));
  }

  get uri(): string {
    return `http://${this.#listener.host}${path}`;
  }

  /** The answer. Rejects with a `FailureError`: `sign-in-timeout`, `sign-in-cancelled`, or `sign-in-refused` where others only tried. */
  async answer(): Promise<ProviderAnswer> {
    const { answer: url, tell } = await this.#listener.answer();
    return { url, tell };
  }

  close(): void {
    this.#listener.close();
  }
}

function takeRedirect({ method, headers, url: target = "" }: IncomingMessage, state: string): Taken<URL> {
  const url = new URL(`http://${headers.host}`);
  [url.pathname, url.search] = split(target.split("#")[0] ?? "");
  if (url.pathname !== path) return { refused: 404, message: "There is nothing here but the end of a sign-in." };
  if (method !== "GET") return { refused: 405, message: "The end of a sign-in comes by GET." };
  if (url.searchParams.getAll("state").join() === state) return { answer: url };
  return { turnedAway: 400, message: strange };
}

const strange = "An answer came that does not belong to this sign-in (its state is another one), and was turned away.";

/** Path and query of a request's target, which may be anything. */
function split(target: string): readonly [path: string, query: string] {
  const at = target.indexOf("?");
  return at === -1 ? [target, ""] : [target.slice(0, at), target.slice(at)];
}
