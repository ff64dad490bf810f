/** Statements: as lines of the timeline, and in detail. */
import { z } from "zod";
import { cell } from "./value.ts";

export const outcome = z.enum(["ok", "error", "aborted", "denied"]);

/** One line of the timeline. `id` is the order of arrival in the library: ascending, and the cursor of streams. */
export const timelineRow = z.object({
  id: z.number(),
  session: z.string(),
  seq: z.number(),
  at: z.number(),
  /** The actor's name. */
  actor: z.string(),
  actorKind: z.enum(["os-user", "person", "machine"]),
  /** The person who answers for a machine; `null` for other actors. */
  actorOwner: z.string().nullable(),
  authenticated: z.boolean(),
  connection: z.string(),
  /** The account on the upstream that it ran on. */
  account: z.string().nullable(),
  command: z.string(),
  /** White space folded to one line, cut to 400 characters. */
  sql: z.string().nullable(),
  /** A few words for a command without text; cut like `sql`. */
  summary: z.string().nullable(),
  outcome,
  rows: z.number().nullable(),
  affected: z.number().nullable(),
  errno: z.number().nullable(),
  message: z.string().nullable(),
  durationUs: z.number().nullable(),
  firstByteUs: z.number().nullable(),
  bytesIn: z.number(),
  bytesOut: z.number(),
  partial: z.boolean(),
  /** Secrets that are replaced in the recording. */
  redacted: z.number(),
});

export const parameter = z.object({
  name: z.string().nullable(),
  type: z.string(),
  unsigned: z.boolean(),
  value: cell,
  /** Sent in place of a value by a bulk execution. */
  indicator: z.enum(["default", "ignore"]).optional(),
});

export const column = z.object({
  name: z.string(),
  orgName: z.string(),
  table: z.string(),
  orgTable: z.string(),
  schema: z.string(),
  type: z.string(),
  unsigned: z.boolean(),
  characterSet: z.number(),
  length: z.number(),
  decimals: z.number(),
  flags: z.number(),
});

/** Everything about one statement except its rows, decoded from the recording when it is looked at. */
export const statementDetail = z.object({
  row: timelineRow,
  /** Full text as recorded; cut at 4 MiB with `sqlCutFrom` giving the full length in bytes. */
  sql: z.string().nullable(),
  sqlCutFrom: z.number().nullable(),
  params: z.array(parameter).nullable(),
  /** The parameters of the first executions of a bulk command, and how many executions there are. */
  paramSets: z.object({ shown: z.array(z.array(parameter)), count: z.number() }).nullable(),
  attributes: z.array(parameter),
  /** What else the client claimed: of itself when it connected, and in comments around the statement. Nothing of it is proven. */
  claims: z.array(z.object({ from: z.enum(["connection", "attribute", "comment"]), name: z.string(), value: z.string() })),
  /** A few words for a command without text; `null` where its name says it all. */
  summary: z.string().nullable(),
  /** The local file whose content the client sent; `null` where the server asked for none. */
  infile: z.object({ name: z.string(), bytes: z.number() }).nullable(),
  /** What the server said of the session's state behind it. */
  state: z.object({ schema: z.string().nullable(), variables: z.record(z.string(), z.string()), gtid: z.string().nullable() }).nullable(),
  insertId: z.string().nullable(),
  warnings: z.number(),
  sqlstate: z.string().nullable(),
  decodeFailed: z.string().nullable(),
  digest: z.string().nullable(),
  digestText: z.string().nullable(),
  /** Result sets in order; their rows come by `statements.rows`. */
  results: z.array(z.object({ columns: z.array(column), rowCount: z.number() })),
});

export const histogramBucket = z.object({ at: z.number(), count: z.number(), errors: z.number() });

export type TimelineRow = z.output<typeof timelineRow>;
export type StatementDetail = z.output<typeof statementDetail>;
export type ResultColumn = z.output<typeof column>;
