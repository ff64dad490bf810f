import type { Role } from "../model/role.ts";

/** An OpenID provider where this program is registered as a native, public client. */
export interface OidcSettings {
  readonly kind: "oidc";
  readonly issuer: string;
  readonly clientId: string;
  /** Besides `openid`. */
  readonly scopes: readonly string[];
  /** Names of the claims that hold them. */
  readonly claims: { readonly name: string; readonly email: string; readonly groups: string };
  /** Audience of tokens that clients present as passwords; `null` for the client id. */
  readonly audience: string | null;
}

/** A SAML 2.0 identity provider. */
export interface SamlSettings {
  readonly kind: "saml";
  /** Where it takes requests by HTTP-Redirect. */
  readonly entryPoint: string;
  readonly idpIssuer: string;
  /** PEM text. */
  readonly idpCertificate: string;
  readonly spIssuer: string;
  /** Port of the assertion consumer on 127.0.0.1; 0 picks one. */
  readonly consumerPort: number;
  /** Names of the attributes that hold them. */
  readonly attributes: { readonly name: string; readonly email: string; readonly groups: string };
}

export type ProviderSettings = OidcSettings | SamlSettings;

/** Members of `group` at the provider have `role` here. */
export interface GroupRole {
  readonly group: string;
  readonly role: Role;
}

/** What becomes of open sessions when the identity that they run under ends. */
export type EndOpenSessions =
  | { readonly kind: "at-once" }
  | { readonly kind: "after"; readonly minutes: number }
  | { readonly kind: "never" };

export interface IdentitySettings {
  /** `null`: nobody signs in, and the actor is the OS user, not authenticated. */
  readonly provider: ProviderSettings | null;
  readonly roles: readonly GroupRole[];
  readonly endOpenSessions: EndOpenSessions;
}

export const noIdentitySettings: IdentitySettings = { provider: null, roles: [], endOpenSessions: { kind: "at-once" } };

/** The provider's name for people. */
export function providerName(provider: ProviderSettings): string {
  return provider.kind === "oidc" ? provider.issuer : provider.idpIssuer;
}
