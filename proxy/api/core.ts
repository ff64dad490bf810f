import type { LibraryClient } from "../library/library-client.ts";
import type { Actor } from "../model/actor.ts";
import type { ConnectionListeners } from "./connections/connection-listeners.ts";
import type { ConnectionStore } from "./connections/connection-store.ts";
import type { Listeners } from "./listeners.ts";

/** What the handlers ask of the library. */
export type Library = Pick<LibraryClient, "call" | "follow" | "onSessions" | "onState" | "state">;

/** Facts that do not change while the program runs. */
export interface AppInfo {
  readonly version: string;
  readonly host: "desktop" | "browser";
  readonly dataDirectory: string;
  readonly actor: Actor;
  readonly demo: boolean;
}

/** Everything that the handlers work with; `compose.ts` makes it of concrete parts, tests of smaller ones. */
export interface Core {
  readonly info: AppInfo;
  readonly library: Library;
  readonly listeners: Listeners;
  readonly connections: ConnectionStore;
  readonly connectionListeners: ConnectionListeners;
  /** The certificate authority that clients should trust; `null` until the relay has started, and where it cannot. */
  clientCaFile(): string | null;
}
