/** A session as its recording tells it, with all its statements counted. */
import type { Session, SessionClose, SessionOpen } from "../model/session.ts";
import type { UnixMicros } from "../model/value.ts";
import type { ReadEnd } from "./frame-reader.ts";
import { readRecording } from "./recording-pass.ts";

/** A session with the facts of its open frame alone, as it is at its start. */
function openedSession(open: SessionOpen): Session {
  return {
    id: open.session,
    connection: open.connection,
    actor: open.actor,
    account: open.account,
    accounts: [open.account],
    schema: open.schema,
    client: open.client,
    credential: open.credential ?? null,
    process: open.process ?? null,
    claimed: open.claimed,
    startedAt: open.acceptedAt,
    endedAt: null,
    closeCause: null,
    closeDetail: null,
    statements: 0,
    errors: 0,
    upstreamAddress: open.upstream.address,
    upstreamVersion: open.upstream.version,
    threadId: open.upstream.threadId,
    tls: open.tls,
    sealed: false,
  };
}

/** What a recording comes to. */
export interface RecordingSummary {
  /** `null` where it has no open frame. */
  readonly session: Session | null;
  /** Why the first frame that is whole and not one that a recorder writes is none; `null` where all are. */
  readonly malformed: string | null;
  readonly end: ReadEnd;
}

/** Reads a whole recording and sums it up. Throws where it cannot be opened. */
export function summariseRecording(file: string): RecordingSummary {
  let opened: Session | null = null;
  let closed: { close: SessionClose; at: UnixMicros } | null = null;
  let sealed = false;
  let malformed: string | null = null;
  let statements = 0;
  let errors = 0;
  const accounts = new Set<string | null>();
  const end = readRecording(
    file,
    {
      open: (open) => {
        opened = openedSession(open);
        accounts.add(open.account);
      },
      statement: ({ outcome, account }) => {
        statements += 1;
        accounts.add(account);
        if (outcome === "error") errors += 1;
      },
      close: (close, at) => {
        closed = { close, at };
      },
      seal: () => {
        sealed = true;
      },
      malformed: (reason) => {
        malformed ??= reason;
      },
    },
    false,
  );
  const counted = { accounts: [...accounts], statements, errors, sealed };
  return { session: opened === null ? null : withEnd({ ...(opened as Session), ...counted }, closed), malformed, end };
}

function withEnd(session: Session, closed: { close: SessionClose; at: UnixMicros } | null): Session {
  if (closed === null) return session;
  return { ...session, endedAt: closed.at, closeCause: closed.close.cause, closeDetail: closed.close.detail };
}
