import type { IDToken } from "openid-client";
import type { UnixMicros } from "../../model/value.ts";
import type { OidcSettings } from "../identity-settings.ts";
import { tokenRefused } from "./oidc-failure.ts";
import { clockSkewSeconds } from "./provider.ts";

/** What is kept of an ID token besides the claims that the settings name. */
const keptClaims = ["iss", "sub", "acr", "amr", "auth_time", "iat", "exp"] as const;

/** More than any provider puts into a token; a person's groups are in every recording of theirs. */
const groupLimit = 1000;
const textLimit = 1000;

/** A person as a token describes them. */
export interface DescribedPerson {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  readonly email: string | null;
  readonly groups: readonly string[];
}

type Claims = Readonly<Record<string, unknown>>;

/** The person of a verified token. What is not there, or not text, is left out; `sub` stands for a name. */
export function personOf(claims: Claims & { readonly iss: string; readonly sub: string }, names: OidcSettings["claims"]): DescribedPerson {
  const email = textOf(claimAt(claims, names.email));
  return {
    issuer: claims.iss,
    subject: claims.sub,
    name: textOf(claimAt(claims, names.name)) ?? email ?? claims.sub,
    email,
    groups: groupsOf(claimAt(claims, names.groups)),
  };
}

/** The claims that are kept, by their own names. */
export function keptOf(claims: Claims, names: OidcSettings["claims"]): Claims {
  const kept: Record<string, unknown> = {};
  for (const name of [...keptClaims, names.name, names.email, names.groups]) {
    const value = claimAt(claims, name);
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** When a token ends. */
export function expiryOf({ exp }: Pick<IDToken, "exp">): UnixMicros {
  return exp * 1_000_000;
}

/** Checks what openid-client leaves to its caller. Throws a `FailureError` (`token-refused`). */
export function checkIssuedAt({ iss, iat }: Pick<IDToken, "iss" | "iat">, now: number = Date.now()): void {
  if (iat > now / 1000 + clockSkewSeconds) throw tokenRefused(iss, "its ID token is not valid yet; check this computer's clock");
}

/** The claim of that name; else what dots in the name lead to, as in `realm_access.roles`. */
function claimAt(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const part of name.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Claims)[part];
  }
  return value;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.slice(0, textLimit) : null;
}

function groupsOf(value: unknown): readonly string[] {
  const groups = Array.isArray(value) ? value : [value];
  return groups
    .filter((group): group is string => typeof group === "string" && group !== "" && group.length <= textLimit)
    .slice(0, groupLimit);
}
