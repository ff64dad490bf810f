import type { Actor } from "./actor.ts";
import type { Outcome } from "./statement.ts";
import type { UnixMicros } from "./value.ts";

/** One line of the timeline. */
export interface TimelineRow {
  /** Order of arrival in the library: ascending, without holes, and the cursor of streams. */
  id: number;
  session: string;
  seq: number;
  at: UnixMicros;
  /** The actor's name. */
  actor: string;
  actorKind: Actor["kind"];
  /** The person who answers for a machine; `null` for other actors. */
  actorOwner: string | null;
  authenticated: boolean;
  connection: string;
  /** On the upstream; `null` for the anonymous one. */
  account: string | null;
  command: string;
  /** White space folded to one line, cut to 400 characters; `null` where the command has no text. */
  sql: string | null;
  /** A few words for a command without text, cut like one; `null` where its name says it all. */
  summary: string | null;
  outcome: Outcome;
  rows: number | null;
  affected: number | null;
  errno: number | null;
  message: string | null;
  durationUs: number | null;
  firstByteUs: number | null;
  bytesIn: number;
  bytesOut: number;
  partial: boolean;
  /** Secrets that are replaced in the recording. */
  redacted: number;
}
