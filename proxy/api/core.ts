import type { AccessLog } from "../identity/access-log.ts";
import type { ClientCredentials } from "../identity/client-credentials.ts";
import type { IdentitySettings } from "../identity/identity-settings.ts";
import type { SignIns } from "../identity/sign-ins.ts";
import type { LibraryClient, LibraryReader } from "../library/library-client.ts";
import type { Actor } from "../model/actor.ts";
import type { EvidenceState } from "../model/status.ts";
import type { SharedFile } from "../shared-file.ts";
import type { ConnectionListeners } from "./connections/connection-listeners.ts";
import type { ConnectionStore } from "./connections/connection-store.ts";
import type { MachineStore } from "./identity/machine-store.ts";
import type { Listeners } from "./listeners.ts";

/** What the handlers ask of the library, each for one reader; and what nobody's right to read is asked for. */
export type Library = Pick<LibraryClient, "within" | "reindex" | "onState" | "state">;
export type { LibraryReader };

/** Facts that do not change while the program runs. */
export interface AppInfo {
  readonly version: string;
  readonly host: "desktop" | "browser";
  readonly dataDirectory: string;
  /** Who uses it where nobody signs in. */
  readonly actor: Actor;
  readonly demo: boolean;
}

/** Where people sign in, and what clients present. */
export interface CoreIdentity {
  readonly settings: SharedFile<IdentitySettings>;
  readonly signIns: Pick<SignIns, "list" | "end">;
  readonly credentials: ClientCredentials;
  readonly machines: MachineStore;
  readonly log: Pick<AccessLog, "record">;
}

/** What signs and enters what is recorded, as far as it is shown. */
export interface CoreEvidence {
  state(): EvidenceState;
  /** Called after the state has changed. */
  onChange(listener: () => void): () => void;
}

/** Everything that the handlers work with; `compose.ts` makes it of concrete parts, tests of smaller ones. */
export interface Core {
  readonly info: AppInfo;
  readonly library: Library;
  readonly listeners: Listeners;
  readonly connections: ConnectionStore;
  readonly connectionListeners: ConnectionListeners;
  readonly identity: CoreIdentity;
  readonly evidence: CoreEvidence;
  /** The certificate authority that clients should trust; `null` until the relay has started, and where it cannot. */
  clientCaFile(): string | null;
}
