/** What a person sees in the browser where a page is refused to it: what happened, why, and what to do. */
import type { Refusal } from "./request-rules.ts";

/** The page for `refusal`, in the colours of the workstation; it loads nothing. */
export function refusalPage(refusal: Refusal, port: number): string {
  const title = refusal.status === 401 ? "This browser is not signed in" : "This request was refused";
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${title} · Stenograph</title>
<style>${style}</style>
<main>
<h1>${title}</h1>
<p>${escaped(refusal.message)}</p>
${refusal.status === 401 ? newAddress(port) : ""}</main>
</html>
`;
}

function newAddress(port: number): string {
  return `<ol>
<li>Go to the terminal in which Stenograph runs.</li>
<li>Open the newest address that it printed, <code>http://127.0.0.1:${port}/?token=…</code>, in this browser.</li>
<li>Where that terminal is gone, end Stenograph and start it again: it prints a new address when it starts.</li>
</ol>
<p>A browser is signed in until Stenograph ends. What is recorded does not depend on it.</p>
<p><a href="/">Try again</a></p>
`;
}

const style = `
:root { --paper: #fcfdf9; --ink: #1b221e; --ink-2: #49544d; --accent: #0d654d; --rule: #e3a595; --desk: #f1f4ec }
@media (prefers-color-scheme: dark) {
  :root { --paper: #121613; --ink: #e2e8e0; --ink-2: #aab5ac; --accent: #62c7a4; --rule: #74433a; --desk: #191e1b }
}
body { display: grid; place-items: center; min-height: 100vh; margin: 0; background: var(--paper); color: var(--ink-2);
  font: 14px/1.55 "Inter", "Segoe UI", system-ui, "DejaVu Sans", sans-serif }
main { max-width: 620px; padding: 4px 24px; border-left: 2px solid var(--rule) }
h1 { margin: 0; color: var(--ink); font-size: 20px; font-weight: 600 }
ol { padding-left: 20px }
li { margin: 6px 0 }
code { padding: 1px 5px; border-radius: 4px; background: var(--desk); color: var(--ink); font-size: 13px }
a { color: var(--accent) }
`;

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
