import type { Actor } from "./actor.ts";
import type { UnixMicros } from "./value.ts";

/** TLS of one side of a session; `null` where that side is not encrypted. */
export interface TlsFacts {
  readonly version: string;
  readonly cipher: string;
}

/** The open frame of a recording: the facts of a session that are known when its Command phase starts. */
export interface SessionOpen {
  readonly session: string;
  /** Id of the recorder (process run) that wrote this recording; see recording/recorder-lock. */
  readonly recorder: string;
  readonly connection: string;
  readonly upstream: { readonly address: string; readonly version: string | null; readonly threadId: number | null };
  readonly tls: { readonly client: TlsFacts | null; readonly upstream: TlsFacts | null };
  /** Capability flags in force in the Command phase on each side, as the protocol's 32-bit number. */
  readonly capabilities: number;
  readonly characterSet: number | null;
  readonly authPlugin: string | null;
  readonly account: string | null;
  readonly schema: string | null;
  readonly client: string;
  readonly actor: Actor;
  /** What the client said about itself; claimed, never proven. */
  readonly claimed: { readonly [name: string]: string };
  readonly program: { readonly name: string; readonly version: string };
  readonly host: string;
  /** When the client was accepted, in microseconds since the Unix epoch. */
  readonly acceptedAt: UnixMicros;
  /** Whether the Connection phase ended with an OK_Packet. */
  readonly signedIn: boolean;
}

/** Why a session ended. `crashed` is found at the next start, from a recording without a close frame. */
export type CloseCause =
  | "client-quit"
  | "client-closed"
  | "client-reset"
  | "client-timeout"
  | "client-malformed"
  | "upstream-closed"
  | "upstream-reset"
  | "upstream-unreachable"
  | "upstream-malformed"
  | "sign-in-failed"
  | "recording-failed"
  | "shutdown"
  | "crashed";

/** The close frame of a recording. Byte and packet counts are of the Command phase. */
export interface SessionClose {
  readonly cause: CloseCause;
  /** A sentence for a person where the cause alone does not say it all, e.g. the upstream's error. */
  readonly detail: string | null;
  readonly clientBytes: number;
  readonly clientPackets: number;
  readonly upstreamBytes: number;
  readonly upstreamPackets: number;
}

/** A session as the library and the command line list it. */
export interface Session {
  readonly id: string;
  readonly connection: string;
  readonly actor: Actor;
  readonly account: string | null;
  readonly schema: string | null;
  readonly client: string;
  readonly claimed: { readonly [name: string]: string };
  readonly startedAt: UnixMicros;
  /** `null` while the session is open. */
  readonly endedAt: UnixMicros | null;
  readonly closeCause: CloseCause | null;
  readonly closeDetail: string | null;
  readonly statements: number;
  readonly errors: number;
  readonly upstreamAddress: string;
  readonly upstreamVersion: string | null;
  readonly threadId: number | null;
  readonly tls: { readonly client: TlsFacts | null; readonly upstream: TlsFacts | null };
  readonly sealed: boolean;
}
