import { useMemo, useSyncExternalStore } from "react";
import { formatPlace, type Place, parsePlace } from "./place.ts";

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("hashchange", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("hashchange", listener);
  };
}

/** The place in the URL, now and as it changes. */
export function usePlace(): Place {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => parsePlace(hash), [hash]);
}

/** The place in the URL at this moment, for event handlers. */
export function currentPlace(): Place {
  return parsePlace(window.location.hash);
}

/** Goes to a place. `replace` keeps the back button for moves between screens, not for each selected row. */
export function goTo(place: Place, how: "push" | "replace" = "push"): void {
  const hash = formatPlace(place);
  if (hash === window.location.hash) return;
  if (how === "push") window.history.pushState(null, "", hash);
  else window.history.replaceState(null, "", hash);
  for (const listener of [...listeners]) listener();
}
