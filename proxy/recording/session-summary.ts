/** A session as its recording tells it, with all its statements counted. */
import type { Session, SessionClose, SessionOpen } from "../model/session.ts";
import type { UnixMicros } from "../model/value.ts";
import { FrameReader, type ReadEnd } from "./frame-reader.ts";
import { type DecoderSink, SessionDecoder } from "./session-decoder.ts";

/** A session with the facts of its open frame alone, as it is at its start. */
function openedSession(open: SessionOpen): Session {
  return {
    id: open.session,
    connection: open.connection,
    actor: open.actor,
    account: open.account,
    schema: open.schema,
    client: open.client,
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

/** A pass over one recording that can be interrupted, so that who prints it need not hold all of it. */
export class RecordingPass {
  private readonly reader: FrameReader;
  private readonly decoder: SessionDecoder;

  /** Throws where the file cannot be opened. `params`: whether parameters are decoded. */
  constructor(file: string, sink: DecoderSink, params: boolean) {
    this.reader = new FrameReader(file);
    this.decoder = new SessionDecoder(sink, { commandBytes: Number.POSITIVE_INFINITY, params });
  }

  /** Reads on until `enough`, asked behind each frame, or until the end: then says how reading ended. */
  read(enough: () => boolean): ReadEnd | null {
    let interrupted = false;
    const end = this.reader.read((frame) => {
      this.decoder.frame(frame);
      interrupted = enough();
      return !interrupted;
    });
    return interrupted ? null : end;
  }

  close(): void {
    this.reader.close();
  }
}

/** Reads a whole recording with `sink`. Says how reading ended. Throws where it cannot be opened. */
export function readRecording(file: string, sink: DecoderSink, params: boolean): ReadEnd {
  const pass = new RecordingPass(file, sink, params);
  try {
    return pass.read(() => false) ?? { kind: "end", offset: 0 };
  } finally {
    pass.close();
  }
}

/** Reads a whole recording and sums it up; `session` is `null` where it has no open frame. Throws where it cannot be opened. */
export function summariseRecording(file: string): { session: Session | null; end: ReadEnd } {
  let opened: Session | null = null;
  let closed: { close: SessionClose; at: UnixMicros } | null = null;
  let sealed = false;
  let statements = 0;
  let errors = 0;
  const end = readRecording(
    file,
    {
      open: (open) => {
        opened = openedSession(open);
      },
      statement: ({ outcome }) => {
        statements += 1;
        if (outcome === "error") errors += 1;
      },
      close: (close, at) => {
        closed = { close, at };
      },
      seal: () => {
        sealed = true;
      },
    },
    false,
  );
  return { session: opened === null ? null : withEnd({ ...(opened as Session), statements, errors, sealed }, closed), end };
}

function withEnd(session: Session, closed: { close: SessionClose; at: UnixMicros } | null): Session {
  if (closed === null) return session;
  return { ...session, endedAt: closed.at, closeCause: closed.close.cause, closeDetail: closed.close.detail };
}
