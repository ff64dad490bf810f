import type { Connection, ConnectionSecrets } from "../model/connection.ts";
import type { ListenerState, RecordingState } from "../model/status.ts";

/** Ends what a registration began; calling it again changes nothing. */
export type Unsubscribe = () => void;

/** What the handlers need of the relay: a listener for each connection, and whether what passes is recorded. */
export interface Listeners {
  /** Starts listening; resolves to `failed` with a sentence where it cannot (port in use, wrong settings). */
  start(connection: Connection, secrets: ConnectionSecrets): Promise<ListenerState>;
  stop(connectionId: string): Promise<void>;
  states(): Readonly<Record<string, ListenerState>>;
  recordingState(): RecordingState;
  /** Sessions that are open now. */
  openSessions(): number;
  /** Called after any of the above has changed. */
  onChange(listener: () => void): Unsubscribe;
}
