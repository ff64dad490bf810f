import * as client from "openid-client";
import { FailureError } from "../../model/failure.ts";
import type { UnixMicros } from "../../model/value.ts";
import { cancelled } from "../answers/awaited-answer.ts";
import type { IdentityKey } from "../identity-key.ts";
import type { OidcSettings } from "../identity-settings.ts";
import type { Vouched } from "../sign-in.ts";
import { oidcFailure, tokenRefused } from "./oidc-failure.ts";
import { discoverProvider, scopesOf } from "./provider.ts";
import { checkedAddress } from "./provider-address.ts";
import type { RefreshTokens } from "./refresh-tokens.ts";
import { vouchedBy } from "./renewal.ts";

/** Where a person goes with any browser, and what they enter there. */
export interface DeviceCode {
  readonly url: string;
  readonly code: string;
  /** The address with the code in it, where the provider has one. */
  readonly completeUrl: string | null;
  readonly until: UnixMicros;
}

export interface DeviceRequest {
  readonly key: IdentityKey;
  readonly tokens: RefreshTokens;
  show(code: DeviceCode): void;
  readonly signal: AbortSignal;
}

/** Providers without a limit of their own have the specification's example. */
const longestSeconds = 1800;

/**
 * Signs a person in on a machine without a browser: device authorization (RFC 8628). The standard has no nonce there; the commitment
 * of the identity key is sent as one all the same, and the key counts as bound only where it comes back. Rejects with a `FailureError`.
 */
export async function signInByDevice(settings: OidcSettings, request: DeviceRequest): Promise<Vouched> {
  const configuration = await discoverProvider(settings);
  if (configuration.serverMetadata().device_authorization_endpoint === undefined) throw notOffered(settings);
  try {
    const scopes = scopesOf(configuration, settings, true);
    const { commitment } = request.key;
    const prompt = scopes.includes("offline_access") ? { prompt: "consent" } : {};
    const device = await client.initiateDeviceAuthorization(configuration, { scope: scopes.join(" "), nonce: commitment, ...prompt });
    const shown = shownCode(device);
    request.show(shown);
    const tooLate = AbortSignal.timeout(Math.max(shown.until / 1000 - Date.now(), 0));
    const signal = AbortSignal.any([request.signal, tooLate]);
    const answer = await client.pollDeviceAuthorizationGrant(configuration, device, undefined, { signal }).catch((thrown: unknown) => {
      throw tooLate.aborted ? expired() : thrown;
    });
    const nonce = answer.claims()?.nonce;
    if (nonce !== undefined && nonce !== commitment) throw tokenRefused(settings.issuer, "its ID token was made for another sign-in");
    return await vouchedBy({ settings, tokens: request.tokens }, configuration, answer, commitment);
  } catch (thrown) {
    if (request.signal.aborted) throw cancelled();
    throw oidcFailure(thrown, settings);
  }
}

function shownCode(device: client.DeviceAuthorizationResponse): DeviceCode {
  const what = "the address where it takes codes";
  const complete = device.verification_uri_complete;
  return {
    url: checkedAddress(device.verification_uri, what).href,
    code: device.user_code.slice(0, 100),
    completeUrl: complete === undefined ? null : checkedAddress(complete, what).href,
    until: (Date.now() + Math.min(device.expires_in, longestSeconds) * 1000) * 1000,
  };
}

function expired(): FailureError {
  return new FailureError("sign-in-timeout", "The code was not entered in time. Begin again.");
}

function notOffered({ issuer }: OidcSettings): FailureError {
  const message = `The identity provider ${issuer} does not sign people in by a code (device authorization). Sign in at the workstation's window instead.`;
  return new FailureError("provider-refused", message);
}
