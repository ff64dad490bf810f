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

/** All that the status bar shows. */
export interface Status {
  readonly recording: RecordingState;
  readonly library: LibraryState;
  readonly openSessions: number;
  readonly listeners: { readonly [connectionId: string]: ListenerState };
}
