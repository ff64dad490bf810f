import type { Api } from "../api/api-client.ts";
import { goTo } from "../state/use-place.ts";

/** Begins a sign-in, and opens the provider's page where the host has not. Rejects with a `FailureError`. */
export async function signIn(api: Api): Promise<void> {
  const { url, opened } = await api.call("identity.signIn", {});
  if (!opened && isWebAddress(url)) window.open(url, "_blank", "noopener,noreferrer");
}

/** Signs out; what the person looked for is not left to the next one. Rejects with a `FailureError`. */
export async function signOut(api: Api): Promise<void> {
  await api.call("identity.signOut", {});
  goTo({ screen: "live", filter: "", selected: null }, "replace");
}

/** Whether a browser would open it as a page, and not run it. */
export function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
