import { type IdentitySettings, providerName } from "../../identity/identity-settings.ts";
import { checkedAddress } from "../../identity/oidc/provider-address.ts";
import { rolesOf } from "../../identity/roles.ts";
import { checkSamlSettings } from "../../identity/saml/service-provider.ts";
import type { SignIn } from "../../identity/sign-in.ts";
import { failureOf } from "../../model/failure.ts";

/**
 * What is wrong with settings of identity beyond their shape, as a sentence; `null` where nothing is. `signIn` is of who changes
 * them: nobody can lock everybody, or themselves, out of these settings.
 */
export function settingsProblem(settings: IdentitySettings, before: IdentitySettings, signIn: SignIn | null): string | null {
  const { provider, roles } = settings;
  if (provider === null) return null;
  const problem = providerProblem(provider);
  if (problem !== null) return problem;
  if (!roles.some(({ role }) => role === "admin")) {
    return "No group has the role admin: nobody could change these settings any more. Give it to a group of yours.";
  }
  const staysSignedIn = before.provider !== null && providerName(before.provider) === providerName(provider);
  if (signIn !== null && staysSignedIn && !rolesOf(signIn.actor.groups, roles).includes("admin")) {
    return "You would lose the role admin yourself. Give it to one of your own groups, or have another administrator change this.";
  }
  return null;
}

function providerProblem(provider: NonNullable<IdentitySettings["provider"]>): string | null {
  try {
    if (provider.kind === "oidc") checkedAddress(provider.issuer, "the issuer");
    else checkSamlSettings(provider);
    return null;
  } catch (thrown) {
    return failureOf(thrown).message;
  }
}
