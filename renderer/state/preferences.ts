import { create } from "zustand";
import { persist } from "zustand/middleware";

export type ThemeChoice = "system" | "light" | "dark";

/** Where the details of the selected statement are; `auto` puts them to the right of the list on wide windows. */
export type DetailsSide = "auto" | "right" | "below";

/** How much time the histogram looks back on; `all` is everything that matches. */
export type HistogramSpan = "5m" | "15m" | "1h" | "24h" | "all";

/** A list's columns as the person arranged them: visible ids in order, and widths in pixels of those that were sized. */
export interface ColumnLayout {
  readonly visible: readonly string[];
  readonly widths: { readonly [column: string]: number };
}

interface Preferences {
  readonly theme: ThemeChoice;
  readonly details: DetailsSide;
  readonly histogram: HistogramSpan;
  readonly histogramShown: boolean;
  readonly wrapSql: boolean;
  /** By list; absent: the list's own default. */
  readonly columns: { readonly [list: string]: ColumnLayout };
}

interface PreferencesStore extends Preferences {
  set(change: Partial<Preferences>): void;
  setColumns(list: string, layout: ColumnLayout | null): void;
}

/** What the person chose about the look of the workstation; kept by the browser, never by the core. */
export const usePreferences = create<PreferencesStore>()(
  persist(
    (set) => ({
      theme: "system",
      details: "auto",
      histogram: "5m",
      histogramShown: true,
      wrapSql: true,
      columns: {},
      set: (change) => set(change),
      setColumns: (list, layout) =>
        set(({ columns }) => {
          const { [list]: _former, ...others } = columns;
          return { columns: layout === null ? others : { ...others, [list]: layout } };
        }),
    }),
    { name: "stenograph-preferences", version: 1 },
  ),
);
