import { escapeHtml } from "./escape-html.ts";
import { page } from "./page.ts";

export interface ConsentPage {
  readonly application: string;
  /** Who is signed in. */
  readonly name: string;
  readonly scopes: readonly string[];
}

const meanings: Readonly<Record<string, string>> = {
  openid: "know who you are",
  profile: "see your name",
  email: "see your e-mail address",
  groups: "see which groups you are in",
  offline_access: "stay signed in while you are away",
};

/** The page that asks whether the application may know the person. */
export function consentPage({ application, name, scopes }: ConsentPage): string {
  const wishes = scopes.map((scope) => `<li>${escapeHtml(meanings[scope] ?? scope)}</li>`).join("\n");
  const body = `<p>You are signed in as <strong>${escapeHtml(name)}</strong>. ${escapeHtml(application)} asks to</p>
<ul>
${wishes}
</ul>
<form method="post">
<button class="first" name="step" value="consent" autofocus>Allow</button>
<button name="step" value="other-account">Use another account</button>
<button name="step" value="cancel">Cancel</button>
</form>`;
  return page(`Let ${application} know you?`, body);
}
