import type { ServerResponse } from "node:http";

/** What the person sees in their browser when they come back from the provider. */
export interface RedirectPage {
  readonly title: string;
  /** Plain text; it may hold anything, and is escaped. */
  readonly message: string;
}

/** Nothing is loaded, run, framed, kept or told to others; the style is the page's own. */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
  connection: "close",
};

export function sendPage(response: ServerResponse, status: number, page: RedirectPage): void {
  response.writeHead(status, pageHeaders).end(redirectPage(page));
}

export function refusePage(response: ServerResponse, status: number, message: string): void {
  sendPage(response, status, { title: "This request was refused", message });
}

function redirectPage({ title, message }: RedirectPage): string {
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
</main>
</html>
`;
}

const style = `
:root { --paper: #fcfdf9; --ink: #1b221e; --ink-2: #49544d; --rule: #0d654d }
@media (prefers-color-scheme: dark) { :root { --paper: #121613; --ink: #e2e8e0; --ink-2: #aab5ac; --rule: #62c7a4 } }
body { display: grid; place-items: center; min-height: 100vh; margin: 0; background: var(--paper); color: var(--ink-2);
  font: 14px/1.55 "Inter", "Segoe UI", system-ui, "DejaVu Sans", sans-serif }
main { max-width: 620px; padding: 4px 24px; border-left: 2px solid var(--rule); overflow-wrap: anywhere }
h1 { margin: 0; color: var(--ink); font-size: 20px; font-weight: 600 }
`;

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
