/** What the main thread and the relay's thread say to each other. */
import type { Actor } from "../model/actor.ts";
import type { Connection, ConnectionSecrets } from "../model/connection.ts";
import type { ListenerState, RecordingState } from "../model/status.ts";

/** How far a recording has grown. */
export interface RecordingGrowth {
  readonly session: string;
  readonly path: string;
  readonly size: number;
  readonly closed: boolean;
}

/** Given to the relay's thread when it starts. */
export interface RelayStart {
  readonly dataDirectory: string;
  readonly actor: Actor;
  /** Id under which this process records; see recording/recorder-lock. */
  readonly recorder: string;
}

export type ToRelay =
  | { readonly kind: "listen"; readonly connection: Connection; readonly secrets: ConnectionSecrets }
  | { readonly kind: "unlisten"; readonly connection: string }
  | { readonly kind: "stop" };

export type FromRelay =
  | { readonly kind: "ready"; readonly authorityFile: string }
  /** The thread cannot start at all, e.g. because the keys for clients cannot be read. */
  | { readonly kind: "unable"; readonly message: string }
  | { readonly kind: "listener"; readonly connection: string; readonly state: ListenerState }
  | { readonly kind: "recording"; readonly state: RecordingState }
  | { readonly kind: "progress"; readonly files: readonly RecordingGrowth[] }
  | { readonly kind: "sessions"; readonly open: number }
  /** A sentence for the log: something that happened to a client and is not in any recording. */
  | { readonly kind: "log"; readonly message: string }
  | { readonly kind: "stopped" };
