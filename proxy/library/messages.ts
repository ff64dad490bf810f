import type { Cell } from "../model/cell.ts";
import type { Failure } from "../model/failure.ts";
import type { ReadScope } from "../model/read-scope.ts";
import type { Session } from "../model/session.ts";
import type { StatementDetail } from "../model/statement-detail.ts";
import type { LibraryState } from "../model/status.ts";
import type { TimelineRow } from "../model/timeline-row.ts";
import type { UnixMicros } from "../model/value.ts";
import type { SealSignature, SignedSeal } from "../recording/frame.ts";
import type { SealToSign } from "./sealer.ts";

/** What the relay says about a recording that grew: its size in bytes now, and whether its close frame is written. */
export interface RecordingGrowth {
  readonly session: string;
  readonly path: string;
  readonly size: number;
  readonly closed: boolean;
}

/** A window of the statements that match `filter`, by index from the oldest match; a negative `offset` counts from the newest. */
export interface PageInput {
  readonly filter: string;
  readonly offset: number;
  readonly limit: number;
}

/**
 * `offset` is the index of the first row. While `totalExact` is false, older matches are still being looked for: they
 * are added before those that are known, so `total` grows and indexes count from the oldest match found so far.
 */
export interface Page {
  rows: TimelineRow[];
  offset: number;
  total: number;
  totalExact: boolean;
}

/** `null` for an end of the time axis means the first or the last statement of the library. */
export interface HistogramInput {
  readonly filter: string;
  readonly from: UnixMicros | null;
  readonly to: UnixMicros | null;
  readonly buckets: number;
}

/** `at` is where the bucket begins; `errors` counts what the upstream answered with an error. */
export interface HistogramBucket {
  at: UnixMicros;
  count: number;
  errors: number;
}

export interface Histogram {
  from: UnixMicros;
  to: UnixMicros;
  buckets: HistogramBucket[];
}

export interface RowsInput {
  readonly session: string;
  readonly seq: number;
  /** Which result set, from 0. */
  readonly result: number;
  readonly from: number;
  readonly limit: number;
  /** Longest cell in bytes before it is cut; 0 for whole cells. */
  readonly cellLimit: number;
}

export interface Rows {
  rows: Cell[][];
  more: boolean;
}

/** Rows that match and arrived after the cursor; `after` is the new cursor, `total` the number of matches known. */
export interface Followed {
  rows: TimelineRow[];
  after: number;
  total: number;
}

/** How far a rebuild is, in bytes of recordings. */
export interface RebuildProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** What the library answers; each call has one answer or one failure. */
export interface LibraryCalls {
  "sessions.list": { input: { beforeStartedAt?: number | undefined; limit: number }; output: { sessions: Session[]; more: boolean } };
  "sessions.get": { input: { session: string }; output: Session };
  "statements.page": { input: PageInput; output: Page };
  "statements.histogram": { input: HistogramInput; output: Histogram };
  "statements.claimNames": { input: Record<string, never>; output: { names: string[] } };
  "statements.get": { input: { session: string; seq: number }; output: StatementDetail };
  "statements.rows": { input: RowsInput; output: Rows };
  /** Waits until all that was recorded before the call is indexed. */
  "library.settled": { input: Record<string, never>; output: Record<string, never> };
  /** Deletes the index and rebuilds it from the recordings; answers when it is done. */
  "library.reindex": { input: Record<string, never>; output: Record<string, never> };
}

export type LibraryCallName = keyof LibraryCalls;
export type LibraryInput<N extends LibraryCallName> = LibraryCalls[N]["input"];
export type LibraryOutput<N extends LibraryCallName> = LibraryCalls[N]["output"];

/** What the main thread sends to the library worker. `id`s of calls and follows are chosen by the main thread; nothing outside of `scope` is told. */
export type ToLibrary =
  | { readonly kind: "call"; readonly id: number; readonly name: LibraryCallName; readonly input: unknown; readonly scope: ReadScope }
  | { readonly kind: "cancel"; readonly id: number }
  | { readonly kind: "follow"; readonly id: number; readonly filter: string; readonly after: number; readonly scope: ReadScope }
  | { readonly kind: "unfollow"; readonly id: number }
  | { readonly kind: "growth"; readonly recordings: readonly RecordingGrowth[] }
  /** The answer to `sign-seal`: the signatures, or why there are none now. */
  | { readonly kind: "seal-signed"; readonly id: number; readonly signatures: readonly SealSignature[] }
  | { readonly kind: "seal-not-signed"; readonly id: number; readonly failure: Failure }
  | { readonly kind: "close" };

/** What the library worker sends to the main thread. A failure ends the call or the follow of its id. */
export type FromLibrary =
  | { readonly kind: "answer"; readonly id: number; readonly output: unknown }
  | { readonly kind: "failure"; readonly id: number; readonly failure: Failure }
  | { readonly kind: "followed"; readonly id: number; readonly event: Followed }
  | { readonly kind: "indexed"; readonly newest: number }
  | { readonly kind: "sessions"; readonly sessions: readonly Session[] }
  | { readonly kind: "state"; readonly state: LibraryState }
  | { readonly kind: "rebuilding"; readonly progress: RebuildProgress }
  /** Wants a seal's signatures. The thread chooses `id`. */
  | { readonly kind: "sign-seal"; readonly id: number; readonly seal: SealToSign }
  /** A seal was written. */
  | { readonly kind: "sealed"; readonly session: string; readonly path: string; readonly seal: SignedSeal }
  | { readonly kind: "closed" };

/** What the library worker is started with. */
export interface LibraryThreadOptions {
  readonly dataDirectory: string;
  /** Whether this process may index (it does when no other process does) or only reads what is indexed. */
  readonly index: boolean;
  /** Id of this process's recorder, whose closed recordings are sealed here; `null` when it records nothing. */
  readonly recorder: string | null;
  /** Whether this process can sign seals; one that cannot leaves recordings unsealed for one that can. */
  readonly seals?: boolean;
}
