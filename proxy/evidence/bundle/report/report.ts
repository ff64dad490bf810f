/** The readable report of a bundle: one page of HTML without scripts, that loads nothing and prints. */
import type { Actor } from "../../../model/actor.ts";
import { isoMicros } from "../../../model/value.ts";
import type { ExportPredicate } from "../export-statement.ts";
import type { RedactionRecord } from "../redaction-record.ts";
import type { SpooledText } from "../spooled-text.ts";
import { counted, factTable, htmlText } from "./html-text.ts";
import { reportStyle } from "./report-style.ts";

export interface ReportFacts {
  readonly predicate: ExportPredicate;
  /** Key that the export is signed with, and what it is. */
  readonly signer: { readonly keyId: string; readonly algorithm: string; readonly kept: "disk" | "run" };
  /** Whether the exporter's identity key signs too. */
  readonly signedByIdentity: boolean;
  readonly timestampFrom: string | null;
  readonly redactions: readonly RedactionRecord[];
  /** The checkpoint's signed note. */
  readonly checkpoint: string;
}

/** The whole page; `sessions` is what was written on each session. */
export async function* reportPieces(facts: ReportFacts, sessions: SpooledText): AsyncGenerator<Uint8Array> {
  yield Buffer.from(head(facts), "utf8");
  yield* sessions.read();
  yield Buffer.from(tail(facts), "utf8");
}

function head({ predicate, signer, signedByIdentity, timestampFrom, redactions, checkpoint }: ReportFacts): string {
  const { exportId, at, exporter, sessions, parent, program } = predicate;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evidence ${htmlText(exportId)}</title>
<style>${reportStyle}</style>
</head>
<body>
<h1>Evidence of database sessions</h1>
<p class="lead">Bundle ${htmlText(exportId)}, made ${isoMicros(at)} by ${htmlText(program.name)} ${htmlText(program.version)}</p>
<p>This report is for reading. It proves nothing by itself: a page can be changed like any other file. What it says is proven by the files beside it, when <b>stenograph verify</b> or the steps in VERIFY.txt find the bundle valid.</p>
<h2>This bundle</h2>
${factTable([
  ["Exported by", whoText(exporter)],
  ["Sessions", `${sessions.length}`],
  [
    "Made from",
    parent === null
      ? "the recordings themselves"
      : `another bundle, whose manifest has the SHA-256 <span class="hash">${htmlText(parent)}</span>`,
  ],
  [
    "Signed by",
    htmlText(
      `device key ${signer.keyId} (${signer.algorithm})${signer.kept === "run" ? ", which was made for one run of the program" : ""}`,
    ),
  ],
  ["", signedByIdentity ? "and by the identity key of the exporter" : "no identity key of the exporter signed it"],
  ["Timestamp", timestampFrom === null ? "none was asked for" : htmlText(`by ${timestampFrom}, over the signature: sig/export.tsr`)],
  ["Withheld", redactions.length === 0 ? "nothing" : "see “What is withheld”"],
  ["Custody", "entries after this export, if any, are in the folder custody of the bundle"],
  ["Device log", `<pre>${htmlText(checkpoint)}</pre>`],
  [
    "Methods",
    "SHA-256; Merkle trees of RFC 6962; canonical JSON of RFC 8785; DSSE envelopes with in-toto statements; signatures by Ed25519 and ECDSA P-256",
  ],
])}
<h2>What it shows, and what it does not</h2>
<p>Where the bundle is valid, the statements and answers below went through the recording computer in this order, and nothing of them was changed, left out or added since they were sealed, but for what is marked as withheld.</p>
<p>It does not show what went to the database by another way; that the server did what it answered; whose hands were on the keyboard, but only whose sign-in or secret was used; what clients say of themselves (marked <span class="claimed">claimed</span>); or that the recording computer's clock was right.</p>
${redactionsHtml(redactions)}`;
}

function redactionsHtml(redactions: readonly RedactionRecord[]): string {
  if (redactions.length === 0) return "";
  const each = redactions.map(({ number, at, by, reason, rules, counts, limits }) => {
    const facts = factTable([
      ["By", whoText(by)],
      ["At", isoMicros(at)],
      ["Reason", reason === null ? "none given" : htmlText(reason)],
      ["Rules", rules.map(htmlText).join("<br>")],
      [
        "How much",
        `${counted(counts.parts, "part")} of ${counted(counts.events, "event")}: of SQL ${counts.sql}, parameters and attributes ${counts.parameters}, columns in blocks of rows ${counts.cells}, others ${counts.other}`,
      ],
      ["What the rules cannot do", limits.length === 0 ? null : limits.map(htmlText).join("<br>")],
    ]);
    return `<h3>Withheld, record ${number}</h3>\n${facts}`;
  });
  return `<h2>What is withheld</h2>\n<p>For each withheld part the bundle has its commitment, so that what is shown is proven in its place, and what is withheld can be shown later.</p>\n${each.join("")}`;
}

function tail({ predicate }: ReportFacts): string {
  const blank = `<span class="blank"></span>`;
  return `<section class="certification">
<h2>Template for a custodian's certification</h2>
<p class="lead">Not part of the evidence, and no legal advice: to be filled in and signed by whoever keeps these records, in the form that the law of the place asks for (in the United States, for example, Federal Rules of Evidence 902(11), (13) and (14)).</p>
<p>I, ${blank}, am ${blank} at ${blank}, and I am familiar with how these records are made and kept.</p>
<p>1. The records in the evidence bundle ${htmlText(predicate.exportId)} were made by ${htmlText(predicate.program.name)} ${htmlText(predicate.program.version)}, an electronic process that records the traffic of database sessions as it passes, at the time of the events that they describe.</p>
<p>2. They were kept in the course of a regularly conducted activity, and making them was a regular practice of that activity.</p>
<p>3. The process produces an accurate result. Its recordings are sealed by SHA-256 digests and signatures, and I verified the bundle on ${blank} with the verdict ${blank}.</p>
<p>4. The file that I verified has the SHA-256 digest ${blank}, and is a true copy of the records.</p>
<p>5. The recording computer's clock was set by ${blank}.</p>
<p>I declare that the foregoing is true and correct.</p>
<div class="signature"><span>Place and date</span><span>Signature</span></div>
</section>
</body>
</html>
`;
}

function whoText(actor: Actor): string {
  switch (actor.kind) {
    case "person":
      return htmlText(`${actor.name}, vouched for by ${actor.issuer} as ${actor.subject}`);
    case "machine":
      return htmlText(`${actor.name}, a machine for which ${actor.owner} answers`);
    case "os-user":
      return `${htmlText(actor.name)}, user of the operating system, <b>not authenticated</b>`;
    default:
      return actor satisfies never;
  }
}
