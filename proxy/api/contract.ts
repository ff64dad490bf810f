/**
 * The one contract between the core and a user interface: every call and every stream, as zod schemas. It knows no
 * transport; `api/message-port` and `api/websocket` carry it. 64-bit integers travel as text, bytes as base64,
 * failures as `{ code, message }`. Streams carry a cursor, so a reconnect neither loses nor repeats a row.
 */
import { z } from "zod";

export const value = z.union([z.string(), z.null(), z.object({ base64: z.string() })]);

/** A result cell for display: like `value`, and cut where it is longer than asked for (`cutFrom`: full length in bytes). */
export const cell = z.union([
  value,
  z.object({ text: z.string(), cutFrom: z.number() }),
  z.object({ base64: z.string(), cutFrom: z.number() }),
]);

export const actor = z.object({ kind: z.literal("os-user"), name: z.string(), authenticated: z.literal(false) });
const tlsFacts = z.object({ version: z.string(), cipher: z.string() }).nullable();

export const session = z.object({
  id: z.string(),
  connection: z.string(),
  actor,
  account: z.string().nullable(),
  schema: z.string().nullable(),
  client: z.string(),
  claimed: z.record(z.string(), z.string()),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  closeCause: z.string().nullable(),
  closeDetail: z.string().nullable(),
  statements: z.number(),
  errors: z.number(),
  upstreamAddress: z.string(),
  upstreamVersion: z.string().nullable(),
  threadId: z.number().nullable(),
  tls: z.object({ client: tlsFacts, upstream: tlsFacts }),
  sealed: z.boolean(),
});

export const outcome = z.enum(["ok", "error", "aborted", "denied"]);

