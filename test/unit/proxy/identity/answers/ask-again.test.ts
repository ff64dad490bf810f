import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askAgain, isAskedAgain, targetOf } from "../../../../../proxy/identity/answers/ask-again.ts";

let server: Server;
let origin: string;

beforeEach(async () => {
  server = createServer((request, response) => {
    if (isAskedAgain(request)) response.end(`again: ${targetOf(request)}`);
    else askAgain(request, response).catch(() => response.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

const post = (fields: Record<string, string>) => fetch(`${origin}/saml/acs`, { method: "POST", body: new URLSearchParams(fields) });

/** The page's one script, which its policy names by its hash, and lets run nothing else. */
async function scriptOf(response: Response): Promise<string> {
  const text = await response.text();
  const [, script = ""] = /<script>(.*)<\/script>/.exec(text) ?? [];
  const policy = response.headers.get("content-security-policy") ?? "";
  expect(policy).toContain(`script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(response.headers.get("cache-control")).toBe("no-store");
  return script;
}

describe("A browser that has not said which one it is", () => {
  it("brings a redirect again by itself, of which nothing is written into the page", async () => {
    const response = await fetch(`${origin}/callback?code=secret-code&state=s-1`);
    const copy = response.clone();
    expect(await scriptOf(response)).toContain("location.replace(");
    expect(await copy.text()).not.toContain("secret-code");
  });

  it("brings a form again by itself, with nothing in it but the provider's response", async () => {
    const response = await post({ SAMLResponse: "QUJD+/==", RelayState: '"><script>' });
    const text = await response.clone().text();
    expect(await scriptOf(response)).toBe("document.forms[0].submit();");
    expect(text).toContain('<form method="post" action="?again"><input type="hidden" name="SAMLResponse" value="QUJD+/=="></form>');
    expect(text.match(/<script>/g)).toHaveLength(1);
  });

  it.each<[string, () => Promise<Response>, number]>([
    ["what is no base64", () => post({ SAMLResponse: '"><img src=x>' }), 400],
    ["nothing", () => post({}), 400],
    ["more than any provider sends", () => post({ SAMLResponse: "A".repeat(600_000) }), 400],
    ["another method", () => fetch(`${origin}/callback`, { method: "DELETE" }), 405],
  ])("is refused with %s", async (_, ask, status) => {
    const response = await ask();
    expect(response.status).toBe(status);
    expect(await response.text()).not.toMatch(/<script|<img|<form/);
  });

  it("is asked once: what comes again is taken as it was", async () => {
    for (const [again, before] of [
      ["/callback?code=c&state=s&again", "/callback?code=c&state=s"],
      ["/saml/acs?again", "/saml/acs"],
    ]) {
      expect(await (await fetch(`${origin}${again}`)).text()).toBe(`again: ${before}`);
    }
    expect(await (await fetch(`${origin}/callback?again=1`)).text()).toContain("<script>");
  });
});
