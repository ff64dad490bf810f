import { signInAt } from "./identity-provider/application.ts";
import type { IdentityProvider } from "./identity-provider/identity-provider.ts";
import type { DemoPerson } from "./identity-provider/people.ts";

/** Seconds before its end from which a token is not used any more. */
const margin = 60;

/**
 * Gives the person's access token for MySQL, as a tool of theirs would that signed them in elsewhere; a new one where the old one
 * is about to expire.
 */
export function personTokens(provider: IdentityProvider, person: DemoPerson): () => Promise<string> {
  let held: { readonly token: string; readonly until: number } | null = null;
  return async () => {
    if (held === null || held.until < Date.now()) {
      const tokens = await signInAt(provider, person, { parameters: { resource: provider.audience } });
      held = { token: tokens.access_token, until: Date.now() + ((tokens.expires_in ?? 0) - margin) * 1000 };
    }
    return held.token;
  };
}
