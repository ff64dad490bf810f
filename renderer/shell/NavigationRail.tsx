import { Activity, Bot, Command, Monitor, Moon, PlugZap, ScrollText, Settings, Sun, UserRound } from "lucide-react";
import { openOverlay } from "../commands/overlay.ts";
import { useIdentity } from "../state/identity.ts";
import { type Place, screenNeeds } from "../state/place.ts";
import { type ThemeChoice, usePreferences } from "../state/preferences.ts";
import { goTo } from "../state/use-place.ts";
import { classNames } from "../styles/class-names.ts";
import { Mark } from "./Mark.tsx";
import styles from "./NavigationRail.module.css";

interface Entry {
  readonly title: string;
  readonly Icon: typeof Activity;
  readonly place: Place;
  readonly owns: readonly Place["screen"][];
}

const screens: readonly Entry[] = [
  { title: "Live", Icon: Activity, place: { screen: "live", filter: "", selected: null }, owns: ["live"] },
  { title: "Sessions", Icon: ScrollText, place: { screen: "sessions" }, owns: ["sessions", "session"] },
  { title: "Connections", Icon: PlugZap, place: { screen: "connections", connection: null }, owns: ["connections"] },
  { title: "Machines", Icon: Bot, place: { screen: "machines", machine: null }, owns: ["machines"] },
];

/** What concerns the person and the workstation, at the foot. */
const screensBelow: readonly Entry[] = [
  { title: "You", Icon: UserRound, place: { screen: "account" }, owns: ["account"] },
  { title: "Settings", Icon: Settings, place: { screen: "settings" }, owns: ["settings"] },
];

const themes: { readonly [choice in ThemeChoice]: { readonly next: ThemeChoice; readonly Icon: typeof Sun; readonly title: string } } = {
  system: { next: "light", Icon: Monitor, title: "Theme: as the system" },
  light: { next: "dark", Icon: Sun, title: "Theme: light" },
  dark: { next: "system", Icon: Moon, title: "Theme: dark" },
};

/** The screens, and what concerns all of them. */
export function NavigationRail({ screen }: { readonly screen: Place["screen"] }) {
  const theme = usePreferences((preferences) => preferences.theme);
  const set = usePreferences((preferences) => preferences.set);
  const allowed = useIdentity((state) => state.allowed);
  const { next, Icon: ThemeIcon, title: themeTitle } = themes[theme];
  const entry = ({ title, Icon, place, owns }: Entry) => {
    const needed = screenNeeds[place.screen];
    if (needed !== null && !allowed.has(needed)) return null;
    const current = owns.includes(screen);
    return (
      <button
        key={title}
        type="button"
        className={classNames(styles.screen, current && styles.current)}
        aria-current={current ? "page" : undefined}
        onClick={() => goTo(place)}
      >
        <Icon size={19} strokeWidth={1.6} aria-hidden="true" />
        {title}
      </button>
    );
  };
  return (
    <nav className={styles.rail} aria-label="Screens" data-pane="rail" tabIndex={-1}>
      <Mark />
      {screens.map(entry)}
      <span className={styles.space} />
      {screensBelow.map(entry)}
      <button
        type="button"
        className={styles.small}
        aria-label="Commands"
        title="Commands (Ctrl or ⌘ K)"
        onClick={() => openOverlay("palette")}
      >
        <Command size={16} strokeWidth={1.6} aria-hidden="true" />
      </button>
      <button type="button" className={styles.small} aria-label={themeTitle} title={themeTitle} onClick={() => set({ theme: next })}>
        <ThemeIcon size={16} strokeWidth={1.6} aria-hidden="true" />
      </button>
    </nav>
  );
}
