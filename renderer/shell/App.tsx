import { CommandFailureBanner } from "../commands/CommandFailureBanner.tsx";
import { CommandPalette } from "../commands/CommandPalette.tsx";
import { ShortcutSheet } from "../commands/ShortcutSheet.tsx";
import { useShortcuts } from "../commands/use-shortcuts.ts";
import { ConnectionsScreen } from "../connections/ConnectionsScreen.tsx";
import { SessionScreen } from "../sessions/SessionScreen.tsx";
import { SessionsScreen } from "../sessions/SessionsScreen.tsx";
import type { Place } from "../state/place.ts";
import { usePlace } from "../state/use-place.ts";
import { LiveScreen } from "../timeline/LiveScreen.tsx";
import styles from "./App.module.css";
import { ErrorBoundary } from "./ErrorBoundary.tsx";
import { LinkBanner } from "./LinkBanner.tsx";
import { NavigationRail } from "./NavigationRail.tsx";
import { RecordingBanner } from "./RecordingBanner.tsx";
import { StatusBar } from "./StatusBar.tsx";

/** The window: rail, screen, status bar, and what is said above all. */
export function App() {
  const place = usePlace();
  useShortcuts();
  return (
    <div className={styles.app}>
      <div className={styles.banners}>
        <LinkBanner />
        <RecordingBanner />
        <CommandFailureBanner />
      </div>
      <NavigationRail screen={place.screen} />
      <main className={styles.screen}>
        <ErrorBoundary key={place.screen} place="This screen">
          <Screen place={place} />
        </ErrorBoundary>
      </main>
      <StatusBar />
      <CommandPalette />
      <ShortcutSheet />
    </div>
  );
}

function Screen({ place }: { readonly place: Place }) {
  switch (place.screen) {
    case "live":
      return <LiveScreen place={place} />;
    case "sessions":
      return <SessionsScreen />;
    case "session":
      return <SessionScreen key={place.session} place={place} />;
    case "connections":
      return <ConnectionsScreen chosen={place.connection} />;
    default:
      return place satisfies never;
  }
}
