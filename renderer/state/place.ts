import type { Usable } from "./identity.ts";

/** A statement's address. */
export interface StatementKey {
  readonly session: string;
  readonly seq: number;
}

/** Where in the workstation the person is; all of it is in the URL's hash, so that it can be reloaded and kept. */
export type Place =
  | { readonly screen: "live"; readonly filter: string; readonly selected: StatementKey | null }
  | { readonly screen: "sessions" }
  | { readonly screen: "session"; readonly session: string; readonly selected: number | null }
  | { readonly screen: "connections"; readonly connection: string | null }
  | { readonly screen: "machines"; readonly machine: string | null }
  | { readonly screen: "account" }
  | { readonly screen: "settings" };

/** What of the core a screen cannot be without; `null`: nothing. */
export const screenNeeds: { readonly [screen in Place["screen"]]: Usable | null } = {
  live: "statements.page",
  sessions: "sessions.list",
  session: "sessions.get",
  connections: "connections.list",
  machines: "machines.list",
  account: null,
  settings: "identity.settings",
};

/** Where somebody begins who may use what is `allowed`: the first screen that there is for them. */
export function firstPlace(allowed: ReadonlySet<string>): Place {
  const places: readonly Place[] = [
    { screen: "live", filter: "", selected: null },
    { screen: "connections", connection: null },
    { screen: "machines", machine: null },
  ];
  const mayUse = ({ screen }: Place): boolean => allowed.has(screenNeeds[screen] ?? "");
  return places.find(mayUse) ?? { screen: "account" };
}

/** Whether it is where everybody comes who asked for nothing. */
export function isBeginning(place: Place): boolean {
  return place.screen === "live" && place.filter === "" && place.selected === null;
}

/** The `connection` of a `Place` where a new one is being written down. */
export const newConnection = "new";

/** The `machine` of a `Place` where a new one is being written down. */
export const newMachine = "new";

/** The hash of a place, `#` included. */
export function formatPlace(place: Place): string {
  switch (place.screen) {
    case "live": {
      const query = new URLSearchParams();
      if (place.filter !== "") query.set("filter", place.filter);
      if (place.selected !== null) query.set("at", `${place.selected.session}/${place.selected.seq}`);
      return withQuery("#/live", query);
    }
    case "sessions":
      return "#/sessions";
    case "session": {
      const query = new URLSearchParams();
      if (place.selected !== null) query.set("at", String(place.selected));
      return withQuery(`#/sessions/${encodeURIComponent(place.session)}`, query);
    }
    case "connections":
      return place.connection === null ? "#/connections" : `#/connections/${encodeURIComponent(place.connection)}`;
    case "machines":
      return place.machine === null ? "#/machines" : `#/machines/${encodeURIComponent(place.machine)}`;
    case "account":
      return "#/account";
    case "settings":
      return "#/settings";
    default:
      return place satisfies never;
  }
}

/** The place that a hash names; what cannot be understood leads to Live without a filter. */
export function parsePlace(hash: string): Place {
  const [path = "", search = ""] = splitOnce(hash.replace(/^#\/?/, ""), "?");
  const query = new URLSearchParams(search);
  const [screen, encoded] = path.split("/");
  const name = encoded === undefined || encoded === "" ? null : decode(encoded);
  switch (screen) {
    case "sessions":
      return name === null ? { screen: "sessions" } : { screen: "session", session: name, selected: sequence(query.get("at")) };
    case "connections":
      return { screen: "connections", connection: name };
    case "machines":
      return { screen: "machines", machine: name };
    case "account":
      return { screen: "account" };
    case "settings":
      return { screen: "settings" };
    default:
      return { screen: "live", filter: query.get("filter") ?? "", selected: statementKey(query.get("at")) };
  }
}

function withQuery(path: string, query: URLSearchParams): string {
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

function splitOnce(text: string, at: string): string[] {
  const index = text.indexOf(at);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + at.length)];
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function sequence(text: string | null): number | null {
  const number = Number(text);
  return text !== null && Number.isSafeInteger(number) && number > 0 ? number : null;
}

function statementKey(text: string | null): StatementKey | null {
  const slash = text?.lastIndexOf("/") ?? -1;
  if (text === null || slash < 1) return null;
  const seq = sequence(text.slice(slash + 1));
  return seq === null ? null : { session: text.slice(0, slash), seq };
}
