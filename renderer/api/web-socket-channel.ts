import type { FromClient, FromCore, MessageChannel } from "../../proxy/api/contract.ts";
import { FailureError } from "../../proxy/model/failure.ts";
import { readMessage } from "./read-message.ts";

const unreachable = "Stenograph's core cannot be reached. If it was stopped, start it again and open the address that it prints.";

/** One WebSocket to the core at `url`; resolves when it is open. */
export function openWebSocketChannel(url: string): Promise<MessageChannel<FromClient, FromCore>> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.addEventListener("open", () => resolve(channelOver(socket)), { once: true });
    socket.addEventListener("close", () => reject(new FailureError("unreachable", unreachable)), { once: true });
  });
}

function channelOver(socket: WebSocket): MessageChannel<FromClient, FromCore> {
  return {
    send: (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    onMessage: (listener) =>
      socket.addEventListener("message", (event: MessageEvent<unknown>) => {
        const message = typeof event.data === "string" ? readMessage(parse(event.data)) : null;
        if (message === null) socket.close(1003, "not a message of the contract");
        else listener(message);
      }),
    onClose: (listener) => socket.addEventListener("close", () => listener(), { once: true }),
    close: () => socket.close(),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
