import type { IncomingMessage } from "node:http";
import type { ExpectedAnswer, Taken } from "../answers/answer-place.ts";
import { targetOf } from "../answers/ask-again.ts";
import { readForm } from "../answers/form-body.ts";

const path = "/saml/acs";

/** Why a response (base64) is no answer to this sign-in, as a sentence; `null` where it is. */
type Strange = (samlResponse: string) => string | null;

/**
 * The provider's response, which the person's browser brings by HTTP-POST (SAML Bindings, 3.5): nothing but a form of limited size with
 * an answer to this sign-in. The answer is the response as it came (base64).
 */
export function assertionAnswer(port: number, strange: Strange): Pick<ExpectedAnswer<string>, "path" | "port" | "take"> {
  return { path, port, take: (request) => takeForm(request, strange) };
}

/** The address that a provider has to know where the settings name `port`; without one each sign-in has another. */
export function consumerAddress(port: number): string | null {
  return port === 0 ? null : `http://127.0.0.1:${port}${path}`;
}

async function takeForm(request: IncomingMessage, strange: Strange): Promise<Taken<string>> {
  const { method, headers } = request;
  if (targetOf(request) !== path) return { refused: 404, message: "There is nothing here but the end of a sign-in." };
  if (method !== "POST") return { refused: 405, message: "The end of a sign-in comes by POST." };
  if (!/^application\/x-www-form-urlencoded\b/i.test(headers["content-type"] ?? "")) {
    return { refused: 415, message: "The end of a sign-in comes as a form." };
  }
  const form = await readForm(request);
  if (form === null) return { turnedAway: 413, message: "An answer was larger than any provider's has to be, and was turned away." };
  const [samlResponse, ...others] = form.getAll("SAMLResponse");
  if (samlResponse === undefined || others.length > 0) {
    return { turnedAway: 400, message: "An answer came without a response of the provider in it, and was turned away." };
  }
  const message = strange(samlResponse);
  return message === null ? { answer: samlResponse } : { turnedAway: 400, message };
}
