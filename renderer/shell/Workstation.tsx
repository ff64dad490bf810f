import { useEffect, useMemo } from "react";
import { useApi } from "../api/api-context.ts";
import { CommandPalette } from "../commands/CommandPalette.tsx";
import { ShortcutSheet } from "../commands/ShortcutSheet.tsx";
import { useShortcuts } from "../commands/use-shortcuts.ts";
import { ConnectionsScreen } from "../connections/ConnectionsScreen.tsx";
import { AccountScreen } from "../identity/AccountScreen.tsx";
import { NotAllowed } from "../identity/NotAllowed.tsx";
import { SettingsScreen } from "../identity/SettingsScreen.tsx";
import { MachinesScreen } from "../machines/MachinesScreen.tsx";
import { SessionScreen } from "../sessions/SessionScreen.tsx";
import { SessionsScreen } from "../sessions/SessionsScreen.tsx";
import { forgetConnections, loadConnections } from "../state/connections.ts";
import { useIdentity, useMayUse } from "../state/identity.ts";
import { firstPlace, isBeginning, type Place, screenNeeds } from "../state/place.ts";
import { goTo, usePlace } from "../state/use-place.ts";
import { LiveScreen } from "../timeline/LiveScreen.tsx";
import styles from "./App.module.css";
import { ErrorBoundary } from "./ErrorBoundary.tsx";
import { NavigationRail } from "./NavigationRail.tsx";

/** Rail and screen of one person; another person's begins anew. */
export function Workstation() {
  const api = useApi();
  const place = useOwnPlace();
  const mayListConnections = useMayUse("connections.list");
  useShortcuts();
  useEffect(() => {
    if (mayListConnections) void loadConnections(api);
    return forgetConnections;
  }, [api, mayListConnections]);
  return (
    <>
      <NavigationRail screen={place.screen} />
      <main className={styles.screen}>
        <ErrorBoundary key={place.screen} place="This screen">
          <Screen place={place} />
        </ErrorBoundary>
      </main>
      <CommandPalette />
      <ShortcutSheet />
    </>
  );
}

/** The place in the URL; who may not see what everybody begins with begins with what there is for them. */
function useOwnPlace(): Place {
  const asked = usePlace();
  const allowed = useIdentity((state) => state.allowed);
  const place = useMemo(() => {
    const first = firstPlace(allowed);
    return isBeginning(asked) && first.screen !== asked.screen ? first : asked;
  }, [asked, allowed]);
  useEffect(() => goTo(place, "replace"), [place]);
  return place;
}

function Screen({ place }: { readonly place: Place }) {
  const needed = screenNeeds[place.screen];
  const mayUse = useIdentity(({ allowed }) => needed === null || allowed.has(needed));
  if (needed !== null && !mayUse) return <NotAllowed call={needed} />;
  switch (place.screen) {
    case "live":
      return <LiveScreen place={place} />;
    case "sessions":
      return <SessionsScreen />;
    case "session":
      return <SessionScreen key={place.session} place={place} />;
    case "connections":
      return <ConnectionsScreen chosen={place.connection} />;
    case "machines":
      return <MachinesScreen chosen={place.machine} />;
    case "settings":
      return <SettingsScreen />;
    case "account":
      return <AccountScreen />;
    default:
      return place satisfies never;
  }
}
