import { useSyncExternalStore } from "react";
import { type ThemeChoice, usePreferences } from "../state/preferences.ts";

export type Theme = "light" | "dark";

const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

function resolve(choice: ThemeChoice): Theme {
  if (choice !== "system") return choice;
  return prefersDark.matches ? "dark" : "light";
}

/** Keeps the document's theme as the person (or the system) chose it. Call once, before the first drawing. */
export function applyTheme(): void {
  const apply = (): void => {
    document.documentElement.dataset.theme = resolve(usePreferences.getState().theme);
    for (const listener of [...listeners]) listener();
  };
  prefersDark.addEventListener("change", apply);
  usePreferences.subscribe(apply);
  apply();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The theme in force, for what draws outside of CSS. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, () => (document.documentElement.dataset.theme === "dark" ? "dark" : "light"));
}

/** The value of a colour token in the theme in force, e.g. `--ink`. */
export function themeColour(token: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(token).trim();
}
