import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer as Acceptor, type RawData, WebSocket } from "ws";
import type { AnswerPlace } from "../identity/answers/answer-place.ts";
import type { FromCore } from "./contract.ts";
import type { ServerChannel } from "./server-channel.ts";

/** Longest message from a browser, in bytes; the largest that it has cause to send is a connection with its certificate. */
const messageLimit = 1 << 20;
/** Unsent bytes above which nothing more is read from a browser or pushed to it, and below which it goes on. */
const highWater = 4 << 20;
const lowWater = 1 << 20;
const pingEveryMs = 30_000;

/** Serves a page of a browser that was let in, which has a name of its own; `answers`: where the answers to its sign-ins come to. */
export type Connect = (channel: ServerChannel, browser: string, answers: AnswerPlace) => void;

/** Accepts upgraded requests, after the HTTP server has let them in. */
export class WebSocketServer {
  readonly #connect: Connect;
  readonly #everyMs: number;
  readonly #browsers = new WeakMap<WebSocket, string>();
  readonly #acceptor = new Acceptor({ noServer: true, maxPayload: messageLimit, perMessageDeflate: false });

  constructor(connect: Connect, everyMs = pingEveryMs) {
    this.#connect = connect;
    this.#everyMs = everyMs;
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer, browser: string, answers: AnswerPlace): void {
    this.#acceptor.handleUpgrade(request, socket, head, (accepted) => {
      this.#browsers.set(accepted, browser);
      this.#connect(new WebSocketChannel(accepted, this.#everyMs), browser, answers);
    });
  }

  /** Ends what the pages of one browser have open. */
  closeOf(browser: string): void {
    for (const socket of this.#acceptor.clients) if (this.#browsers.get(socket) === browser) socket.terminate();
  }

  close(): void {
    for (const socket of this.#acceptor.clients) socket.terminate();
    this.#acceptor.close();
  }
}

/**
 * One WebSocket as a channel of JSON messages. A browser that reads slowly is read from no more until it has caught up,
 * which bounds answers; streams wait on `writable`. One that is gone without a word is found by its missing pong.
 */
export class WebSocketChannel implements ServerChannel {
  readonly #socket: WebSocket;
  #waiting: (() => void)[] = [];

  constructor(socket: WebSocket, everyMs: number) {
    this.#socket = socket;
    socket.on("error", () => socket.terminate());
    socket.on("close", () => this.#release());
    keepAlive(socket, everyMs);
  }

  send(message: FromCore): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify(message), () => this.#drained());
    if (this.#socket.bufferedAmount > highWater) this.#socket.pause();
  }

  writable(): Promise<void> {
    if (this.#socket.readyState !== WebSocket.OPEN || this.#socket.bufferedAmount <= highWater) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#socket.on("message", (bytes, binary) => listener(binary ? undefined : parsed(bytes)));
  }

  onClose(listener: () => void): void {
    this.#socket.on("close", listener);
  }

  close(): void {
    this.#socket.close(1001);
  }

  #drained(): void {
    if (this.#socket.bufferedAmount > lowWater) return;
    if (this.#socket.isPaused) this.#socket.resume();
    this.#release();
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** What is not JSON becomes `undefined`, which the contract refuses like any other malformed message. */
function parsed(bytes: RawData): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

/** A paused socket reads no pong: it is alive while what waits for it becomes less. */
function keepAlive(socket: WebSocket, everyMs: number): void {
  let heard = true;
  let unsent = 0;
  socket.on("pong", () => {
    heard = true;
  });
  const timer = setInterval(() => {
    const reading = socket.isPaused && socket.bufferedAmount < unsent;
    if (!heard && !reading) return socket.terminate();
    unsent = socket.isPaused ? socket.bufferedAmount : Number.POSITIVE_INFINITY;
    heard = false;
    socket.ping();
  }, everyMs);
  timer.unref();
  socket.on("close", () => clearInterval(timer));
}
