/** Dialling the upstream: a connection over TCP or a Unix socket within a limit, or a sentence that says why there is none. */
import { connect, type Socket } from "node:net";
import { type Endpoint, socketPathOf } from "../model/endpoint.ts";

export type Dialled = { readonly ok: true; readonly socket: Socket } | { readonly ok: false; readonly message: string };

const keepAliveMs = 60_000;

/** Settings that both sockets of a session have: small packets go at once, and a peer that vanished is noticed. */
export function tune(socket: Socket): void {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveMs);
}

/** Connects to the upstream within `limitMs`. The socket comes paused. `abort` gives up early. */
export function dialUpstream(upstream: Endpoint, limitMs: number, abort: AbortSignal): Promise<Dialled> {
  return new Promise((resolve) => {
    const path = socketPathOf(upstream);
    const socket = connect(path === null ? { host: upstream.host, port: upstream.port } : { path });
    const giveUp = (message: string): void => {
      settle({ ok: false, message });
      socket.destroy();
    };
    const limit = setTimeout(() => giveUp(`it did not answer within ${limitMs / 1000} s`), limitMs);
    const aborted = (): void => giveUp("the client went away");
    const settle = (dialled: Dialled): void => {
      clearTimeout(limit);
      abort.removeEventListener("abort", aborted);
      resolve(dialled);
    };
    abort.addEventListener("abort", aborted);
    socket.once("connect", () => {
      tune(socket);
      settle({ ok: true, socket });
    });
    // Stays for good: a late error of a socket that is being given up must not end the process.
    socket.on("error", (failure: NodeJS.ErrnoException) => settle({ ok: false, message: dialFailure(failure) }));
  });
}

const sentences: { readonly [code: string]: string } = {
  ECONNREFUSED: "nothing listens there",
  ENOENT: "there is no such socket",
  EACCES: "this user may not use it",
  ENOTFOUND: "its host name is not known",
  EAI_AGAIN: "its host name cannot be looked up now",
  ETIMEDOUT: "it did not answer",
  EHOSTUNREACH: "there is no route to its host",
  ENETUNREACH: "there is no route to its network",
  ECONNRESET: "it closed the connection at once",
};

function dialFailure(failure: NodeJS.ErrnoException): string {
  const sentence = sentences[failure.code ?? ""];
  return sentence === undefined ? failure.message : `${sentence} (${failure.code})`;
}
