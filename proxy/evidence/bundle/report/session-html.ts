import type { Actor } from "../../../model/actor.ts";
import { isoMicros } from "../../../model/value.ts";
import type { CloseHeader, LeafHeader, OpenHeader } from "../../events/leaf.ts";
import type { EventItem, PartItem, SealFacts } from "../session-items.ts";
import type { WrittenSession } from "../session-part.ts";
import type { SpooledText } from "../spooled-text.ts";
import { counted, factTable, htmlText } from "./html-text.ts";
import { ShownParts } from "./statement-html.ts";

/** Bytes of all statements together that the report shows: beyond, browsers and people give up. */
const mostBytes = 12 * 1024 * 1024;

/** The part of the report on one session, written while the session is read. */
export class SessionReport {
  readonly #spool: SpooledText;
  #shown = new ShownParts();
  #shownEvent = -1;
  #open: OpenHeader | null = null;
  #claimed = "";
  #statements = 0;
  #leftOut = 0;
  #failed = 0;
  #lastSeq = 0;
  #gaps = 0;
  #decisions = 0;
  #close: CloseHeader | null = null;
  #closeDetail: unknown = null;

  /** What the report says of statements is put into `spool`, which all sessions share. */
  constructor(spool: SpooledText) {
    this.#spool = spool;
  }

  /** The facts of its opening; `null` before it came. */
  get open(): OpenHeader | null {
    return this.#open;
  }

