/** An application that a person signs in to at the demo's identity provider, as far as the demo and tests need one: it gets tokens. */
import { once } from "node:events";
import { createServer } from "node:http";
import * as client from "openid-client";
import type { IdentityProvider } from "./identity-provider.ts";
import type { DemoPerson } from "./people.ts";
import { ScriptedBrowser } from "./scripted-browser.ts";

export type Tokens = Awaited<ReturnType<typeof client.authorizationCodeGrant>>;

export interface SignInAtOptions {
  /** Another one that remembers who was signed in; a new one where it is left out. */
  readonly browser?: ScriptedBrowser;
  /** Added to the request, e.g. `{ resource: provider.audience }` for an access token that is a JWT. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** What the provider offers to its native client, as `openid-client` wants it. */
export function discover({ issuer, clientId }: Pick<IdentityProvider, "issuer" | "clientId">): Promise<client.Configuration> {
  return client.discovery(new URL(issuer), clientId, undefined, client.None(), { execute: [client.allowInsecureRequests] });
}

/** All scopes that the provider knows. */
export function allScopes({ scopes }: Pick<IdentityProvider, "scopes">): string {
  return ["openid", ...scopes].join(" ");
}

/** Signs the person in by the authorization code flow with PKCE, and resolves to the tokens. */
export async function signInAt(
  provider: IdentityProvider,
  person: Pick<DemoPerson, "user" | "password">,
  { browser = new ScriptedBrowser(), parameters = {} }: SignInAtOptions = {},
): Promise<Tokens> {
  const configuration = await discover(provider);
  const server = createServer((_request, response) => response.end("You are back at the application."));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const expectedNonce = client.randomNonce();
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: `http://127.0.0.1:${port}/callback`,
      scope: allScopes(provider),
      prompt: "consent",
      nonce: expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: "S256",
      ...parameters,
    });
    const arrived = await browser.signIn(url.href, person);
    return await client.authorizationCodeGrant(configuration, new URL(arrived.url), { pkceCodeVerifier, expectedNonce });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
