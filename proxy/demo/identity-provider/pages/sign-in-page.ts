import type { DemoPerson } from "../people.ts";
import { escapeHtml } from "./escape-html.ts";
import { page } from "./page.ts";

export interface SignInPage {
  /** Name of the application that asks. */
  readonly application: string;
  /** What was typed before, or what the application knows; empty where the person begins. */
  readonly user: string;
  readonly failed: boolean;
  /** People to tell of with their passwords; empty where the page keeps them to itself. */
  readonly people: readonly DemoPerson[];
}

/** The page that asks for user name and password; its form goes where the page came from. */
export function signInPage({ application, user, failed, people }: SignInPage): string {
  const alert = failed ? '<p role="alert">The user name or the password is wrong. Try again.</p>' : "";
  const body = `<p>to go on to ${escapeHtml(application)}</p>
${alert}
<form method="post">
<label>User name <input name="user" value="${escapeHtml(user)}" autocomplete="username" autocapitalize="none" required${user === "" ? " autofocus" : ""}></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required${user === "" ? "" : " autofocus"}></label>
<button class="first" name="step" value="sign-in">Sign in</button>
<button name="step" value="cancel" formnovalidate>Cancel</button>
</form>
${people.length === 0 ? "" : hint(people)}`;
  return page("Sign in", body);
}

/** The demo's people are invented, and the page is served to this machine alone. */
function hint(people: readonly DemoPerson[]): string {
  const rows = people.map(
    ({ user, password, name, title }) => `<tr>
<th scope="row">${escapeHtml(name)}<br><small>${escapeHtml(title)}</small></th>
<td><code>${escapeHtml(user)}</code></td>
<td><code>${escapeHtml(password)}</code></td>
</tr>`,
  );
  return `<section aria-labelledby="people">
<h2 id="people">People of this demo</h2>
<table>
<thead><tr><th scope="col">Who</th><th scope="col">User name</th><th scope="col">Password</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>
</section>`;
}
