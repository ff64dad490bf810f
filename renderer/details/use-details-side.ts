import { useSyncExternalStore } from "react";
import { usePreferences } from "../state/preferences.ts";

const wide = window.matchMedia("(min-width: 1500px)");

function subscribe(listener: () => void): () => void {
  wide.addEventListener("change", listener);
  return () => wide.removeEventListener("change", listener);
}

/** Where the details are drawn: as the person chose, or by the window's width. */
export function useDetailsSide(): "right" | "below" {
  const choice = usePreferences((preferences) => preferences.details);
  const isWide = useSyncExternalStore(subscribe, () => wide.matches);
  if (choice !== "auto") return choice;
  return isWide ? "right" : "below";
}