  part(part: PartItem, withheld: boolean): void {
    if (part.n !== this.#shownEvent) this.#shown = new ShownParts();
    this.#shownEvent = part.n;
    this.#shown.add(part, withheld);
  }

  event({ n, header }: EventItem): void {
    if (n !== this.#shownEvent) this.#shown = new ShownParts();
    this.#shownEvent = -1;
    this.#say(header, this.#shown);
  }

  /** What is known at the session's end. */
  end(written: WrittenSession, seal: SealFacts): void {
    if (this.#leftOut > 0) {
      this.#write(
        `<p class="note">${this.#leftOut} further statements are not in this report, which would be too long to read. They are in events.jsonl and disclosures.jsonl.</p>\n`,
      );
    }
    this.#write(this.#completeness(written));
    this.#write(integrity(written, seal));
    this.#write("</section>\n");
  }

  #say(header: LeafHeader, shown: ShownParts): void {
    switch (header.kind) {
      case "open":
        this.#open = header;
        this.#claimed = shown.wholeHtml;
        this.#write(sessionHead(header, this.#claimed));
        return;
      case "statement":
        this.#statements += 1;
        if (header.outcome !== "ok") this.#failed += 1;
        // Statements come in the order of their ends.
        if (header.seq > this.#lastSeq) this.#lastSeq = header.seq;
        if (this.#spool.bytes < mostBytes) this.#write(shown.statement(header));
        else this.#leftOut += 1;
        return;
      case "close":
        this.#close = header;
        this.#closeDetail = shown.whole;
        return;
      case "gap":
        this.#gaps += 1;
        this.#write(`<p class="note">${isoMicros(header.at)}: bytes are missing from the recording here. ${shown.wholeHtml}</p>\n`);
        return;
      case "decision":
        this.#decisions += 1;
        this.#write(`<p class="note">${isoMicros(header.at)}: policy decided. ${shown.wholeHtml}</p>\n`);
        return;
      case "note":
        this.#write(`<p class="lead">${isoMicros(header.at)}, note: ${shown.wholeHtml}</p>\n`);
        return;
      default:
        header satisfies never;
    }
  }

  #completeness({ events, withheld }: WrittenSession): string {
    const close = this.#close;
    const numbers =
      this.#lastSeq === this.#statements
        ? `statements are numbered 1 to ${this.#lastSeq} without a gap`
        : `the last statement has number ${this.#lastSeq}, and ${this.#statements} are here`;
    return `<h3>Completeness</h3>\n${factTable([
      ["Events", `${events}, numbered from 0 and each chained to the one before it`],
      ["Statements", `${this.#statements}, of which ${this.#failed} did not succeed; ${numbers}`],
      ["Missing bytes", this.#gaps === 0 ? "none" : `${counted(this.#gaps, "gap")}, each shown above`],
      ["Decisions and approvals", this.#decisions === 0 ? "none recorded" : `${this.#decisions}, each shown above`],
      ["Ended", close === null ? "no end was recorded" : `${isoMicros(close.at)}, ${htmlText(close.cause)}${detailOf(this.#closeDetail)}`],
      ["Withheld here", withheld.parts === 0 ? "nothing" : `${counted(withheld.parts, "part")} of ${counted(withheld.events, "event")}`],
    ])}`;
  }

  #write(html: string): void {
    this.#spool.write(html);
  }
}

function sessionHead(open: OpenHeader, claimedHtml: string): string {
  const { upstream, actor, credential, process, tls, program } = open;
  return `<section class="session">
<h2>Session ${htmlText(open.session)}</h2>
<h3>Who</h3>
${factTable([...whoFacts(actor), ["Credential", credential === null || credential === undefined ? null : htmlText(`${credential.user} (${credential.id})`)], ["Says of itself", `${claimedHtml} <span class="claimed">claimed</span>`]])}
<h3>Where</h3>
${factTable([
  ["Connection", htmlText(open.connection)],
  ["Server", htmlText(`${upstream.address}, version ${upstream.version ?? "unknown"}, thread ${upstream.threadId ?? "unknown"}`)],
  ["Server's uuid", "not told by the protocol, so not recorded"],
  ["Account on the server", htmlText(open.account ?? "anonymous")],
  ["Schema at the start", open.schema === null ? null : htmlText(open.schema)],
  ["Client", htmlText(open.client)],
  [
    "Client's process",
    process === null || process === undefined ? null : htmlText(`${process.program}, process ${process.pid}, of ${process.user}`),
  ],
  ["Encryption", htmlText(`client: ${tls.client?.version ?? "none"}; server: ${tls.upstream?.version ?? "none"}`)],
  ["Recorded on", open.host === null ? null : htmlText(open.host)],
  ["Recorded by", program === null ? null : htmlText(`${program.name} ${program.version}, run ${open.recorder}`)],
])}
<h3>When</h3>
${factTable([
  ["Client accepted", isoMicros(open.acceptedAt)],
  ["Clock", "the recording computer's own, in UTC; it never goes back while the program runs, and nobody vouches for it"],
])}
<h3>What was run, and what came back</h3>
`;
}

function whoFacts(actor: Actor): [string, string | null][] {
  switch (actor.kind) {
    case "person":
      return [
        ["Person", `${htmlText(actor.name)}${actor.email === null ? "" : `, ${htmlText(actor.email)}`}`],
        ["Proven by", htmlText(`${actor.issuer} (${actor.via})`)],
        ["Subject", htmlText(actor.subject)],
        ["Groups", actor.groups.length === 0 ? null : htmlText(actor.groups.join(", "))],
        ["Sign-in", actor.signIn === null ? null : htmlText(actor.signIn)],
      ];
    case "machine":
      return [
        ["Machine", htmlText(actor.name)],
        ["Proven by", htmlText(actor.issuer ?? "a secret that was made on the recording computer")],
        ["Subject", htmlText(actor.subject)],
        ["Who answers for it", htmlText(actor.owner)],
      ];
    case "os-user":
      return [["User of the operating system", `${htmlText(actor.name)}, <b>not authenticated</b>`]];
    default:
      return actor satisfies never;
  }
}

function integrity({ root, events }: WrittenSession, seal: SealFacts): string {
  const signers = seal.signatures.map(({ by, keyId, algorithm, signIn }) =>
    htmlText(`${by === "device" ? "the device key" : `the identity key of sign-in ${signIn ?? "unknown"}`} ${keyId} (${algorithm})`),
  );
  return `<h3>Integrity</h3>\n${factTable([
    ["Root of the events", `<span class="hash">${root}</span> (SHA-256, Merkle tree of RFC 6962, ${events} leaves)`],
    ["Recording", `<span class="hash">${seal.sha256}</span> (SHA-256)`],
    ["Seal signed by", signers.length === 0 ? "nobody: no key was there when it was sealed" : signers.join("<br>")],
  ])}`;
}

function detailOf(detail: unknown): string {
  return typeof detail === "string" ? `: ${htmlText(detail)}` : "";
}
