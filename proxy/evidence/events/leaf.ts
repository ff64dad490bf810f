/**
 * Leaves of a session's tree: the canonical JSON of a header, which says what may be known to everybody, and commits to all else.
 * Hashes and commitments are SHA-256 in hexadecimal, times microseconds since the Unix epoch.
 */
import type { SessionClose, SessionOpen } from "../../model/session.ts";
import type { Statement } from "../../model/statement.ts";
import type { UnixMicros } from "../../model/value.ts";

interface Common {
  readonly v: 1;
  readonly session: string;
  /** Number of the event, from 0 without gaps. */
  readonly n: number;
  /** Leaf hash of the event before; `null` for the first. */
  readonly prev: string | null;
  readonly at: UnixMicros;
}

/** Parts in order: RFC 6962 over their commitments, 32 bytes each. */
export interface PartList {
  readonly count: number;
  readonly root: string;
}

/** A result set. Its parts are its columns' values in blocks of rows: block by block, and in a block column by column. */
export interface ResultHeader {
  /** 0 where its definitions cannot be decoded: its rows are then counted, and are in the recording only. */
  readonly columns: number;
  readonly rows: number;
  /** Commitment of the columns as an array. */
  readonly definitions: string;
  readonly blocks: number;
  readonly root: string;
}

/** Result sets behind the first 1,000 of a statement: their parts, definitions included, are in one tree. */
export interface FurtherResults {
  readonly results: number;
  readonly parts: number;
  readonly root: string;
}

type OpenFacts = Pick<
  SessionOpen,
  "connection" | "upstream" | "tls" | "account" | "schema" | "client" | "actor" | "recorder" | "acceptedAt"
>;

export interface OpenHeader extends Common, OpenFacts {
  readonly kind: "open";
  readonly compression: SessionOpen["compression"] | null;
  readonly credential: SessionOpen["credential"] | null;
  readonly process: SessionOpen["process"] | null;
  readonly host: string | null;
  readonly program: SessionOpen["program"] | null;
  readonly signedIn: boolean | null;
  /** Commitment of what the client said about itself. */
  readonly claimed: string;
}

type StatementFacts = Pick<
  Statement,
  | "seq"
  | "command"
  | "account"
  | "outcome"
  | "errno"
  | "sqlstate"
  | "rows"
  | "affected"
  | "warnings"
  | "durationUs"
  | "firstByteUs"
  | "bytesIn"
  | "bytesOut"
  | "partial"
  | "redacted"
>;

/** The text of a statement in segments that are literals or not; joined they are the text. */
export interface SqlHeader {
  readonly segments: number;
  /** Bytes of the text in UTF-8. */
  readonly bytes: number;
  readonly root: string;
  /** Bytes as they were sent, of a text that is too long to be decoded here and was cut; `null` where it is whole. */
  readonly cutFrom: number | null;
}

export interface StatementHeader extends Common, StatementFacts {
  readonly kind: "statement";
  readonly decodeFailed: boolean;
  readonly sql: SqlHeader | null;
  readonly params: PartList | null;
  readonly attributes: PartList;
  /** Commitment of `StatementDetails`. */
  readonly details: string;
  readonly results: readonly ResultHeader[];
  readonly furtherResults: FurtherResults | null;
}

/** What a statement's `details` commits to. */
export type StatementDetails = Pick<Statement, "message" | "summary" | "insertId" | "infile" | "state" | "decodeFailed">;

/** A note, decision or gap frame, whose JSON is what `value` commits to. */
export interface FrameHeader extends Common {
  readonly kind: "note" | "decision" | "gap";
  readonly value: string;
}

export interface CloseHeader extends Common, Omit<SessionClose, "detail"> {
  readonly kind: "close";
  /** Commitment of the sentence, or of `null`. */
  readonly detail: string;
}

export type LeafHeader = OpenHeader | StatementHeader | FrameHeader | CloseHeader;

/** What a header says besides what all say. */
export type LeafFacts<H extends LeafHeader = LeafHeader> = H extends LeafHeader ? Omit<H, Exclude<keyof Common, "at">> : never;

/** Where a statement's first results are listed one by one. */
export const mostResults = 1000;
