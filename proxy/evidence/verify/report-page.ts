/** The report of a bundle is a page that people open in a browser: it must be one that can do nothing there. */
import type { BundleFiles } from "./bundle-files.ts";
import { BundleFault } from "./verdict.ts";

const file = "data/report.html";

/** How reports begin that releases have written: what follows such a policy can neither run nor load anything. */
const beginnings: readonly Buffer[] = [
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
`,
].map((text) => Buffer.from(text, "utf8"));

/** What such a policy leaves open, and what no report has. Text is escaped: it has no such thing in it, whatever was recorded. */
const active = /<\s*\/?\s*(script|meta\s+http-equiv|iframe|frame|object|embed|form|link|base|svg|math|template)\b/;
const longestMark = 64;

/** Rejects with a `BundleFault` (`E_TYPE`) where it is another page. A bundle may be without one. */
export async function checkReport(files: BundleFiles): Promise<void> {
  if (!files.has(file)) return;
  let isFirst = true;
  let before = "";
  for await (const piece of files.pieces(file)) {
    const beginning = isFirst ? beginnings.find((known) => piece.subarray(0, known.length).equals(known)) : Buffer.alloc(0);
    isFirst = false;
    if (beginning === undefined)
      throw new BundleFault("E_TYPE", "it does not begin as reports do, with the policy that keeps it from doing anything", { file });
    const text = before + piece.subarray(beginning.length).toString("latin1").toLowerCase();
    if (active.test(text)) throw new BundleFault("E_TYPE", "it has something in it that could do more than be read", { file });
    before = text.slice(-longestMark);
  }
}
