import * as client from "openid-client";
import { FailureError } from "../../model/failure.ts";
import { printable } from "../../model/printable.ts";
import type { OidcSettings } from "../identity-settings.ts";

/**
 * Why a provider's answer was not taken, as a failure with a sentence: `provider-unreachable`, `provider-refused` (it cannot be used
 * as it is set up), `sign-in-refused` (it said no), `token-refused` (what it said could not be verified). It has
 * no cause, because the errors of the library hold tokens.
 */
export function oidcFailure(thrown: unknown, { issuer, clientId }: Pick<OidcSettings, "issuer" | "clientId">): FailureError {
  const causes = causesOf(thrown);
  const own = causes.find((cause) => cause instanceof FailureError);
  if (own !== undefined) return own;
  if (thrown instanceof client.AuthorizationResponseError || thrown instanceof client.ResponseBodyError) {
    const again = thrown.error === "temporarily_unavailable" || thrown.error === "server_error";
    const code = again ? "provider-unreachable" : "sign-in-refused";
    return new FailureError(code, refusal(issuer, thrown.error, thrown.error_description));
  }
  const code = causes.map((cause) => (cause instanceof Error && "code" in cause ? cause.code : null)).find((each) => each !== null);
  const text = causes.map((cause) => (cause instanceof Error ? cause.message : "")).join("; ");
  const reason = tokenProblem(String(code), claimOf(causes), text, clientId);
  if (reason !== null) return tokenRefused(issuer, reason);
  const message = `The identity provider ${issuer} answered in a way that cannot be used: ${metadataProblem(text)}. Check the issuer and the client id in the identity settings.`;
  return new FailureError("provider-refused", message);
}

/** `token-refused`, with the reason in its sentence. */
export function tokenRefused(issuer: string, reason: string): FailureError {
  const message = `What ${issuer} said about the person was not accepted: ${reason}. Nobody was signed in. Try again; where it stays so, tell whoever runs the provider.`;
  return new FailureError("token-refused", message);
}

const said: ReadonlyMap<string, string> = new Map([
  ["access_denied", "the sign-in was cancelled or is not allowed"],
  ["invalid_grant", "the sign-in there has ended, or was used already"],
  ["expired_token", "the code was not entered in time"],
  ["invalid_client", "it does not know this program's client id"],
  ["unauthorized_client", "this program may not sign people in that way"],
  ["login_required", "the person has to sign in again"],
]);

function refusal(issuer: string, error: string, description: string | undefined): string {
  const reason = said.get(error) ?? `it answered “${shown(error)}”`;
  const more = description === undefined || repeats(description, error) ? "" : ` (${shown(description)})`;
  return `The identity provider ${issuer} did not sign you in: ${reason}${more}. Try again, or ask whoever runs it.`;
}

/** Whether a provider's description says no more than its error's name. */
function repeats(description: string, error: string): boolean {
  const words = description.toLowerCase().replaceAll(/[^a-z]+/g, " ");
  return words.trim() === error.replaceAll("_", " ") || (error === "access_denied" && /access denied|cancell?ed/.test(words));
}

/** What is wrong with an ID token; `null` where it is not about one. */
function tokenProblem(code: string, claim: string | null, text: string, clientId: string): string | null {
  if (code === "OAUTH_JWT_TIMESTAMP_CHECK_FAILED") {
    return claim === "nbf"
      ? "its ID token is not valid yet; check this computer's clock"
      : "its ID token has expired; check this computer's clock";
  }
  if (code === "OAUTH_JWT_CLAIM_COMPARISON_FAILED") return claimProblem(claim, clientId);
  if (code === "OAUTH_KEY_SELECTION_FAILED") return "its ID token is signed with a key that the provider does not have";
  if (/signature verification failed/.test(text)) return "the signature of its ID token is wrong";
  if (/"alg"|JWS algorithm/.test(text)) return "its ID token is not signed in a way that proves who made it";
  if (/claim|JWT|ID Token|id_token/.test(text)) return `its ID token is malformed (${shown(text)})`;
  return null;
}

function claimProblem(claim: string | null, clientId: string): string {
  switch (claim) {
    case "iss":
      return "its ID token names another issuer";
    case "aud":
    case "azp":
      return `its ID token was made for another program than “${clientId}”`;
    case "nonce":
      return "its ID token was made for another sign-in";
    default:
      return `its ID token has an unexpected ${claim ?? "claim"}`;
  }
}

function metadataProblem(text: string): string {
  if (/issuer/.test(text)) return "its metadata name another issuer";
  return shown(text);
}

/** The claim that was compared, which the library puts beside what it was compared with. */
function claimOf(causes: readonly unknown[]): string | null {
  for (const cause of causes) {
    if (typeof cause === "object" && cause !== null && "claim" in cause && typeof cause.claim === "string") return cause.claim;
  }
  return null;
}

function causesOf(thrown: unknown): readonly unknown[] {
  const causes: unknown[] = [];
  for (let cause = thrown; cause !== undefined && causes.length < 8; cause = cause instanceof Error ? cause.cause : undefined) {
    causes.push(cause);
  }
  return causes;
}

/** Another's words, short and with nothing in them that a terminal obeys. */
function shown(text: string): string {
  return printable(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
