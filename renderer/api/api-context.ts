import { createContext, useContext, useSyncExternalStore } from "react";
import type { Api } from "./api-client.ts";
import type { LinkState } from "./link-state.ts";

export const ApiContext = createContext<Api | null>(null);

/** The core's api; only inside `ApiContext`. */
export function useApi(): Api {
  const api = useContext(ApiContext);
  if (api === null) throw new Error("useApi needs an ApiContext above it");
  return api;
}

/** Whether the core can be reached, now and as it changes. */
export function useLink(): LinkState {
  const { link } = useApi();
  return useSyncExternalStore(link.subscribe, link.get);
}
