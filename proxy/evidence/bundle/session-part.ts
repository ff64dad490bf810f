import { createReadStream } from "node:fs";
import { FailureError } from "../../model/failure.ts";
import { canonicalText } from "../canonical/canonical.ts";
import { CompactTree } from "../merkle/compact-tree.ts";
import type { BundleWriter } from "./bundle-writer.ts";
import type { EventItem, PartItem, SessionItem, SessionSource } from "./session-items.ts";
import { SpooledText } from "./spooled-text.ts";
import { type WithheldCounts, WithheldTally } from "./withheld-counts.ts";
import type { Withholding } from "./withholding.ts";

/** Bytes that a line of a bundle may have at most: readers take no longer ones. */
const longestLine = 16 * 1024 * 1024;

/** What goes on while a session is written. */
export interface SessionWriting {
  readonly writer: BundleWriter;
  /** A file that does not exist yet, for what waits. */
  readonly spool: string;
  readonly compress: boolean;
  /** Hears how many bytes of the source have been read. */
  read(bytes: number): void;
  /** Sees what is open, for the report: the parts of an event before it. */
  part?(part: PartItem, withheld: boolean): void;
  event?(event: EventItem): void;
}

/** A session as it is in a bundle. */
export interface WrittenSession {
  readonly events: number;
  /** In hex. */
  readonly root: string;
  readonly withheld: WithheldCounts;
}

/** Where the files of a session are in a bundle. */
export function sessionFolder(session: string): string {
  return `data/sessions/${session}`;
}

/**
 * Writes a session: the leaves of its events, their parts, opened or withheld, and where nothing is withheld the recording.
 * Rejects with a `FailureError` (`recording-changed`) where it is not what was sealed.
 */
export async function writeSession(source: SessionSource, withholding: Withholding, writing: SessionWriting): Promise<WrittenSession> {
  const { writer, compress } = writing;
  const folder = sessionFolder(source.session);
  const leaves = new SpooledText(writing.spool);
  const session = new OpenSession(withholding, leaves, writing);
  try {
    await writer.add(`${folder}/disclosures.jsonl`, session.lines(source), compress);
  } finally {
    leaves.close();
  }
  const written = session.end();
  const { seal } = source;
  if (seal.root !== written.root || seal.events !== written.events) {
    const message = `The recording of session ${source.session} is not what was sealed, so it was not exported. Something changed it since, or the disk is damaged.`;
    throw new FailureError("recording-changed", message);
  }
  await writer.add(`${folder}/events.jsonl`, leaves.read(), compress);
  await writer.addWhole(`${folder}/header.json`, canonicalText({ v: 1, session: source.session, ...written, seal }));
  const { wire } = source;
  if (wire !== null && written.withheld.parts === 0 && !withholding.anything) {
    await writer.add(`${folder}/wire.steno`, createReadStream(wire, { highWaterMark: 256 * 1024 }), compress);
  }
  return written;
}

/** A session while it is read. */
class OpenSession {
  readonly #withholding: Withholding;
  readonly #leaves: SpooledText;
  readonly #writing: SessionWriting;
  readonly #tree = new CompactTree();
  readonly #tally = new WithheldTally();

  constructor(withholding: Withholding, leaves: SpooledText, writing: SessionWriting) {
    this.#withholding = withholding;
    this.#leaves = leaves;
    this.#writing = writing;
  }

  /** The lines of the parts; the leaves are put aside meanwhile. */
  async *lines(source: SessionSource): AsyncGenerator<Uint8Array> {
    for await (const { items, bytes } of source.read()) {
      this.#writing.read(bytes);
      const lines = items.flatMap((item) => this.#line(item));
      if (lines.length > 0) yield Buffer.from(lines.join(""), "utf8");
    }
  }

  end(): WrittenSession {
    return { events: this.#tree.size, root: this.#tree.root().toString("hex"), withheld: this.#tally.counts };
  }

  #line(item: SessionItem): string | [] {
    if (item.kind === "part") return this.#part(item);
    this.#tree.append(item.hash);
    this.#leaves.write(item.leaf);
    this.#leaves.write("\n");
    this.#writing.event?.(item);
    return [];
  }

  #part(part: PartItem): string {
    const { n, path, opened } = part;
    const withheld = this.#withholding.withholds(part);
    if (withheld) this.#tally.add(part);
    this.#writing.part?.(part, withheld);
    if (withheld || opened === null) return `${canonicalText({ n, path, withheld: part.commitment })}\n`;
    // Canonical JSON, as the value is.
    const line = `{"n":${n},"path":"${path}","salt":"${opened.salt}","value":${opened.json}}`;
    if (Buffer.byteLength(line) > longestLine) {
      const message = `Part ${path} of event ${n} is longer than a bundle can carry (16 MiB), so the session was not exported. Withhold its statement.`;
      throw new FailureError("part-too-long", message);
    }
    return `${line}\n`;
  }
}
