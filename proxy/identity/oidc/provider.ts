import * as client from "openid-client";
import type { OidcSettings } from "../identity-settings.ts";
import { boundedFetch, type FetchLimits, providerLimits } from "./bounded-fetch.ts";
import { oidcFailure } from "./oidc-failure.ts";
import { checkedAddress } from "./provider-address.ts";

/** How far the provider's clock and this one may be apart, in seconds. */
export const clockSkewSeconds = 60;

/**
 * Asks a provider for its metadata (OpenID Connect Discovery 1.0), and is set to verify everything that it says, signatures of ID
 * tokens included. Rejects with a `FailureError` (`provider-unreachable`, `provider-refused`).
 */
export async function discoverProvider(settings: OidcSettings, limits: FetchLimits = providerLimits): Promise<client.Configuration> {
  const issuer = checkedAddress(settings.issuer, "the issuer");
  const metadata: Partial<client.ClientMetadata> = { [client.clockTolerance]: clockSkewSeconds };
  const execute = [client.enableNonRepudiationChecks];
  // Only addresses on this machine get so far; `boundedFetch` holds the provider's other addresses to the same.
  if (issuer.protocol === "http:") execute.push(client.allowInsecureRequests);
  try {
    return await client.discovery(issuer, settings.clientId, metadata, client.None(), {
      [client.customFetch]: boundedFetch(limits) as client.CustomFetch,
      execute,
    });
  } catch (thrown) {
    throw oidcFailure(thrown, settings);
  }
}

/** `openid`, what the settings name, and `offline_access` where it is offered: without it a sign-in cannot be renewed. */
export function scopesOf(configuration: client.Configuration, settings: OidcSettings, renewable: boolean): readonly string[] {
  const { scopes_supported: offered = [] } = configuration.serverMetadata();
  const scopes = new Set(["openid", ...settings.scopes]);
  if (renewable && offered.includes("offline_access")) scopes.add("offline_access");
  if (!renewable) scopes.delete("offline_access");
  return [...scopes];
}
