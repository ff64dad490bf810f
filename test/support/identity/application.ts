/** Tokens of the demo's identity provider, for tests. */
import * as client from "openid-client";
import type { IdentityProvider } from "../../../proxy/demo/identity-provider/identity-provider.ts";

export { allScopes, discover, signInAt } from "../../../proxy/demo/identity-provider/application.ts";

/** The access token that the provider's machine gets for itself: a JWT for the provider's audience. */
export async function machineToken({ issuer, machine }: IdentityProvider): Promise<string> {
  const configuration = await client.discovery(new URL(issuer), machine.clientId, machine.clientSecret, undefined, {
    execute: [client.allowInsecureRequests],
  });
  return (await client.clientCredentialsGrant(configuration)).access_token;
}
