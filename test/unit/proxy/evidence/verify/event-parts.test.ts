import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { DisclosedPart } from "../../../../../proxy/evidence/verify/disclosed-part.ts";
import { EventParts } from "../../../../../proxy/evidence/verify/event-parts.ts";
import { readLeaf } from "../../../../../proxy/evidence/verify/leaf.ts";
import { PacketWriter } from "../../../../../proxy/protocol/packet-writer.ts";
import { column, command, eof, hex, packets, prepareOk, query, result } from "../../../../support/decoded-frames.ts";
import { eventsOf } from "../../../../support/evidence/events.ts";
import { type FrameToWrite, quit, writeFrames } from "../../../../support/evidence/written-frames.ts";
import { Random } from "../../../../support/random.ts";
import { temporaryDirectory } from "../../../../support/stenograph.ts";
import { openFrame } from "../../../../support/wire/transcript.ts";

// A busy machine may take long; nothing here waits for a time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let directory: ReturnType<typeof temporaryDirectory>;
beforeAll(() => {
  directory = temporaryDirectory();
});
afterAll(() => directory[Symbol.dispose]());

const multiResults = 0x20000;
const open = { ...openFrame(0), capabilities: multiResults, session: "019ab3f0-0000-7000-8000-000000000001" };
const place = { file: "events.jsonl" };
const text = (value: string): Buffer => new PacketWriter().lengthEncodedText(value).payload();
const moreResults = hex("fe 0000 0a00");

/** A leaf with all its parts. */
interface WholeEvent {
  readonly leaf: Buffer;
  readonly parts: readonly DisclosedPart[];
}

/** The events of a session of these frames, as a bundle opens them. */
function eventsOfFrames(frames: readonly FrameToWrite[]): WholeEvent[] {
  const file = path.join(directory.path, "one.steno");
  writeFrames(file, open, [...frames, quit]);
  const { events, parts } = eventsOf(file);
  const disclosed = parts.map(({ n, path: of, commitment, json }) => {
    const value: unknown = JSON.parse(json);
    return { n, path: of, commitment, value, isWithheld: false, valueBytes: Buffer.from(json) };
  });
  return events.map(({ leaf, n }) => ({ leaf, parts: disclosed.filter((part) => part.n === n) }));
}

function hidden(part: DisclosedPart): DisclosedPart {
  return { ...part, value: undefined, isWithheld: true, valueBytes: Buffer.alloc(0) };
}

function take(leaf: Buffer, parts: readonly DisclosedPart[]): void {
  const check = new EventParts(readLeaf(leaf, place));
  for (const part of parts) check.take(part, place);
  check.end(place);
}

const some = (last: boolean, rows: readonly string[]): Buffer =>
  packets(1, Buffer.of(1), column("v", 253), eof, ...rows.map(text), last ? eof : moreResults);
const numbered = (count: number): string[] => Array.from({ length: count }, (_, at) => `row ${at}`);
const bound = hex("17 01000000 00 01000000 00 01 fe00 fe00");

const sessions: readonly (readonly [string, readonly FrameToWrite[]])[] = [
  [
    "rows in several blocks",
    [
      ["client", query("SELECT v FROM t WHERE a = 1")],
      ["upstream", some(true, numbered(600))],
    ],
  ],
  [
    "no rows",
    [
      ["client", query("SELECT v FROM t")],
      ["upstream", some(true, [])],
    ],
  ],
  [
    "several results",
    [
      ["client", query("CALL p(1, 'x')")],
      ["upstream", Buffer.concat([some(false, ["a"]), some(false, numbered(257)), some(true, [])])],
    ],
  ],
  [
    "more results than are listed",
    [
      ["client", query("CALL q()")],
      ["upstream", Buffer.concat(Array.from({ length: 1004 }, (_, at) => some(at === 1003, at === 1002 ? numbered(300) : ["v"])))],
    ],
  ],
  [
    "parameters",
    [
      ["client", command(0x16, "SELECT ?, ?")],
      ["upstream", prepareOk(1, 0, 2)],
      ["client", packets(0, Buffer.concat([bound, text("one"), text("two")]))],
      ["upstream", result("v", "x")],
    ],
  ],
];

describe.each(sessions)("an event with %s", (_what, frames) => {
  it("has all its parts, open, withheld, or some of each", () => {
    const random = new Random(7);
    for (const { leaf, parts } of eventsOfFrames(frames)) {
      expect(() => take(leaf, parts)).not.toThrow();
      expect(() => take(leaf, parts.map(hidden))).not.toThrow();
      for (let round = 0; round < 6; round += 1) {
        const mixed = parts.map((part) => (random.below(2) === 0 ? part : hidden(part)));
        expect(() => take(leaf, mixed)).not.toThrow();
      }
    }
  });

  it("has none too few, too many, or in another's place", () => {
    const random = new Random(8);
    const refused = expect.objectContaining({ code: "E_DISCLOSE" });
    for (const { leaf, parts } of eventsOfFrames(frames)) {
      for (let round = 0; round < 15; round += 1) {
        const at = random.below(parts.length);
        const other = random.below(parts.length);
        const part = parts[at] as DisclosedPart;
        const without = parts.toSpliced(at, 1);
        const swapped = parts.with(at, parts[other] as DisclosedPart).with(other, part);
        const changed = parts.with(at, { ...part, commitment: Buffer.alloc(32, round) });
        for (const wrong of [without, parts.toSpliced(at, 0, part), changed, ...(at === other ? [] : [swapped])]) {
          expect(() => take(leaf, wrong), part.path).toThrow(refused as Error);
        }
      }
    }
  });
});

describe("the numbers of a leaf", () => {
  interface Stated {
    readonly sql: { bytes: number };
    readonly results: { rows: number }[];
  }

  function withLeaf(change: (leaf: Stated) => void): () => void {
    const [, frames] = sessions[0] as (typeof sessions)[number];
    const { leaf, parts } = eventsOfFrames(frames).find((event) => event.parts.some((part) => part.path === "sql/0")) as WholeEvent;
    const changed = JSON.parse(leaf.toString("utf8")) as Stated;
    change(changed);
    return () => take(Buffer.from(JSON.stringify(changed)), parts);
  }

  it("are those of its parts: rows, and bytes of the text", () => {
    expect(withLeaf(() => {})).not.toThrow();
    const moreRows = withLeaf(({ results: [first] }) => {
      if (first !== undefined) first.rows += 1;
    });
    expect(moreRows).toThrow(/has not 601 rows/);
    const longerText = withLeaf(({ sql }) => {
      sql.bytes += 1;
    });
    expect(longerText).toThrow(/another length/);
  });
});
