import type { IncomingMessage } from "node:http";
import type { ExpectedAnswer, Taken } from "../answers/answer-place.ts";
import { targetOf } from "../answers/ask-again.ts";

const path = "/callback";

/** A provider's redirect: nothing but a GET of its own address that brings back the right `state`. The answer is the whole address. */
export function redirectAnswer(state: string): Pick<ExpectedAnswer<URL>, "path" | "port" | "take"> {
  return { path, port: 0, take: (request) => Promise.resolve(takeRedirect(request, state)) };
}

function takeRedirect(request: IncomingMessage, state: string): Taken<URL> {
  const { method, headers } = request;
  const url = new URL(`http://${headers.host}`);
  [url.pathname, url.search] = split(targetOf(request).split("#")[0] ?? "");
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
