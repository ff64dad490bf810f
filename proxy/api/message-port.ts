import type { FromCore } from "./contract.ts";
import type { ServerChannel } from "./server-channel.ts";

/** What is used of Electron's `MessagePortMain`. */
export interface PortLike {
  postMessage(message: unknown): void;
  on(event: "message", listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: "close", listener: () => void): unknown;
  start(): void;
  close(): void;
}

/** A port to a window of this machine as a channel. Messages travel as structured clones. */
export class MessagePortChannel implements ServerChannel {
  readonly #port: PortLike;
  #open = true;

  constructor(port: PortLike) {
    this.#port = port;
    port.on("close", () => {
      this.#open = false;
    });
  }

  send(message: FromCore): void {
    if (this.#open) this.#port.postMessage(message);
  }

  /** Lets the loop turn, so that a stream with much to tell does not keep others waiting. */
  writable(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Begins delivery: what arrived before is delivered now. */
  onMessage(listener: (message: unknown) => void): void {
    this.#port.on("message", (event) => listener(event.data));
    this.#port.start();
  }

  onClose(listener: () => void): void {
    this.#port.on("close", listener);
  }

  close(): void {
    this.#port.close();
  }
}
