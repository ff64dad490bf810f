import { create } from "zustand";
import type { CallOutput, StatusEvent } from "../../proxy/api/contract.ts";
import type { Api } from "../api/api-client.ts";
import { afterTime } from "./after-time.ts";

export type AppInfo = CallOutput<"app.info">;

interface StatusState {
  readonly status: StatusEvent | null;
  readonly info: AppInfo | null;
}

/** What the status bar shows: the core's status stream, and facts about the program. */
export const useStatus = create<StatusState>(() => ({ status: null, info: null }));

const askAgainMs = 1_000;

/** Keeps `useStatus` up to date until the returned function is called. */
export function followStatus(api: Api): () => void {
  const abort = new AbortController();
  let stop = (): void => undefined;
  const subscribe = (): void => {
    stop = api.subscribe(
      "status",
      {},
      {
        event: (status) => useStatus.setState({ status }),
        failure: () => {
          stop = afterTime(subscribe, askAgainMs);
        },
      },
    );
  };
  const ask = (): void => {
    api.call("app.info", {}, abort.signal).then(
      (info) => useStatus.setState({ info }),
      () => {
        if (!abort.signal.aborted) afterTime(ask, askAgainMs);
      },
    );
  };
  subscribe();
  ask();
  return () => {
    abort.abort();
    stop();
  };
}
