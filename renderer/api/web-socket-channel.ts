import type { FromClient, FromCore, MessageChannel } from "../../proxy/api/contract.ts";
import { FailureError } from "../../proxy/model/failure.ts";
import { readMessage } from "./read-message.ts";

const unreachable = "Stenograph's core cannot be reached. If it was stopped, start it again and open the address that it prints.";

const notSignedIn =
  "Stenograph was started again and does not know this browser any more. Open the newest address that it printed in its terminal; this page then goes on.";

/** One WebSocket to the core at `url`; resolves when it is open, rejects with a `FailureError` (`unreachable`, `not-signed-in`). */
export function openWebSocketChannel(url: string): Promise<MessageChannel<FromClient, FromCore>> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.addEventListener("open", () => resolve(channelOver(socket)), { once: true });
    socket.addEventListener("close", () => void refusalOf(url).then(reject), { once: true });
  });
}

/** Why the core did not open a WebSocket, which a WebSocket itself does not say. */
async function refusalOf(url: string): Promise<FailureError> {
  const answer = await fetch(url.replace(/^ws/, "http"), { method: "HEAD" }).catch(() => null);
  return answer?.status === 401 ? new FailureError("not-signed-in", notSignedIn) : new FailureError("unreachable", unreachable);
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
