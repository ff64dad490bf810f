import type { ServerResponse } from "node:http";

/** What the person sees in their browser when they come back from the provider. */
export interface RedirectPage {
  readonly title: string;
  /** Plain text; it may hold anything, and is escaped. */
  readonly message: string;
}

/** A form with one button. */
export interface Question {
  readonly method: "get" | "post";
  /** Where it goes, from the page's own address. */
  readonly action: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly button: string;
}

function pagePolicy(formAction: string): string {
  return `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action ${formAction}; frame-ancestors 'none'`;
}

/** Nothing is loaded, run, framed, kept or told to others; the style is the page's own. */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": pagePolicy("'none'"),
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
  connection: "close",
};

export function sendPage(response: ServerResponse, status: number, page: RedirectPage): void {
  response.writeHead(status, pageHeaders).end(redirectPage(page, ""));
}

/** A page that asks; what is asked for is sent to our own address. */
export function sendQuestion(response: ServerResponse, page: RedirectPage, question: Question): void {
  const headers = { ...pageHeaders, "content-security-policy": pagePolicy("'self'") };
  response.writeHead(200, headers).end(redirectPage(page, formOf(question)));
}

export function refusePage(response: ServerResponse, status: number, message: string): void {
  sendPage(response, status, { title: "This request was refused", message });
}

function formOf({ method, action, fields, button }: Question): string {
  const hidden = fields.map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`).join("");
  return `<form method="${method}" action="${escaped(action)}">${hidden}<button>${escaped(button)}</button></form>\n`;
}

function redirectPage({ title, message }: RedirectPage, more: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} · Stenograph</title>
<style>${style}</style>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(message)}</p>
${more}</main>
</html>
`;
}

const style = `
:root { --paper: #fcfdf9; --ink: #1b221e; --ink-2: #49544d; --rule: #0d654d }
@media (prefers-color-scheme: dark) { :root { --paper: #121613; --ink: #e2e8e0; --ink-2: #aab5ac; --rule: #62c7a4 } }
body { display: grid; place-items: center; min-height: 100vh; margin: 0; background: var(--paper); color: var(--ink-2);
  font: 14px/1.55 "Inter", "Segoe UI", system-ui, "DejaVu Sans", sans-serif }
main { max-width: 620px; padding: 4px 24px; border-left: 2px solid var(--rule); overflow-wrap: anywhere }
button { padding: 6px 14px; border: 0; border-radius: 6px; background: var(--rule); color: var(--paper); font: inherit; cursor: pointer }
h1 { margin: 0; color: var(--ink); font-size: 20px; font-weight: 600 }
`;

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
