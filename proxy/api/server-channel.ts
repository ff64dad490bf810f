import type { FromCore, MessageChannel } from "./contract.ts";

/** The core's end of a transport. Messages arrive unchecked; `writable` is the back-pressure of streams. */
export interface ServerChannel extends MessageChannel<FromCore, unknown> {
  /** Resolves when the other side has taken enough to be sent more, or is gone. */
  writable(): Promise<void>;
}
