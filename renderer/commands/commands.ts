import type { Api } from "../api/api-client.ts";
import { signOut } from "../identity/sign-in.ts";
import { focusNextPane } from "../shell/panes.ts";
import { type Usable, useIdentity } from "../state/identity.ts";
import { newConnection, newMachine } from "../state/place.ts";
import { usePreferences } from "../state/preferences.ts";
import { currentPlace, goTo } from "../state/use-place.ts";
import { openOverlay } from "./overlay.ts";

/** Something a person can do from anywhere: in the palette, perhaps with a shortcut. */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: "Go to" | "View" | "Theme" | "Library" | "Identity" | "Help";
  /** For tinykeys; `$mod` is Ctrl, or ⌘ on a Mac. */
  readonly keys?: readonly string[];
  /** Also while text is being written. */
  readonly everywhere?: true;
  /** What of the core it cannot be without: where the person may not use that, it is not offered. */
  readonly needs?: Usable;
  /** A failure is thrown as a `FailureError` and shown by the caller. */
  readonly run: (api: Api) => void | Promise<void>;
}

function filterBy(filter: string): void {
  const place = currentPlace();
  goTo({ screen: "live", filter, selected: place.screen === "live" ? place.selected : null });
}

function focusFilter(): void {
  if (currentPlace().screen !== "live") goTo({ screen: "live", filter: "", selected: null });
  requestAnimationFrame(() => document.querySelector<HTMLInputElement>("[data-filter]")?.select());
}

const { set } = usePreferences.getState();

/** Every command of the workstation. */
export const commands: readonly Command[] = [
  {
    id: "go.live",
    title: "Live",
    group: "Go to",
    keys: ["g l"],
    needs: "statements.page",
    run: () => goTo({ screen: "live", filter: "", selected: null }),
  },
  { id: "go.sessions", title: "Sessions", group: "Go to", keys: ["g s"], needs: "sessions.list", run: () => goTo({ screen: "sessions" }) },
  {
    id: "go.connections",
    title: "Connections",
    group: "Go to",
    keys: ["g c"],
    needs: "connections.list",
    run: () => goTo({ screen: "connections", connection: null }),
  },
  {
    id: "connection.add",
    title: "Add a connection",
    group: "Go to",
    needs: "connections.save",
    run: () => goTo({ screen: "connections", connection: newConnection }),
  },
  {
    id: "go.machines",
    title: "Machines",
    group: "Go to",
    keys: ["g m"],
    needs: "machines.list",
    run: () => goTo({ screen: "machines", machine: null }),
  },
  {
    id: "machine.register",
    title: "Register a machine",
    group: "Go to",
    needs: "machines.register",
    run: () => goTo({ screen: "machines", machine: newMachine }),
  },
  {
    id: "go.settings",
    title: "Settings of sign-in and roles",
    group: "Go to",
    keys: ["g i"],
    needs: "identity.settings",
    run: () => goTo({ screen: "settings" }),
  },
  {
    id: "go.account",
    title: "You: who you are here, and what you may do",
    group: "Go to",
    keys: ["g y"],
    run: () => goTo({ screen: "account" }),
  },
  {
    id: "filter.focus",
    title: "Filter statements",
    group: "View",
    keys: ["$mod+f"],
    everywhere: true,
    needs: "statements.page",
    run: focusFilter,
  },
  { id: "filter.failed", title: "Show only failed statements", group: "View", needs: "statements.page", run: () => filterBy("is:failed") },
  { id: "filter.slow", title: "Show only slow statements", group: "View", needs: "statements.page", run: () => filterBy("is:slow") },
  {
    id: "view.clear",
    title: "Clear view: only what happens from now on (deletes nothing)",
    group: "View",
    needs: "statements.page",
    run: () => filterBy(`after:${new Date().toISOString()}`),
  },
  { id: "filter.clear", title: "Clear the filter", group: "View", needs: "statements.page", run: () => filterBy("") },
  { id: "details.right", title: "Details to the right of the list", group: "View", run: () => set({ details: "right" }) },
  { id: "details.below", title: "Details below the list", group: "View", run: () => set({ details: "below" }) },
  { id: "details.auto", title: "Details where the window has room", group: "View", run: () => set({ details: "auto" }) },
  {
    id: "histogram.toggle",
    title: "Show or hide the histogram",
    group: "View",
    run: () => set({ histogramShown: !usePreferences.getState().histogramShown }),
  },
  { id: "pane.next", title: "Next pane", group: "View", keys: ["F6"], everywhere: true, run: () => focusNextPane(1) },
  { id: "pane.previous", title: "Previous pane", group: "View", keys: ["Shift+F6"], everywhere: true, run: () => focusNextPane(-1) },
  { id: "theme.system", title: "Theme as the system", group: "Theme", run: () => set({ theme: "system" }) },
  { id: "theme.light", title: "Light theme", group: "Theme", run: () => set({ theme: "light" }) },
  { id: "theme.dark", title: "Dark theme", group: "Theme", run: () => set({ theme: "dark" }) },
  {
    id: "library.reindex",
    title: "Rebuild the library from the recordings",
    group: "Library",
    needs: "library.reindex",
    run: async (api) => {
      await api.call("library.reindex", {});
    },
  },
  { id: "identity.signOut", title: "Sign out", group: "Identity", run: signOut },
  { id: "help.palette", title: "All commands", group: "Help", keys: ["$mod+k"], everywhere: true, run: () => openOverlay("palette") },
  { id: "help.shortcuts", title: "Keyboard shortcuts", group: "Help", keys: ["[Shift]+?"], run: () => openOverlay("shortcuts") },
];

/** The commands that the person may run now. */
export function offeredCommands(): readonly Command[] {
  const { identity, allowed } = useIdentity.getState();
  const isOffered = ({ id, needs }: Command): boolean =>
    (needs === undefined || allowed.has(needs)) && (id !== "identity.signOut" || identity?.state === "signed-in");
  return commands.filter(isOffered);
}
