/** The pages of the tests' SAML provider: it asks who one is, and sends the browser back with a signed answer. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { SamlProvider, SignInQuestion } from "./saml-provider.ts";

export interface SamlSite extends AsyncDisposable {
  /** Where it takes requests by HTTP-Redirect. */
  readonly entryPoint: string;
}

/** `answer` makes the response that the browser brings when the person presses the button. */
export async function startSamlSite(provider: SamlProvider, answer: (question: SignInQuestion) => string): Promise<SamlSite> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://127.0.0.1");
    // A browser asks for an icon too.
    if (url.pathname !== "/sso") return void response.writeHead(204).end();
    const question = provider.question(url.href);
    const samlResponse = Buffer.from(answer(question)).toString("base64");
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(`<!doctype html>
<html lang="en"><title>The provider</title>
<form method="post" action="${question.consumer}">
<input type="hidden" name="SAMLResponse" value="${samlResponse}">
<button>Sign in as Anna</button>
</form>`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    entryPoint: `http://127.0.0.1:${port}/sso`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
