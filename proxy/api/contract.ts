/**
 * The one contract between the core and a user interface: every call and every stream, as zod schemas. It knows no
 * transport; `api/message-port` and `api/websocket` carry it. 64-bit integers travel as text, bytes as base64,
 * failures as `{ code, message }`. Streams carry a cursor, so a reconnect neither loses nor repeats a row.
 */
import { z } from "zod";
import { connection, connectionListed, connectionSecretsInput, snippet } from "./contract/connection.ts";
import { identityCalls, identityStreams } from "./contract/identity.ts";
import { actor, session, tlsFacts } from "./contract/session.ts";
import { histogramBucket, statementDetail, timelineRow } from "./contract/statement.ts";
import { listenerState, status } from "./contract/status.ts";
import { cell } from "./contract/value.ts";

export {
  type ConnectionInput,
  type ConnectionListed,
  type ConnectionSecretsInput,
  connection,
  connectionSecretsInput,
} from "./contract/connection.ts";
export {
  type CredentialListed,
  type IdentitySettings,
  type IdentityState,
  identitySettings,
  type Machine,
  type MachineSettings,
  machine,
  type SignInListed,
} from "./contract/identity.ts";
export { type FromClient, type FromCore, fromClient, fromCore, type MessageChannel } from "./contract/messages.ts";
export type { SessionListed } from "./contract/session.ts";
export type { ResultColumn, StatementDetail, TimelineRow } from "./contract/statement.ts";
export type { StatusEvent } from "./contract/status.ts";
export type { Cell } from "./contract/value.ts";

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
  /** Names under which clients claim something, of themselves or along with statements: what can follow `claimed.` in a filter. */
  "statements.claimNames": { input: none, output: z.object({ names: z.array(z.string()) }) },
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
  ...identityCalls,
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
  ...identityStreams,
} as const;

export type Calls = typeof calls;
export type CallName = keyof Calls;
export type CallInput<N extends CallName> = z.input<Calls[N]["input"]>;
export type CallOutput<N extends CallName> = z.output<Calls[N]["output"]>;
export type Streams = typeof streams;
export type StreamName = keyof Streams;
export type StreamInput<N extends StreamName> = z.input<Streams[N]["input"]>;
export type StreamEvent<N extends StreamName> = z.output<Streams[N]["event"]>;
