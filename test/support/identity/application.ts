/** An application that people sign in to at the demo's identity provider, as far as a test needs one: it gets tokens. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as client from "openid-client";
import type { IdentityProvider } from "../../../proxy/demo/identity-provider/identity-provider.ts";
import type { DemoPerson } from "../../../proxy/demo/identity-provider/people.ts";
import { ScriptedBrowser } from "../../../proxy/demo/identity-provider/scripted-browser.ts";

export type Tokens = Awaited<ReturnType<typeof client.authorizationCodeGrant>>;

/** What the provider offers to its native client, as `openid-client` wants it. */
export function discover({ issuer, clientId }: IdentityProvider): Promise<client.Configuration> {
  return client.discovery(new URL(issuer), clientId, undefined, client.None(), { execute: [client.allowInsecureRequests] });
}

/** All scopes that the provider knows. */
export function allScopes({ scopes }: IdentityProvider): string {
  return ["openid", ...scopes].join(" ");
}

/**
 * Signs the person in by the authorization code flow with PKCE, and resolves to the tokens. `parameters` are added to the
 * request, e.g. `{ resource: provider.audience }` for an access token that is a JWT.
 */
export async function signInAt(
  provider: IdentityProvider,
  person: Pick<DemoPerson, "user" | "password">,
  { browser = new ScriptedBrowser(), parameters = {} }: { browser?: ScriptedBrowser; parameters?: Record<string, string> } = {},
): Promise<Tokens> {
  const configuration = await discover(provider);
  const server = createServer((_request, response) => response.end("You are back at the application."));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const expectedNonce = client.randomNonce();
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`,
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

/** The access token that the provider's machine gets for itself: a JWT for the provider's audience. */
export async function machineToken({ issuer, machine }: IdentityProvider): Promise<string> {
  const configuration = await client.discovery(new URL(issuer), machine.clientId, machine.clientSecret, undefined, {
    execute: [client.allowInsecureRequests],
  });
  return (await client.clientCredentialsGrant(configuration)).access_token;
}
