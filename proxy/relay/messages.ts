/** What the main thread and the relay's thread say to each other. */
import type { Actor } from "../model/actor.ts";
import type { ClientCredential, RefusedClient, TokenVerdict } from "../model/client-credential.ts";
import type { Connection, ConnectionSecrets } from "../model/connection.ts";
import type { ClientProcess } from "../model/session.ts";
import type { ListenerState, RecordingState } from "../model/status.ts";
import type { SocketEnds } from "./local-processes.ts";

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
  /** All that clients may present now, and what has ended lately: in place of what was told before. */
  | { readonly kind: "credentials"; readonly credentials: readonly ClientCredential[] }
  /** Ends the open sessions of these credentials; `message` is for their clients. */
  | { readonly kind: "end-sessions"; readonly credentials: readonly string[]; readonly message: string }
  | { readonly kind: "client-process"; readonly request: number; readonly process: ClientProcess | null }
  | { readonly kind: "verified-token"; readonly request: number; readonly verdict: TokenVerdict }
  /** Wants to know of all recordings that are begun by now: `progress`, then `told-progress`. */
  | { readonly kind: "tell-progress"; readonly request: number }
  | { readonly kind: "stop" };

export type FromRelay =
  | { readonly kind: "ready"; readonly authorityFile: string }
  /** The thread cannot start at all, e.g. because the keys for clients cannot be read. */
  | { readonly kind: "unable"; readonly message: string }
  | { readonly kind: "listener"; readonly connection: string; readonly state: ListenerState }
  | { readonly kind: "recording"; readonly state: RecordingState }
  | { readonly kind: "progress"; readonly files: readonly RecordingGrowth[] }
  | { readonly kind: "told-progress"; readonly request: number }
  | { readonly kind: "sessions"; readonly open: number }
  /** A client presented a token to the connection of this id. */
  | { readonly kind: "verify-token"; readonly request: number; readonly connection: string; readonly token: Uint8Array }
  /** Which process of this machine has the client's end of a connection? */
  | { readonly kind: "whose-socket"; readonly request: number; readonly ends: SocketEnds }
  | { readonly kind: "refused-client"; readonly refused: RefusedClient }
  /** A sentence for the log: something that happened to a client and is not in any recording. */
  | { readonly kind: "log"; readonly message: string }
  | { readonly kind: "stopped" };
