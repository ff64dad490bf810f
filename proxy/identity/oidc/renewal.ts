import * as client from "openid-client";
import { FailureError } from "../../model/failure.ts";
import { isCommitment } from "../identity-key.ts";
import type { OidcSettings } from "../identity-settings.ts";
import type { Vouched } from "../sign-in.ts";
import { checkIssuedAt, expiryOf, keptOf, personOf } from "./id-token.ts";
import { oidcFailure, tokenRefused } from "./oidc-failure.ts";
import { discoverProvider } from "./provider.ts";
import type { RefreshTokens } from "./refresh-tokens.ts";

/** What a sign-in at an OpenID provider goes on with. */
export interface OidcSession {
  readonly settings: OidcSettings;
  readonly tokens: RefreshTokens;
}

/** A token endpoint's answer that openid-client has verified. */
export type TokenAnswer = client.TokenEndpointResponse & client.TokenEndpointResponseHelpers;

/**
 * What a verified answer vouches for; its refresh token, if any, is kept first. `commitment`: of the identity key that the answer
 * may be bound to. Rejects with a `FailureError` (`token-refused`).
 */
export async function vouchedBy(
  { settings, tokens }: OidcSession,
  configuration: client.Configuration,
  answer: TokenAnswer,
  commitment: string | null,
): Promise<Vouched> {
  if (answer.refresh_token !== undefined) await tokens.write(answer.refresh_token);
  const claims = answer.claims();
  if (claims === undefined || answer.id_token === undefined) throw tokenRefused(settings.issuer, "it gave no ID token");
  checkIssuedAt(claims);
  return {
    via: "oidc",
    ...personOf(claims, settings.claims),
    claims: keptOf(claims, settings.claims),
    until: expiryOf(claims),
    keyBound: commitment !== null && claims.nonce === commitment,
    evidence: evidenceOf(answer.id_token, claims, configuration, settings),
    renew: tokens.read() === null ? null : (signal) => renewed({ settings, tokens }, claims.sub, signal),
    forget: () => forget({ settings, tokens }),
  };
}

/**
 * An ID token is kept where its nonce commits to an identity key. Another one vouches for no key, and might be taken for a password
 * somewhere: of it, what it said is kept.
 */
function evidenceOf(
  idToken: string,
  claims: client.IDToken,
  configuration: client.Configuration,
  settings: OidcSettings,
): Readonly<Record<string, unknown>> {
  if (!isCommitment(claims.nonce)) return { claims: keptOf(claims, settings.claims) };
  return { idToken, jwks: client.getJwksCache(configuration)?.jwks ?? null };
}

/**
 * Asks the provider whether `subject`, whose refresh token is kept, is still signed in there; `null` for whoever it is. The
 * provider's metadata and keys are asked for each time, because they may have changed. Rejects as `Vouched.renew` does.
 */
export function renewed(session: OidcSession, subject: string | null, signal: AbortSignal): Promise<Vouched> {
  const { settings, tokens } = session;
  return tokens.exclusively(async () => {
    const token = tokens.read();
    if (token === null) throw new FailureError("signed-out", "The sign-in was ended. Sign in again.");
    const configuration = await discoverProvider(settings);
    signal.throwIfAborted();
    try {
      const answer = await client.refreshTokenGrant(configuration, token);
      const vouched = await vouchedBy(session, configuration, answer, null);
      if (subject !== null && vouched.subject !== subject) throw tokenRefused(settings.issuer, "it speaks of somebody else");
      return vouched;
    } catch (thrown) {
      throw oidcFailure(thrown, settings);
    }
  });
}

/** Forgets the refresh token, and revokes it (RFC 7009) where the provider offers that. */
export async function forget({ settings, tokens }: OidcSession): Promise<void> {
  await tokens.exclusively(async () => {
    const token = tokens.read();
    if (token === null) return;
    await tokens.write(null);
    const configuration = await discoverProvider(settings);
    if (configuration.serverMetadata().revocation_endpoint === undefined) return;
    try {
      await client.tokenRevocation(configuration, token, { token_type_hint: "refresh_token" });
    } catch (thrown) {
      throw oidcFailure(thrown, settings);
    }
  });
}
