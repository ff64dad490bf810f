/**
 * What a running Node process keeps alive, thread by thread, after a garbage collection: exact where the size of the
 * process in memory is not. The process must run with `inspected` in its environment.
 */
import { setImmediate as turn } from "node:timers/promises";
import { WebSocket } from "ws";

/** Environment in which a child process can be asked by `LiveHeap`. */
export const inspected = { NODE_OPTIONS: "--inspect=127.0.0.1:0" };

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly sessionId: string; readonly message?: string; readonly workerInfo?: { readonly title: string } };
  readonly result?: { readonly usedSize: number; readonly backingStorageSize: number };
}

/** Asks the inspector of one process. */
export class LiveHeap {
  private readonly socket: WebSocket;
  /** Inspector sessions of the worker threads, by their names. */
  private readonly threads = new Map<string, string>();
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private lastId = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (text) => this.hear(JSON.parse(String(text)) as Answer));
  }

  /** Connects to the inspector whose address the process has written to standard error. */
  static async of(standardError: string): Promise<LiveHeap> {
    const address = /Debugger listening on (ws:\S+)/.exec(standardError)?.[1];
    if (address === undefined) throw new Error(`The process does not say where its inspector is:\n${standardError}`);
    const socket = new WebSocket(address);
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    const heap = new LiveHeap(socket);
    await heap.ask("NodeWorker.enable", { waitForDebuggerOnStart: false });
    return heap;
  }

  /** Bytes of live objects and buffers of each thread, `main` among them. */
  async measure(): Promise<Record<string, number>> {
    const sizes: Record<string, number> = {};
    for (const thread of ["main", ...this.threads.keys()]) {
      // What only a finalizer releases is gone with the second.
      for (let times = 0; times < 2; times += 1) await this.ask("HeapProfiler.collectGarbage", {}, thread);
      const { result } = await this.ask("Runtime.getHeapUsage", {}, thread);
      sizes[thread] = result === undefined ? Number.NaN : result.usedSize + result.backingStorageSize;
    }
    return sizes;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.socket.once("close", resolve));
    this.socket.close();
    await closed;
    await turn();
  }

  private ask(method: string, params: object, thread = "main"): Promise<Answer> {
    this.lastId += 1;
    const id = this.lastId;
    const request = JSON.stringify({ id, method, params });
    const sessionId = this.threads.get(thread);
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      if (sessionId === undefined) this.socket.send(request);
      else this.forward(sessionId, request);
    });
  }

  /** Sends a request to a worker thread's inspector, through the main thread's. */
  private forward(sessionId: string, message: string): void {
    this.lastId += 1;
    this.socket.send(JSON.stringify({ id: this.lastId, method: "NodeWorker.sendMessageToWorker", params: { sessionId, message } }));
  }

  private hear({ id, method, params, ...rest }: Answer): void {
    if (id !== undefined) {
      this.waiting.get(id)?.({ id, ...rest });
      this.waiting.delete(id);
    } else if (method === "NodeWorker.attachedToWorker" && params?.workerInfo !== undefined) {
      this.threads.set(params.workerInfo.title, params.sessionId);
    } else if (method === "NodeWorker.receivedMessageFromWorker" && params?.message !== undefined) {
      this.hear(JSON.parse(params.message) as Answer);
    }
  }
}
