/** How oidc-provider is set up: one native client for people, one machine, groups in the ID token, access tokens as JWT. */
import { randomBytes } from "node:crypto";
import type { Context, TokenIssued } from "oidc-provider";
import { deviceCodePage, deviceConfirmPage, deviceDonePage } from "./pages/device-pages.ts";
import { errorPage, signedOutPage, signOutPage } from "./pages/message-pages.ts";
import type { DemoMachine, DemoPerson } from "./people.ts";
import type { ProviderState } from "./provider-state.ts";
import type { SigningKey } from "./signing-keys.ts";

/** Lifetimes in seconds. */
export interface Lifetimes {
  readonly idToken: number;
  readonly accessToken: number;
  readonly refreshToken: number;
  readonly deviceCode: number;
  /** Of the session at the provider. */
  readonly session: number;
}

export interface ProviderParts {
  readonly clientId: string;
  readonly audience: string;
  readonly people: readonly DemoPerson[];
  readonly machine: DemoMachine;
  /** The first one signs. */
  readonly keys: readonly SigningKey[];
  readonly state: ProviderState;
  readonly lifetimes: Lifetimes;
}

/** Settings for `new Provider`. Every function that would otherwise print a warning is given. */
export function providerConfiguration({ clientId, audience, people, machine, keys, state, lifetimes }: ProviderParts): object {
  return {
    adapter: state.adapter,
    jwks: { keys },
    clients: [nativeClient(clientId), machineClient(machine)],
    cookies: { keys: [randomBytes(32).toString("base64url")] },
    clientBasedCORS: () => false,
    scopes: ["openid", "offline_access"],
    claims: {
      openid: ["sub", "amr", "auth_time"],
      profile: ["name", "preferred_username"],
      email: ["email", "email_verified"],
      groups: ["groups"],
    },
    // Groups belong in the ID token, where a desktop application reads them, and not only at the userinfo endpoint.
    conformIdTokenClaims: false,
    findAccount: (_context: Context, subject: string) => accountOf(people, subject),
    extraTokenClaims: (_context: Context, token: TokenIssued) => accessTokenClaims(people, machine, token),
    interactions: { url: (_context: Context, interaction: { readonly uid: string }) => `/interaction/${interaction.uid}` },
    renderError: (context: Context, out: Readonly<Record<string, unknown>>) => answer(context, errorPage(out)),
    ttl: {
      AccessToken: lifetimes.accessToken,
      AuthorizationCode: 60,
      ClientCredentials: lifetimes.accessToken,
      DeviceCode: lifetimes.deviceCode,
      Grant: lifetimes.refreshToken,
      IdToken: lifetimes.idToken,
      Interaction: 600,
      RefreshToken: lifetimes.refreshToken,
      Session: lifetimes.session,
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      claimsParameter: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (_context: Context, client: Named, token: Named) => token.clientId === client.clientId },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_context: Context, client: Named) => (client.clientId === machine.clientId ? audience : undefined),
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: "", audience, accessTokenFormat: "jwt", jwt: { sign: { alg: "RS256" } } }),
      },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: (context: Context, form: string, _out: unknown, error: Error | undefined) =>
          answer(context, deviceCodePage(form, error)),
        userCodeConfirmSource: (context: Context, form: string, _client: Named, _device: unknown, code: string) =>
          answer(context, deviceConfirmPage(form, code)),
        successSource: (context: Context) => answer(context, deviceDonePage()),
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context: Context, form: string) => answer(context, signOutPage(form)),
        postLogoutSuccessSource: (context: Context) => answer(context, signedOutPage()),
      },
    },
  };
}

interface Named {
  readonly clientId: string;
}

/** An application on the person's own machine: no secret, PKCE, and any port of the loopback address (RFC 8252). */
function nativeClient(clientId: string): object {
  return {
    client_id: clientId,
    client_name: "Stenograph",
    application_type: "native",
    token_endpoint_auth_method: "none",
    grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
    redirect_uris: ["http://127.0.0.1/callback"],
    post_logout_redirect_uris: ["http://127.0.0.1/signed-out"],
  };
}

function machineClient({ clientId, clientSecret }: DemoMachine): object {
  return {
    client_id: clientId,
    client_secret: clientSecret,
    client_name: clientId,
    grant_types: ["client_credentials"],
    redirect_uris: [],
    response_types: [],
  };
}

function accountOf(people: readonly DemoPerson[], subject: string): object | undefined {
  const person = people.find((candidate) => candidate.subject === subject);
  if (person === undefined) return undefined;
  return {
    accountId: subject,
    claims: () => ({ ...claimsOf(person), sub: subject, preferred_username: person.user, email_verified: true }),
  };
}

function accessTokenClaims(people: readonly DemoPerson[], machine: DemoMachine, token: TokenIssued): object | undefined {
  const person = people.find(({ subject }) => subject === token.accountId);
  if (person !== undefined) return claimsOf(person);
  return token.clientId === machine.clientId ? { groups: machine.groups } : undefined;
}

function claimsOf({ name, email, groups }: DemoPerson): object {
  return { name, email, groups };
}

function answer(context: Context, page: string): void {
  context.type = "html";
  context.body = page;
}
