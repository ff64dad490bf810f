/** A browser's part towards `serve`, without a browser: exchanges the one-time token, then speaks the contract over the WebSocket. */
import { once } from "node:events";
import { WebSocket } from "ws";
import type { CallInput, CallName, CallOutput, FromCore, StreamEvent, StreamInput, StreamName } from "../../proxy/api/contract.ts";

export class BrowserClient {
  /** Where it is let in, and by which cookie: for the rest of the same browser. */
  readonly home: { readonly origin: string; readonly cookie: string };
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (message: FromCore) => void>();
  /** Everything that was received, as text. */
  readonly received: string[] = [];
  #lastId = 0;

  private constructor(socket: WebSocket, home: { readonly origin: string; readonly cookie: string }) {
    this.#socket = socket;
    this.home = home;
    socket.on("message", (bytes) => {
      const text = String(bytes);
      this.received.push(text);
      const message = JSON.parse(text) as FromCore;
      this.#waiting.get(message.id)?.(message);
    });
  }

  /** The cookie that the printed address is exchanged for. */
  static async letIn(url: string): Promise<string> {
    const answer = await fetch(url, { redirect: "manual" });
    const cookie = answer.headers.get("set-cookie")?.split(";")[0];
    if (answer.status !== 303 || cookie === undefined) throw new Error(`the token was refused: ${answer.status} ${await answer.text()}`);
    return cookie;
  }

  /** `origin`: as the browser knows it, where that is by another name. */
  static async connect(url: string, cookie: string, origin = new URL(url).origin): Promise<BrowserClient> {
    const headers = { Cookie: cookie, Origin: origin, Host: new URL(origin).host };
    const socket = new WebSocket(`ws://${new URL(url).host}/api`, { headers });
    await once(socket, "open");
    return new BrowserClient(socket, { origin, cookie });
  }

  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
    const id = this.#nextId();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (message) => {
        this.#waiting.delete(id);
        if (message.kind === "answer") resolve(message.output as CallOutput<N>);
        else reject(new Error(message.kind === "failure" ? message.failure.message : "an event came for a call"));
      });
      this.#socket.send(JSON.stringify({ kind: "call", id, name, input }));
    });
  }

  follow<N extends StreamName>(name: N, input: StreamInput<N>, hear: (event: StreamEvent<N>) => void): void {
    const id = this.#nextId();
    this.#waiting.set(id, (message) => {
      if (message.kind !== "event") return;
      hear(message.event as StreamEvent<N>);
      this.#socket.send(JSON.stringify({ kind: "received", id }));
    });
    this.#socket.send(JSON.stringify({ kind: "subscribe", id, name, input, window: 4 }));
  }

  /** As when the network fails: no goodbye. */
  drop(): void {
    this.#socket.terminate();
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}