/** One line of the timeline. `id` is the order of arrival in the library: ascending, and the cursor of streams. */
export const timelineRow = z.object({
  id: z.number(),
  session: z.string(),
  seq: z.number(),
  at: z.number(),
  actor: z.string(),
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

const histogramBucket = z.object({ at: z.number(), count: z.number(), errors: z.number() });

const listenerState = z.discriminatedUnion("state", [
  z.object({ state: z.literal("listening"), address: z.string(), port: z.number() }),
  z.object({ state: z.literal("stopped") }),
  z.object({ state: z.literal("failed"), message: z.string() }),
]);

export const status = z.object({
  recording: z.discriminatedUnion("state", [
    z.object({ state: z.literal("recording") }),
    z.object({ state: z.literal("failing"), message: z.string() }),
    z.object({ state: z.literal("stopped"), message: z.string() }),
  ]),
  library: z.object({
    state: z.enum(["current", "catching-up", "rebuilding", "stopped"]),
    lagBytes: z.number(),
    lagMs: z.number(),
    statements: z.number(),
    sessions: z.number(),
    message: z.string().nullable(),
  }),
  openSessions: z.number(),
  listeners: z.record(z.string(), listenerState),
});

const port = z.number().int().min(0).max(65535);

/** A host and port, or the absolute path of a Unix socket as the host. */
const endpoint = z.object({ host: z.string().min(1), port });

/** A connection as the user edits it. No secret is ever in it. */
export const connection = z.object({
  id: z.string(),
  name: z.string().trim().min(1).max(100),
  listen: endpoint,
  upstream: endpoint,
  auth: z.enum(["passthrough", "mapped"]),
  upstreamUser: z.string().nullable(),
  clientUser: z.string().nullable(),
  upstreamTls: z.enum(["off", "preferred", "required", "verify-ca", "verify-identity"]),
  upstreamCa: z.string().nullable(),
  upstreamCompression: z.enum(["off", "zlib", "zstd"]).default("off"),
  proxyProtocol: z.enum(["off", "v1", "v2"]).default("off"),
  clientTls: z.enum(["off", "optional", "required"]),
  durability: z.enum(["os", "strict"]),
});

/** Secrets on their way in: a string sets, `null` removes, absent leaves as it is. They never come back. */
export const connectionSecretsInput = z.object({
  upstreamPassword: z.string().nullable().optional(),
  clientPassword: z.string().nullable().optional(),
});

export const connectionListed = connection.extend({
  hasUpstreamPassword: z.boolean(),
  hasClientPassword: z.boolean(),
  listener: listenerState,
});

const snippet = z.object({ client: z.string(), language: z.string(), text: z.string() });

const none = z.object({});

/** Calls: a request, then one answer or one failure. */
export const calls = {
  "app.info": {
    input: none,
    output: z.object({
      version: z.string(),
      host: z.enum(["desktop", "browser"]),
      dataDirectory: z.string(),
      actor,
      /** The certificate authority that clients should trust for TLS towards the proxy. */
      clientCaFile: z.string().nullable(),
      demo: z.boolean(),
    }),
  },
  "status.get": { input: none, output: status },
  "sessions.list": {
    input: z.object({ beforeStartedAt: z.number().optional(), limit: z.number().int().min(1).max(1000) }),
    output: z.object({ sessions: z.array(session), more: z.boolean() }),
  },
  "sessions.get": { input: z.object({ session: z.string() }), output: session },
  /**
   * A window of the statements that match `filter`, in order of arrival, by index from the oldest (0). `offset` may be
   * negative to count from the newest. `total` grows while `totalExact` is false.
   */
  "statements.page": {
    input: z.object({ filter: z.string(), offset: z.number().int(), limit: z.number().int().min(1).max(1000) }),
    output: z.object({ rows: z.array(timelineRow), offset: z.number(), total: z.number(), totalExact: z.boolean() }),
  },
  "statements.histogram": {
    input: z.object({
      filter: z.string(),
      from: z.number().nullable(),
      to: z.number().nullable(),
      buckets: z.number().int().min(1).max(1000),
    }),
    output: z.object({ from: z.number(), to: z.number(), buckets: z.array(histogramBucket) }),
  },
  "statements.get": { input: z.object({ session: z.string(), seq: z.number() }), output: statementDetail },
  "statements.rows": {
    input: z.object({
      session: z.string(),
      seq: z.number(),
      result: z.number().int().min(0),
      from: z.number().int().min(0),
      limit: z.number().int().min(1).max(1000),
      /** Longest cell in bytes before it is cut; 0 for whole cells. */
      cellLimit: z.number().int().min(0),
    }),
    output: z.object({ rows: z.array(z.array(cell)), more: z.boolean() }),
  },
  "connections.list": { input: none, output: z.object({ connections: z.array(connectionListed) }) },
  "connections.save": {
    input: z.object({ connection, secrets: connectionSecretsInput }),
    output: connectionListed,
  },
  "connections.remove": { input: z.object({ id: z.string() }), output: none },
  /** Signs in upstream with these settings (stored secrets where none are given) and signs out again. */
  "connections.test": {
    input: z.object({ connection, secrets: connectionSecretsInput }),
    output: z.object({ ok: z.boolean(), message: z.string(), upstreamVersion: z.string().nullable(), tls: tlsFacts }),
  },
  "connections.start": { input: z.object({ id: z.string() }), output: listenerState },
  "connections.stop": { input: z.object({ id: z.string() }), output: listenerState },
  /** Ready-made text to connect with; `PASSWORD` where a password goes, which the core does not show. */
  "connections.snippets": { input: z.object({ id: z.string() }), output: z.object({ snippets: z.array(snippet) }) },
  "library.reindex": { input: none, output: none },
} as const;

/** Streams: a subscription that delivers events until it is cancelled or fails. */
export const streams = {
  /** The status now, then each change of it. */
  status: { input: none, event: status },
  /** Rows that match `filter` and arrived after the cursor, in batches, with the number of matches so far. */
  "statements.follow": {
    input: z.object({ filter: z.string(), after: z.number() }),
    event: z.object({ rows: z.array(timelineRow), after: z.number(), total: z.number() }),
  },
  /** Sessions that opened, changed or closed since the subscription. */
  "sessions.follow": { input: none, event: z.object({ sessions: z.array(session) }) },
} as const;

export type Calls = typeof calls;
export type CallName = keyof Calls;
export type CallInput<N extends CallName> = z.input<Calls[N]["input"]>;
export type CallOutput<N extends CallName> = z.output<Calls[N]["output"]>;
export type Streams = typeof streams;
export type StreamName = keyof Streams;
export type StreamInput<N extends StreamName> = z.input<Streams[N]["input"]>;
export type StreamEvent<N extends StreamName> = z.output<Streams[N]["event"]>;

export type TimelineRow = z.output<typeof timelineRow>;
export type StatementDetail = z.output<typeof statementDetail>;
export type Cell = z.output<typeof cell>;
export type ResultColumn = z.output<typeof column>;
export type ConnectionInput = z.input<typeof connection>;
export type ConnectionListed = z.output<typeof connectionListed>;
export type ConnectionSecretsInput = z.output<typeof connectionSecretsInput>;
export type SessionListed = z.output<typeof session>;
export type StatusEvent = z.output<typeof status>;

/**
 * What a user interface sends. `id` is chosen by it and unique within its transport. A subscription with a `window` gets
 * at most so many events ahead of what it has said `received` for: memory stays bounded on transports that never refuse
 * a message, such as a MessagePort.
 */
export const fromClient = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("call"), id: z.number().int(), name: z.string(), input: z.unknown() }),
  z.object({
    kind: z.literal("subscribe"),
    id: z.number().int(),
    name: z.string(),
    input: z.unknown(),
    window: z.number().int().min(1).max(1000).optional(),
  }),
  z.object({ kind: z.literal("received"), id: z.number().int() }),
  z.object({ kind: z.literal("cancel"), id: z.number().int() }),
]);

/** What the core sends. */
export const fromCore = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("answer"), id: z.number().int(), output: z.unknown() }),
  z.object({ kind: z.literal("failure"), id: z.number().int(), failure: z.object({ code: z.string(), message: z.string() }) }),
  z.object({ kind: z.literal("event"), id: z.number().int(), event: z.unknown() }),
]);

export type FromClient = z.output<typeof fromClient>;
export type FromCore = z.output<typeof fromCore>;

/** What a transport offers to either end: send one message, hear messages, know when it is gone. */
export interface MessageChannel<Out, In> {
  send(message: Out): void;
  onMessage(listener: (message: In) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}
