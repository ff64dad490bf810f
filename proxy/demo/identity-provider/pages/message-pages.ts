import { escapeHtml } from "./escape-html.ts";
import { page } from "./page.ts";

/** Why the provider cannot go on; `out` is OAuth's error. */
export function errorPage(out: Readonly<Record<string, unknown>>): string {
  const reason = typeof out.error_description === "string" ? out.error_description : String(out.error);
  return page("This does not work", `<p role="alert">${escapeHtml(reason)}</p><p>Go back to the application and begin again.</p>`);
}

/** Asks whether to sign out; `form` is oidc-provider's. */
export function signOutPage(form: string): string {
  return page(
    "Sign out?",
    `${form}
<p><button class="first" autofocus type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button type="submit" form="op.logoutForm">Stay signed in</button></p>`,
  );
}

export function signedOutPage(): string {
  return page("Signed out", "<p>You are signed out. You can close this page.</p>");
}
