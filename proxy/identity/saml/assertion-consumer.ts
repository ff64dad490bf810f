import type { IncomingMessage } from "node:http";
import { LoopbackListener, type LoopbackOptions, type Taken } from "../oidc/loopback-listener.ts";
import type { RedirectPage } from "../oidc/redirect-page.ts";

const path = "/saml/acs";
/** A response of the largest size that is read, in base64, with room for what else is in the form. */
const bodyLimit = 512 * 1024;

/** Why a response (base64) is no answer to this sign-in, as a sentence; `null` where it is. */
type Strange = (samlResponse: string) => string | null;

export interface ConsumerOptions extends Pick<LoopbackOptions<string>, "port" | "limitMs" | "signal" | "account" | "turnedAway"> {
  readonly strange: Strange;
}

/** The provider's response as it came (base64), whose sender is held until the person can be told how the sign-in ended. */
export interface ConsumedResponse {
  readonly samlResponse: string;
  tell(page: RedirectPage): void;
}

/**
 * Where the person's browser brings the provider's response by HTTP-POST (SAML Bindings, 3.5). It takes nothing but a form of limited
 * size at its own address with an answer to this sign-in.
 */
export class AssertionConsumer {
  readonly #listener: LoopbackListener<string>;

  private constructor(listener: LoopbackListener<string>) {
    this.#listener = listener;
  }

  /** Rejects with a `FailureError` (`cannot-listen`) where its port is taken. */
  static async open({ strange, ...options }: ConsumerOptions): Promise<AssertionConsumer> {
    return new AssertionConsumer(await LoopbackListener.open({ ...options, take: (request) => takeForm(request, strange) }));
  }

  /** The address that the provider has to know. */
  get url(): string {
    return `http://${this.#listener.host}${path}`;
  }

  /** The answer. Rejects with a `FailureError`: `sign-in-timeout`, `sign-in-cancelled`, or `sign-in-refused` where others only tried. */
  async answer(): Promise<ConsumedResponse> {
    const { answer: samlResponse, tell } = await this.#listener.answer();
    return { samlResponse, tell };
  }

  close(): void {
    this.#listener.close();
  }
}

/** The address that a provider has to know where the settings name `port`; without one each sign-in has another. */
export function consumerAddress(port: number): string | null {
  return port === 0 ? null : `http://127.0.0.1:${port}${path}`;
}

async function takeForm(request: IncomingMessage, strange: Strange): Promise<Taken<string>> {
  const { method, headers, url } = request;
  if (url !== path) return { refused: 404, message: "There is nothing here but the end of a sign-in." };
  if (method !== "POST") return { refused: 405, message: "The end of a sign-in comes by POST." };
  if (!/^application\/x-www-form-urlencoded\b/i.test(headers["content-type"] ?? "")) {
    return { refused: 415, message: "The end of a sign-in comes as a form." };
  }
  const body = await readBody(request);
  if (body === null) return { turnedAway: 413, message: "An answer was larger than any provider's has to be, and was turned away." };
  const [samlResponse, ...others] = new URLSearchParams(body).getAll("SAMLResponse");
  if (samlResponse === undefined || others.length > 0) {
    return { turnedAway: 400, message: "An answer came without a response of the provider in it, and was turned away." };
  }
  const message = strange(samlResponse);
  return message === null ? { answer: samlResponse } : { turnedAway: 400, message };
}

/** `null` where it is larger than the limit; no more than that is read. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > bodyLimit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("latin1");
}
