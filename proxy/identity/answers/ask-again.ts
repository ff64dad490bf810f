/**
 * Has a browser bring an answer once more, from a page of ours. A strict cookie (RFC 6265bis, 5.6.7) is left out of what another site's
 * page leads to, as the provider's does; of what our own page leads to, the same browser says by it which one it is.
 */
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { readForm } from "./form-body.ts";
import { pageHeaders, refusePage } from "./redirect-page.ts";

/** In the query of what is brought again, so that nobody goes round in circles. */
export const mark = "again";
const marked = new RegExp(`[?&]${mark}(=[\\w-]*)?$`);

export function isAskedAgain({ url = "" }: IncomingMessage): boolean {
  return url.endsWith(`?${mark}`) || url.endsWith(`&${mark}`);
}

/** Path and query as they were before this, or the person's answer (ask-person.ts), put a mark to them. */
export function targetOf({ url = "" }: IncomingMessage): string {
  return url.replace(marked, "");
}

/** Answers with the page. May reject where the sender goes away. */
export async function askAgain(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === "GET") return send(response, "", goScript);
  if (request.method !== "POST") return refusePage(response, 405, "The end of a sign-in comes by GET or POST.");
  const form = await readForm(request);
  const samlResponse = form?.get("SAMLResponse") ?? "";
  // Nothing else is written back into a page of ours.
  if (!/^[A-Za-z\d+/=\s]+$/.test(samlResponse)) return refusePage(response, 400, "An answer came that no provider sends.");
  send(
    response,
    `<form method="post" action="?${mark}"><input type="hidden" name="SAMLResponse" value="${samlResponse}"></form>\n`,
    formScript,
  );
}

const goScript = `location.replace(location.pathname + location.search + (location.search ? "&" : "?") + "${mark}");`;
const formScript = "document.forms[0].submit();";

function send(response: ServerResponse, form: string, script: string): void {
  const hash = createHash("sha256").update(script).digest("base64");
  const policy = `default-src 'none'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;
  response
    .writeHead(200, { ...pageHeaders, "content-security-policy": policy })
    .end(`<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Stenograph</title>\n${form}<script>${script}</script>\n</html>\n`);
}
