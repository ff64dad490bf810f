/** The frame of every page of the identity provider: no script, nothing from elsewhere. */
import { escapeHtml } from "./escape-html.ts";

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; display: grid; min-height: 100vh; place-items: center; }
main { width: min(30rem, calc(100vw - 2rem)); padding: 2rem 0; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
p { margin: 0 0 1rem; }
label { display: block; margin-bottom: 1rem; font-weight: 600; }
input:not([type=hidden]) { box-sizing: border-box; width: 100%; margin-top: .25rem; padding: .5rem; font: inherit; font-weight: normal; }
button { padding: .5rem 1rem; font: inherit; cursor: pointer; }
button.first { font-weight: 600; }
section { margin-top: 2rem; border-top: 1px solid GrayText; padding-top: 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25rem .5rem .25rem 0; font-weight: normal; }
code { font: 0.95em ui-monospace, monospace; white-space: nowrap; }
th[scope=col] { white-space: nowrap; }
[role=alert] { border-left: .25rem solid #c62828; padding-left: .75rem; }
`;

/** `body` is HTML, its texts escaped already. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)} · Demo identity provider</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;
}
