import type { Actor } from "./actor.ts";
import type { UnixMicros } from "./value.ts";

/** TLS of one side of a session; `null` where that side is not encrypted. */
export interface TlsFacts {
  readonly version: string;
  readonly cipher: string;
}

/** Compression of each side of a session, by the protocol's words; `null` where that side is not compressed. */
export interface CompressionFacts {
  readonly client: "zlib" | "zstd" | null;
  readonly upstream: "zlib" | "zstd" | null;
}

/** The credential that a client signed in to the proxy with: one that was made here, or a token. */
export interface PresentedCredential {
  readonly id: string;
  /** User name that the client presented. */
  readonly user: string;
}

/** The process at the other end of a client's socket, as the operating system says. */
export interface ClientProcess {
  readonly pid: number;
  /** Path of its program; its name where the path cannot be read. */
  readonly program: string;
  readonly user: string;
}

/** The open frame of a recording: the facts of a session that are known when its Command phase starts. */
export interface SessionOpen {
  readonly session: string;
  /** Id of the recorder (process run) that wrote this recording; see recording/recorder-lock. */
  readonly recorder: string;
  readonly connection: string;
  readonly upstream: { readonly address: string; readonly version: string | null; readonly threadId: number | null };
  readonly tls: { readonly client: TlsFacts | null; readonly upstream: TlsFacts | null };
  /** Absent in recordings from before compression was supported, none of which is of a compressed session. */
  readonly compression?: CompressionFacts;
  /** Capability flags in force in the Command phase on each side, as the protocol's 32-bit number; none of TLS or compression. */
  readonly capabilities: number;
  /** MariaDB's extended capability flags in force; absent in recordings from before they were supported. */
  readonly mariaDbCapabilities?: number;
  readonly characterSet: number | null;
  readonly authPlugin: string | null;
  readonly account: string | null;
  readonly schema: string | null;
  readonly client: string;
  readonly actor: Actor;
  /** What made that its actor; absent where the actor is the OS user. */
  readonly credential?: PresentedCredential;
  /** Absent where the system does not tell, as of clients on other machines. */
  readonly process?: ClientProcess;
  /** What the client said about itself; claimed, never proven. */
  readonly claimed: { readonly [name: string]: string };
  readonly program: { readonly name: string; readonly version: string };
  readonly host: string;
  /** When the client was accepted, in microseconds since the Unix epoch. */
  readonly acceptedAt: UnixMicros;
  /** Whether the Connection phase ended with an OK_Packet. */
  readonly signedIn: boolean;
}

/** Who a session is from a COM_CHANGE_USER on that succeeded. What was prepared before is gone. */
export interface SignedInAgain {
  /** Account in force upstream; `null` for the anonymous one. */
  readonly account: string | null;
  readonly schema: string | null;
  /** Collation id that the client asked for; `null` where it left it to the server. */
  readonly characterSet: number | null;
  readonly plugin: string | null;
  /** Absent where it is the one before: the actor is the same in any case. */
  readonly credential?: PresentedCredential;
}

/** The note frame of a recording that says so. It comes before the answer to the COM_CHANGE_USER. */
export interface SignedInAgainNote extends SignedInAgain {
  readonly kind: "signed-in-again";
}

/**
 * The note frame of a recording that says that secrets were replaced: `count` of them in the command that follows it (or
 * is under way), or in the packet to the client that follows it.
 */
export interface StatementSecretNote {
  readonly kind: "redacted";
  readonly what: "statement-secret";
  readonly direction: "client" | "upstream";
  readonly count: number;
}

/** Why a session ended. `identity-ended`: the sign-in or the credential that it ran under did. `crashed` is found at the next start, from a recording without a close frame. */
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
  | "identity-ended"
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
  /** The account with which it began; `null` for the anonymous one. */
  readonly account: string | null;
  /** All accounts that its statements ran on, that with which it began first. */
  readonly accounts: readonly (string | null)[];
  readonly schema: string | null;
  readonly client: string;
  /** What made that its actor; `null` where the actor is the OS user. */
  readonly credential: PresentedCredential | null;
  /** The process of this machine that the client is; `null` where the system did not tell. */
  readonly process: ClientProcess | null;
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
