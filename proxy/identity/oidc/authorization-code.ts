import * as client from "openid-client";
import type { ArrivedAnswer } from "../answers/answer-place.ts";
import type { OidcSettings } from "../identity-settings.ts";
import type { SignInRequest, Vouched } from "../sign-in.ts";
import { oidcFailure, tokenRefused } from "./oidc-failure.ts";
import { clockSkewSeconds, discoverProvider, scopesOf } from "./provider.ts";
import { checkedAddress } from "./provider-address.ts";
import { redirectAnswer } from "./redirect-answer.ts";
import { RefreshTokensInMemory } from "./refresh-tokens.ts";
import { vouchedBy } from "./renewal.ts";

/** How long a person may take at the provider. */
const personLimitMs = 10 * 60_000;

/**
 * Signs a person in by OpenID Connect: Authorization Code with PKCE (RFC 7636) in the system's browser (RFC 8252), with the
 * commitment of the identity key as the nonce, so that the ID token vouches for the key too. Rejects with a `FailureError`.
 */
export async function signInByCode(settings: OidcSettings, request: SignInRequest): Promise<Vouched> {
  const configuration = await discoverProvider(settings);
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const { signal, turnedAway } = request;
  const redirect = await request.answers.open({ ...redirectAnswer(state), limitMs: personLimitMs, signal, turnedAway });
  try {
    const scopes = scopesOf(configuration, settings, !request.fresh);
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: redirect.address,
      scope: scopes.join(" "),
      state,
      nonce: request.key.commitment,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      ...promptOf(scopes, request.fresh),
    });
    checkedAddress(url.href, "the page where people sign in");
    const beganAt = Date.now();
    await request.open(url.href, (beganAt + personLimitMs) * 1000);
    const answer = await redirect.answer();
    return await told(answer.tell, settings, async () => {
      const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: request.key.commitment, idTokenExpected: true };
      const tokens = await client.authorizationCodeGrant(configuration, answer.answer, checks);
      const session = { settings, tokens: new RefreshTokensInMemory() };
      const vouched = await vouchedBy(session, configuration, tokens, request.key.commitment);
      if (request.fresh) checkFresh(vouched, beganAt);
      return vouched;
    });
  } catch (thrown) {
    throw oidcFailure(thrown, settings);
  } finally {
    redirect.close();
  }
}

/** `offline_access` needs the person's consent (OpenID Connect Core 1.0, 11). */
function promptOf(scopes: readonly string[], fresh: boolean): Readonly<Record<string, string>> {
  if (fresh) return { prompt: "login", max_age: "0" };
  return scopes.includes("offline_access") ? { prompt: "consent" } : {};
}

/** The provider may not pass off an earlier sign-in for one that was asked for now. */
function checkFresh({ issuer, claims }: Vouched, beganAt: number): void {
  const { auth_time: authTime } = claims;
  if (typeof authTime === "number" && authTime >= beganAt / 1000 - clockSkewSeconds) return;
  throw tokenRefused(issuer, "the person did not sign in again, as was asked for");
}

/** Tells the person in their browser how it ended. */
async function told(tell: ArrivedAnswer<URL>["tell"], settings: OidcSettings, end: () => Promise<Vouched>): Promise<Vouched> {
  try {
    const vouched = await end();
    tell({ title: `You are signed in as ${vouched.name}`, message: "Close this page and go back to Stenograph." });
    return vouched;
  } catch (thrown) {
    const failure = oidcFailure(thrown, settings);
    tell({ title: "You are not signed in", message: `${failure.message} Close this page and go back to Stenograph.` });
    throw failure;
  }
}
