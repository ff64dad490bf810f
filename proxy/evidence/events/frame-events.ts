/** What becomes of a recording's decoded facts: the facts of a leaf, with commitments to what is not for everybody. */
import type { SessionClose, SessionOpen } from "../../model/session.ts";
import type { Statement } from "../../model/statement.ts";
import type { UnixMicros } from "../../model/value.ts";
import type { EventWriter } from "./event-writer.ts";
import type { CloseHeader, FrameHeader, LeafFacts, OpenHeader, SqlHeader, StatementDetails, StatementHeader } from "./leaf.ts";
import { partParameter, partParameters } from "./part-value.ts";
import { ResultCommitments } from "./result-commitments.ts";
import { sqlSegments } from "./sql-segments.ts";

export function writeOpen(writer: EventWriter, open: SessionOpen, at: UnixMicros): void {
  const { connection, upstream, tls, account, schema, client, actor, recorder, acceptedAt } = open;
  const facts: LeafFacts<OpenHeader> = {
    kind: "open",
    at,
    claimed: hex(writer.commit("claimed", open.claimed)),
    ...{ connection, upstream, tls, account, schema, client, actor, recorder, acceptedAt },
    compression: open.compression ?? null,
    credential: open.credential ?? null,
    process: open.process ?? null,
    // Checked by nobody when a recording is read.
    host: open.host ?? null,
    program: open.program ?? null,
    signedIn: open.signedIn ?? null,
  };
  writer.write(facts);
}

/** `results`: what was committed to of its rows already; `null` where it has none. */
export function writeStatement(writer: EventWriter, statement: Statement, results: ResultCommitments | null): void {
  const { seq, command, account, outcome, errno, sqlstate, rows, affected, warnings } = statement;
  const { durationUs, firstByteUs, bytesIn, bytesOut, partial, redacted, at } = statement;
  const { message, summary, insertId, infile, state, decodeFailed } = statement;
  const details: StatementDetails = { decodeFailed, infile, insertId, message, state, summary };
  const facts: LeafFacts<StatementHeader> = {
    kind: "statement",
    at,
    ...(results ?? new ResultCommitments(writer, seq)).finish(),
    sql: committedSql(writer, statement),
    params: committedParams(writer, statement),
    attributes: writer.commitAll("attributes", mapped(statement.attributes, partParameter)),
    details: hex(writer.commit("details", details)),
    ...{ seq, command, account, outcome, errno, sqlstate },
    ...{ rows, affected, warnings, durationUs, firstByteUs, bytesIn, bytesOut, partial, redacted },
    decodeFailed: decodeFailed !== null,
  };
  writer.write(facts);
}

/** `value`: a note, decision or gap frame's JSON. */
export function writeFrame(writer: EventWriter, kind: FrameHeader["kind"], value: unknown, at: UnixMicros): void {
  writer.write({ kind, at, value: hex(writer.commit("value", value)) });
}

export function writeClose(writer: EventWriter, close: SessionClose, at: UnixMicros): void {
  const { cause, clientBytes, clientPackets, upstreamBytes, upstreamPackets } = close;
  const facts: LeafFacts<CloseHeader> = {
    ...{ kind: "close", at, cause, clientBytes, clientPackets, upstreamBytes, upstreamPackets },
    detail: hex(writer.commit("detail", close.detail)),
  };
  writer.write(facts);
}

function committedSql(writer: EventWriter, { sql, sqlCutFrom }: Statement): SqlHeader | null {
  if (sql === null) return null;
  const { count, root } = writer.commitAll("sql", sqlSegments(sql));
  return { bytes: Buffer.byteLength(sql.toWellFormed(), "utf8"), cutFrom: sqlCutFrom, root, segments: count };
}

/** The parameters of one execution are a part each; of several executions, each execution is one. */
function committedParams(writer: EventWriter, { params, paramSets }: Statement): StatementHeader["params"] {
  if (paramSets !== null) return writer.commitAll("params", mapped(paramSets, partParameters));
  return params === null ? null : writer.commitAll("params", mapped(params, partParameter));
}

/** Makes one at a time, and calls `make` with one argument. */
function* mapped<T, R>(values: readonly T[], make: (value: T) => R): Generator<R> {
  for (const value of values) yield make(value);
}

function hex(hash: Buffer): string {
  return hash.toString("hex");
}
