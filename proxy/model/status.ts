import type { UnixMicros } from "./value.ts";

/** Whether what passes is being recorded. `failing`: traffic is refused until writing works again. */
export type RecordingState =
  | { readonly state: "recording" }
  | { readonly state: "failing"; readonly message: string }
  | { readonly state: "stopped"; readonly message: string };

/** One connection's listener. */
export type ListenerState =
  | { readonly state: "listening"; readonly address: string; readonly port: number }
  | { readonly state: "stopped" }
  | { readonly state: "failed"; readonly message: string };

/** How far the library is behind the recordings. */
export interface LibraryState {
  readonly state: "current" | "catching-up" | "rebuilding" | "stopped";
  /** Recorded bytes that are not indexed yet. */
  readonly lagBytes: number;
  /** Age in milliseconds of the oldest byte that is not indexed yet. */
  readonly lagMs: number;
  readonly statements: number;
  readonly sessions: number;
  readonly message: string | null;
}

/** Whether what happens is being entered in the device log. Nothing waits for it: traffic and recording go on while it fails. */
export type DeviceLogState = { readonly state: "writing" } | { readonly state: "failing"; readonly message: string };

/** Whether somebody else has the device log's checkpoints. `waiting`: nothing was to be sent yet. */
export type WitnessState =
  | { readonly state: "off" }
  | { readonly state: "waiting" }
  /** `size`: how many entries the checkpoint is of that they have. */
  | { readonly state: "sent"; readonly at: UnixMicros; readonly size: number }
  | { readonly state: "failing"; readonly message: string };

/** What signs and enters what is recorded. */
export interface EvidenceState {
  /** `run`: the device key is gone when the program ends. */
  readonly key: { readonly keyId: string; readonly kept: "disk" | "run" };
  readonly deviceLog: DeviceLogState;
  readonly witness: WitnessState;
}

/** All that the status bar shows. */
export interface Status {
  readonly recording: RecordingState;
  readonly evidence: EvidenceState;
  readonly library: LibraryState;
  readonly openSessions: number;
  readonly listeners: { readonly [connectionId: string]: ListenerState };
}
