/** The shapes of leaves as a bundle tells them. That a leaf is one that was sealed is not for this file to say. */
import { z } from "zod";
import { shapedText } from "./shaped.ts";
import { actor, count, hex, program, text, textOrNull, time } from "./shapes.ts";
import type { Place } from "./verdict.ts";

const whole = z.number().int();

const tlsFacts = z.object({ version: text, cipher: text }).nullable();
const compression = z.enum(["zlib", "zstd"]).nullable();

const common = { v: z.literal(1), session: text, n: count, prev: hex.nullable(), at: time };

const openLeaf = z.strictObject({
  ...common,
  kind: z.literal("open"),
  connection: text,
  upstream: z.object({ address: text, version: textOrNull, threadId: whole.nullable() }),
  tls: z.object({ client: tlsFacts, upstream: tlsFacts }),
  compression: z.object({ client: compression, upstream: compression }).nullable(),
  account: textOrNull,
  schema: textOrNull,
  client: text,
  actor,
  credential: z.object({ id: text, user: text }).nullable(),
  process: z.object({ pid: whole, program: text, user: text }).nullable(),
  host: textOrNull,
  recorder: text,
  program: program.nullable(),
  acceptedAt: time,
  signedIn: z.boolean().nullable(),
  claimed: hex,
});

const list = z.strictObject({ count, root: hex });

const statementLeaf = z.strictObject({
  ...common,
  kind: z.literal("statement"),
  seq: count,
  command: text,
  account: textOrNull,
  outcome: z.enum(["ok", "error", "aborted", "denied"]),
  errno: whole.nullable(),
  sqlstate: textOrNull,
  rows: whole.nullable(),
  affected: whole.nullable(),
  warnings: whole,
  durationUs: whole.nullable(),
  firstByteUs: whole.nullable(),
  bytesIn: count,
  bytesOut: count,
  partial: z.boolean(),
  redacted: count,
  decodeFailed: z.boolean(),
  sql: z.strictObject({ segments: count, bytes: count, root: hex, cutFrom: count.nullable() }).nullable(),
  params: list.nullable(),
  attributes: list,
  details: hex,
  results: z.array(z.strictObject({ columns: count, rows: count, definitions: hex, blocks: count, root: hex })),
  furtherResults: z.strictObject({ results: count, parts: count, root: hex }).nullable(),
});

const valueLeaf = z.strictObject({ ...common, kind: z.enum(["note", "decision", "gap"]), value: hex });

/** What a close frame counts is checked by nobody when a recording is read. */
const closeLeaf = z.object({
  ...common,
  kind: z.literal("close"),
  cause: text,
  clientBytes: z.unknown(),
  clientPackets: z.unknown(),
  upstreamBytes: z.unknown(),
  upstreamPackets: z.unknown(),
  detail: hex,
});

const leafSchema = z.discriminatedUnion("kind", [openLeaf, statementLeaf, valueLeaf, closeLeaf]);

export type Leaf = Readonly<z.output<typeof leafSchema>>;
export type OpenLeaf = Readonly<z.output<typeof openLeaf>>;
export type StatementLeaf = Readonly<z.output<typeof statementLeaf>>;
export type CloseLeaf = Readonly<z.output<typeof closeLeaf>>;

/** Reads the bytes of a leaf. Throws a `BundleFault` (`E_TYPE`) where they are none that this version knows. */
export function readLeaf(bytes: Buffer, place: Place): Leaf {
  return shapedText(leafSchema, bytes, place);
}
