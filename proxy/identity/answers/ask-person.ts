import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { mark } from "./ask-again.ts";
import { readForm } from "./form-body.ts";
import { refusePage, sendQuestion } from "./redirect-page.ts";

/**
 * Asks the person in their browser whether it was they who began, where nothing else tells. What they say cannot be said for them by
 * whoever sent them the address: it is in no address before they have seen the page.
 */
export class PersonQuestion {
  readonly #word = randomBytes(16).toString("base64url");
  readonly #beganAt = new Date();

  /** Whether a request is what the person sent from the page. */
  isAnsweredBy({ url = "" }: IncomingMessage): boolean {
    return url.endsWith(`${mark}=${this.#word}`);
  }

  /** Answers with the page. May reject where the sender goes away. */
  async ask(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = "" } = request;
    const page = { title: "Was it you?", message: messageFor(this.#beganAt) };
    const button = "Yes, go on";
    if (method === "GET") {
      const query = url.includes("?") ? url.slice(url.indexOf("?") + 1) : "";
      const fields = [...new URLSearchParams(query), [mark, this.#word] as const];
      return sendQuestion(response, page, { method: "get", action: "", fields, button });
    }
    const form = method === "POST" ? await readForm(request) : null;
    if (form === null) return refusePage(response, 405, "The end of a sign-in comes by GET or POST.");
    const fields = [["SAMLResponse", form.get("SAMLResponse") ?? ""]] as const;
    return sendQuestion(response, page, { method: "post", action: `?${mark}=${this.#word}`, fields, button });
  }
}

function messageFor(beganAt: Date): string {
  return (
    `Somebody began to sign in to Stenograph on this computer at ${beganAt.toLocaleTimeString("en-GB")}. Go on only where it was you: ` +
    "they will be signed in as you. Where it was not you, close this page, and nobody is signed in."
  );
}
