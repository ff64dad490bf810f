import { createRemoteJWKSet, customFetch, errors, type FetchImplementation, type JWTPayload, jwtVerify } from "jose";
import type { AuthenticatedActor } from "../../model/actor.ts";
import { FailureError } from "../../model/failure.ts";
import type { UnixMicros } from "../../model/value.ts";
import { isCommitment } from "../identity-key.ts";
import type { OidcSettings } from "../identity-settings.ts";
import { type FetchLimits, providerLimits } from "./bounded-fetch.ts";
import { personOf } from "./id-token.ts";
import { failureMs, keyFetch } from "./key-fetch.ts";
import { clockSkewSeconds, discoverProvider } from "./provider.ts";
import { checkedAddress } from "./provider-address.ts";
import { tokenProblem } from "./token-problem.ts";

/** Signatures that only the provider can make; none with a secret that others have too. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];
/** No provider's token is longer, and a client may send anything. */
const tokenLimit = 32 * 1024;
/** How long the provider's metadata hold. */
const metadataMs = 60 * 60_000;

/** A machine whose subject at the provider is registered here. */
export interface MachineOfSubject {
  readonly name: string;
  readonly owner: string;
  readonly groups: readonly string[];
}

/** Who presented a token, and until when it holds. */
export interface VerifiedToken {
  readonly actor: AuthenticatedActor;
  readonly until: UnixMicros;
}

export interface TokenVerifierOptions {
  /** Registered machines, by the subject of the tokens that they present; `null` where it is none. */
  readonly machineOf: (subject: string) => MachineOfSubject | null;
  readonly limits?: FetchLimits;
  /** How long keys hold before a token that names another one has them asked for again, in milliseconds; 30 s unless told. */
  readonly cooldownMs?: number;
}

type KeySet = ReturnType<typeof createRemoteJWKSet>;
type Keys = { readonly issuer: string; readonly until: number; readonly set: Promise<KeySet> };

/**
 * Verifies tokens (RFC 7519) that clients present as passwords: access and ID tokens of the provider, signed with one of its keys,
 * for this audience, in their time (give or take a minute). Keys are cached, and asked for again where a token names a new one,
 * though not more often than each 30 s.
 */
export class TokenVerifier {
  readonly #options: TokenVerifierOptions;
  #keys: Keys | null = null;

  constructor(options: TokenVerifierOptions) {
    this.#options = options;
  }

  /** Rejects with a `FailureError` (`token-refused`, `provider-unreachable`, `provider-refused`) that has no part of the token in it. */
  async verify(token: string, settings: OidcSettings): Promise<VerifiedToken> {
    if (token.length > tokenLimit) throw refused("it is too long to be one");
    const keys = await this.#keysOf(settings);
    const claims = await verified(token, keys, settings);
    checkKind(claims, settings);
    return { actor: this.#actorOf(claims, settings), until: claims.exp * 1_000_000 };
  }

  #actorOf(claims: TokenClaims, settings: OidcSettings): AuthenticatedActor {
    const { sub: subject, iss: issuer } = claims;
    const machine = this.#options.machineOf(subject);
    if (machine !== null) return { kind: "machine", authenticated: true, issuer, subject, via: "token", ...machine };
    if (isOwnClient(claims)) {
      throw refused(`it is of a machine (“${subject.slice(0, 100)}”) that is not registered here; an administrator can register it`);
    }
    return { kind: "person", authenticated: true, ...personOf(claims, settings.claims), via: "token", signIn: null };
  }

  #keysOf(settings: OidcSettings): Promise<KeySet> {
    const now = Date.now();
    if (this.#keys !== null && this.#keys.issuer === settings.issuer && now < this.#keys.until) return this.#keys.set;
    const set = keySetOf(settings, this.#options);
    const keys = { issuer: settings.issuer, until: now + metadataMs, set };
    this.#keys = keys;
    // A provider that is away is not asked once more for each client that comes.
    set.catch(() => {
      if (this.#keys === keys) this.#keys = { ...keys, until: Date.now() + failureMs };
    });
    return set;
  }
}

type TokenClaims = JWTPayload & { readonly iss: string; readonly sub: string; readonly exp: number };

async function keySetOf(settings: OidcSettings, { limits = providerLimits, cooldownMs = 30_000 }: TokenVerifierOptions): Promise<KeySet> {
  const configuration = await discoverProvider(settings, limits);
  const { jwks_uri: address } = configuration.serverMetadata();
  const url = checkedAddress(address ?? "", "the address of its keys");
  const options = { timeoutDuration: limits.milliseconds, cooldownDuration: cooldownMs, cacheMaxAge: 10 * 60_000 };
  return createRemoteJWKSet(url, { ...options, [customFetch]: keyFetch(limits) as FetchImplementation });
}

async function verified(token: string, keys: KeySet, settings: OidcSettings): Promise<TokenClaims> {
  const { issuer, clientId, audience } = settings;
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer,
      audience: audience ?? clientId,
      algorithms,
      clockTolerance: clockSkewSeconds,
      requiredClaims: ["iss", "sub", "aud", "exp", "iat"],
    });
    const { typ = "JWT" } = protectedHeader;
    if (!/^(application\/)?(at\+)?jwt$/i.test(typ)) throw refused("it is of another kind than an ID token or an access token");
    const { iss, sub, exp } = payload;
    if (iss === undefined || sub === undefined || exp === undefined || sub === "") throw refused("it names nobody");
    return { ...payload, iss, sub, exp };
  } catch (thrown) {
    if (thrown instanceof FailureError) throw thrown;
    if (thrown instanceof errors.JWKSTimeout) throw unreachable(issuer);
    throw refused(tokenProblem(thrown));
  }
}

/** What a signature and times do not tell: tokens of the same provider that were made for something else. */
function checkKind(claims: TokenClaims, { clientId, audience }: OidcSettings): void {
  if ((claims.iat ?? 0) > Date.now() / 1000 + clockSkewSeconds) throw refused("it is not valid yet; check this computer's clock");
  if (isCommitment(claims.nonce)) {
    throw refused("it was made for a sign-in at Stenograph, where it is kept as evidence and not as a password");
  }
  if ("events" in claims) throw refused("it tells of an event, and is nobody's");
  const { azp } = claims;
  if (audience === null && azp !== undefined && azp !== clientId) throw refused("it was made for another program");
}

/**
 * Whether a client got the token for itself by `client_credentials`. It should then have the client's id for its subject (RFC 9068, 2.2;
 * `cid` is Okta's); Auth0, Entra ID and Keycloak give such tokens other subjects, and say it in a claim of theirs.
 */
function isOwnClient({ sub, client_id: client, azp, cid, gty, idtyp, preferred_username: userName }: TokenClaims): boolean {
  if ([client, azp, cid].includes(sub) || gty === "client-credentials" || idtyp === "app") return true;
  return typeof userName === "string" && [client, azp].some((id) => userName === `service-account-${String(id).toLowerCase()}`);
}

/** Without its cause: errors of the libraries hold what they were about. */
function refused(reason: string): FailureError {
  return new FailureError("token-refused", `The token that was presented as a password was not accepted: ${reason}. Get a new one.`);
}

function unreachable(issuer: string): FailureError {
  const message = `The token could not be verified, because the keys of ${issuer} could not be had in time. Try again.`;
  return new FailureError("provider-unreachable", message);
}
