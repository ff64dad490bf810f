/** The pages of the device flow (RFC 8628). oidc-provider makes the forms, which the buttons here belong to. */
import { escapeHtml } from "./escape-html.ts";
import { page } from "./page.ts";

/** Asks for the code that the device shows. */
export function deviceCodePage(form: string, error: Error | undefined): string {
  const alert = error === undefined ? "" : `<p role="alert">${sentenceFor(error)}</p>`;
  return page(
    "Sign in on another device",
    `${alert}<p id="code-label">Type the code that the device shows.</p>
${form.replace("<input\n", '<input aria-labelledby="code-label" ')}
<p><button class="first" type="submit" form="op.deviceInputForm">Continue</button></p>`,
  );
}

/** Asks whether the code is the one that the device shows. */
export function deviceConfirmPage(form: string, code: string): string {
  return page(
    "Is this your code?",
    `<p><code>${escapeHtml(code)}</code></p>
<p>Go on only where the device in front of you shows this code, and you started it.</p>
${form}
<p><button class="first" autofocus type="submit" form="op.deviceConfirmForm">Continue</button>
<button type="submit" form="op.deviceConfirmForm" name="abort" value="yes">Cancel</button></p>`,
  );
}

export function deviceDonePage(): string {
  return page("Signed in", "<p>The device is signed in. You can close this page.</p>");
}

/** By the names of oidc-provider's errors. */
function sentenceFor({ name }: Error): string {
  if (name === "NoCodeError" || name === "NotFoundError") return "That code is not known. Type it again.";
  if (name === "ExpiredError") return "That code has expired. Start again on the device.";
  if (name === "AlreadyUsedError") return "That code was used already. Start again on the device.";
  if (name === "AbortedError") return "The sign-in was cancelled.";
  return "The sign-in did not work. Start again on the device.";
}
