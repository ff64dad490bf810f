import type { FromClient, FromCore, MessageChannel } from "../../proxy/api/contract.ts";
import { FailureError } from "../../proxy/model/failure.ts";
import { readMessage } from "./read-message.ts";

/** What the desktop host's preload offers to the page. */
export interface DesktopHost {
  /** Asks for a port to the core; it arrives as a window message `{kind: "stenograph-port"}`. */
  connect(): void;
}

declare global {
  interface Window {
    readonly stenographHost?: DesktopHost;
  }
}

const patienceMs = 5_000;

/** One `MessagePort` to the core of the desktop host; resolves when the preload has handed it over. */
export function openMessagePortChannel(host: DesktopHost): Promise<MessageChannel<FromClient, FromCore>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      window.removeEventListener("message", receive);
      reject(new FailureError("unreachable", "Stenograph's core did not answer. Close this window and start Stenograph again."));
    }, patienceMs);
    const receive = (event: MessageEvent<unknown>): void => {
      const port = event.ports[0];
      if (event.source !== window || !isPortHandOver(event.data) || port === undefined) return;
      window.removeEventListener("message", receive);
      clearTimeout(timer);
      resolve(channelOver(port));
    };
    window.addEventListener("message", receive);
    host.connect();
  });
}

function isPortHandOver(candidate: unknown): boolean {
  return typeof candidate === "object" && candidate !== null && (candidate as { kind?: unknown }).kind === "stenograph-port";
}

/** A port as a channel; messages that are not of the contract close it. */
export function channelOver(port: MessagePort): MessageChannel<FromClient, FromCore> {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.addEventListener("message", (event: MessageEvent<unknown>) => {
        const message = readMessage(event.data);
        if (message === null) port.close();
        else listener(message);
      });
      port.start();
    },
    onClose: (listener) => port.addEventListener("close", () => listener(), { once: true }),
    close: () => port.close(),
  };
}
