import { create } from "zustand";
import type { ConnectionListed } from "../../proxy/api/contract.ts";
import { type Failure, failureOf } from "../../proxy/model/failure.ts";
import type { Api } from "../api/api-client.ts";

interface ConnectionsState {
  /** `null` until the first answer. */
  readonly connections: readonly ConnectionListed[] | null;
  readonly failure: Failure | null;
}

/** The connections as the core last listed them. */
export const useConnections = create<ConnectionsState>(() => ({ connections: null, failure: null }));

/** Drops them: whoever comes next may not be allowed to see them. */
export function forgetConnections(): void {
  useConnections.setState({ connections: null, failure: null });
}

/** Asks the core for the connections again. */
export async function loadConnections(api: Api): Promise<void> {
  try {
    const { connections } = await api.call("connections.list", {});
    useConnections.setState({ connections, failure: null });
  } catch (reason) {
    useConnections.setState({ failure: failureOf(reason) });
  }
}
