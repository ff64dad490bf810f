import { useCallback, useEffect, useState } from "react";
import type { SessionListed } from "../../proxy/api/contract.ts";
import { type Failure, failureOf } from "../../proxy/model/failure.ts";
import { useApi, useLink } from "../api/api-context.ts";
import { useStream } from "../api/use-stream.ts";
import { mergeSessions } from "./session-list.ts";

export interface Sessions {
  readonly sessions: readonly SessionListed[] | null;
  readonly more: boolean;
  readonly failure: Failure | null;
  /** Asks for older sessions. */
  readonly loadMore: () => void;
}

const pageSize = 200;

/** Sessions, newest first, kept up to date; older ones on demand. */
export function useSessions(): Sessions {
  const api = useApi();
  const link = useLink();
  const [sessions, setSessions] = useState<readonly SessionListed[] | null>(null);
  const [more, setMore] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const load = useCallback(
    async (beforeStartedAt: number | undefined, signal?: AbortSignal): Promise<void> => {
      try {
        const input = beforeStartedAt === undefined ? { limit: pageSize } : { beforeStartedAt, limit: pageSize };
        const page = await api.call("sessions.list", input, signal);
        setSessions((known) => mergeSessions(known ?? [], page.sessions));
        setMore(page.more);
        setFailure(null);
      } catch (reason) {
        if (signal?.aborted !== true) setFailure(failureOf(reason));
      }
    },
    [api],
  );
  const connected = link.state === "connected";
  useEffect(() => {
    if (!connected) return;
    const abort = new AbortController();
    void load(undefined, abort.signal);
    return () => abort.abort();
  }, [load, connected]);
  useStream("sessions.follow", {}, (event) => setSessions((known) => mergeSessions(known ?? [], event.sessions)), setFailure);
  const oldest = sessions?.at(-1)?.startedAt;
  const loadMore = useCallback(() => void load(oldest), [load, oldest]);
  return { sessions, more, failure, loadMore };
}
