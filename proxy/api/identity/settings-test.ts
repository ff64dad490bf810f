import type { IdentitySettings, OidcSettings, SamlSettings } from "../../identity/identity-settings.ts";
import { discoverProvider } from "../../identity/oidc/provider.ts";
import { consumerAddress } from "../../identity/saml/assertion-answer.ts";
import { checkSamlSettings } from "../../identity/saml/service-provider.ts";
import { failureOf } from "../../model/failure.ts";

/** What a test of settings found; `message` is a sentence for the person either way. */
export interface SettingsTest {
  readonly ok: boolean;
  readonly message: string;
}

/** Asks the provider whether these settings can work, as far as it tells without anybody signing in. Never rejects. */
export async function testSettings({ provider }: IdentitySettings): Promise<SettingsTest> {
  try {
    if (provider === null) return { ok: true, message: "Nobody signs in: everybody who can open this workstation may do everything." };
    if (provider.kind === "oidc") return await testOidc(provider);
    return testSaml(provider);
  } catch (thrown) {
    return { ok: false, message: failureOf(thrown).message };
  }
}

function testSaml(settings: SamlSettings): SettingsTest {
  checkSamlSettings(settings);
  const address = consumerAddress(settings.consumerPort);
  const consumer =
    address ??
    "http://127.0.0.1/saml/acs, in a browser at the port of “serve”, else at another port each time (name a port, for “serve” too, where the provider takes one address only)";
  return {
    ok: true,
    message:
      "The settings are complete. A SAML provider cannot be asked more: sign in to see whether they are right. " +
      `It has to know this program as ${settings.spIssuer}, sign its assertions, and send them by HTTP-POST to ${consumer}.`,
  };
}

async function testOidc(settings: OidcSettings): Promise<SettingsTest> {
  const metadata = (await discoverProvider(settings)).serverMetadata();
  if (metadata.authorization_endpoint === undefined || metadata.token_endpoint === undefined) {
    return { ok: false, message: `${settings.issuer} answers, but offers no sign-in in a browser.` };
  }
  const scopes = metadata.scopes_supported;
  const unknown = scopes === undefined ? [] : settings.scopes.filter((scope) => !scopes.includes(scope));
  if (unknown.length > 0) return { ok: false, message: `${settings.issuer} does not know the scope ${unknown.join(", ")}.` };
  const renewal =
    scopes?.includes("offline_access") === true
      ? "Sign-ins are renewed while the program runs."
      : "Sign-ins cannot be renewed there: they end when their token does.";
  const device =
    metadata.device_authorization_endpoint === undefined
      ? "It offers no sign-in by code for the command line."
      : "The command line can sign in by code.";
  return {
    ok: true,
    message: `${metadata.issuer} answers and offers sign-in. ${renewal} ${device} Whether it knows this client shows at the first sign-in.`,
  };
}
