/** Sign-ins as the workstation has them, with what they told the access log. */
import type { IdentityProvider } from "../../../proxy/demo/identity-provider/identity-provider.ts";
import { demoRoles } from "../../../proxy/demo/identity-provider/people.ts";
import { ScriptedBrowser } from "../../../proxy/demo/identity-provider/scripted-browser.ts";
import type { IdentitySettings, OidcSettings } from "../../../proxy/identity/identity-settings.ts";
import type { SignIn } from "../../../proxy/identity/sign-in.ts";
import { type SignInEvent, SignIns } from "../../../proxy/identity/sign-ins.ts";
import { temporaryDirectory } from "../stenograph.ts";

export interface SignInsUnderTest extends Disposable {
  readonly signIns: SignIns;
  readonly dataDirectory: string;
  readonly log: readonly SignInEvent[];
  settings: IdentitySettings;
}

export function signInsWith(settings: IdentitySettings): SignInsUnderTest {
  const directory = temporaryDirectory();
  const log: SignInEvent[] = [];
  const options = { dataDirectory: directory.path, settings: () => under.settings, log: (event: SignInEvent) => void log.push(event) };
  const under: { settings: IdentitySettings } = { settings };
  const signIns = new SignIns(options);
  return Object.assign(under, {
    signIns,
    dataDirectory: directory.path,
    log,
    [Symbol.dispose]: () => {
      signIns.close();
      directory[Symbol.dispose]();
    },
  });
}

export function oidcSettings({ issuer, clientId }: Pick<IdentityProvider, "issuer" | "clientId">): OidcSettings {
  const claims = { name: "name", email: "email", groups: "groups" };
  return { kind: "oidc", issuer, clientId, scopes: ["profile", "email", "groups"], claims, audience: null };
}

export function settingsOf(provider: Pick<IdentityProvider, "issuer" | "clientId">): IdentitySettings {
  return { provider: oidcSettings(provider), roles: demoRoles, endOpenSessions: { kind: "at-once" } };
}

/** Signs one of the provider's people in, over its own pages. */
export function signInAs(signIns: SignIns, provider: IdentityProvider, user: string, browser = new ScriptedBrowser()): Promise<SignIn> {
  const person = provider.people.find((each) => each.user === user);
  if (person === undefined) throw new Error(`the provider knows no ${user}`);
  return signIns.begin({ open: (url) => void browser.signIn(url, person).catch(() => undefined) });
}
