/** The main thread's side of the relay's thread: starts it, asks it to listen, hears what it says, restarts it after a crash. */
import { Worker } from "node:worker_threads";
import type { Actor } from "../model/actor.ts";
import type { ClientCredential, RefusedClient, TokenVerdict } from "../model/client-credential.ts";
import type { Connection, ConnectionSecrets } from "../model/connection.ts";
import { FailureError, failureOf } from "../model/failure.ts";
import type { ListenerState, RecordingState } from "../model/status.ts";
import { LocalProcesses, type SocketEnds } from "./local-processes.ts";
import type { FromRelay, RecordingGrowth, RelayStart, ToRelay } from "./messages.ts";

export interface RelayClientOptions {
  /** Program of the relay's thread. */
  readonly worker: URL;
  readonly dataDirectory: string;
  readonly actor: Actor;
  readonly recorder: string;
  /** Hears sentences for the log. */
  log?(message: string): void;
  /** Verifies a token that a client presented to a connection. Without it no token is accepted. */
  verifyToken?(token: string, connectionId: string): Promise<TokenVerdict>;
  /** Hears of each client that was turned away because of who it said it is. */
  refused?(client: RefusedClient): void;
  /** The thread has crashed while these recordings were open; called before it is started again. */
  crashed?(open: readonly RecordingGrowth[]): void;
}

interface Wanted {
  readonly connection: Connection;
  readonly secrets: ConnectionSecrets;
}

const restartAfterMs = 500;

const tokensNotTaken: TokenVerdict = {
  ok: false,
  wrong: true,
  message: "No identity provider is set up in Stenograph whose tokens it could verify.",
};

/** Talks to the relay's thread. */
export class RelayClient {
  private readonly options: RelayClientOptions;
  private readonly wanted = new Map<string, Wanted>();
  private readonly listenerStates = new Map<string, ListenerState>();
  private readonly asked = new Map<string, ((state: ListenerState) => void)[]>();
  private readonly changed = new Set<() => void>();
  private readonly progressed = new Set<(files: readonly RecordingGrowth[]) => void>();
  private readonly growing = new Map<string, RecordingGrowth>();
  /** Who waits until all is told, by request. */
  private readonly untold = new Map<number, () => void>();
  private lastRequest = 0;
  private readonly processes = new LocalProcesses();
  private credentials: readonly ClientCredential[] = [];
  private recording: RecordingState = { state: "recording" };
  private open = 0;
  private worker: Worker;
  private stopping: (() => void) | null = null;
  /** Why there is no thread to ask just now; `null` while there is one. */
  private absent: string | null = null;
  private ready: PromiseWithResolvers<string> = Promise.withResolvers();

  constructor(options: RelayClientOptions) {
    this.options = options;
    // Not everybody who starts a relay asks for its file.
    this.ready.promise.catch(() => undefined);
    this.worker = this.startWorker();
  }

  /** File with the certificate authority's certificate that clients may trust. Rejects with a `FailureError` where the thread cannot work. */
  get authorityFile(): Promise<string> {
    return this.ready.promise;
  }

  /** Starts listening for a connection (again, where it was). Resolves to `failed` with a sentence where it cannot. */
  start(connection: Connection, secrets: ConnectionSecrets): Promise<ListenerState> {
    this.wanted.set(connection.id, { connection, secrets });
    return this.ask(connection.id, { kind: "listen", connection, secrets });
  }

  /** Stops listening and ends the connection's sessions. */
  async stop(connectionId: string): Promise<void> {
    this.wanted.delete(connectionId);
    await this.ask(connectionId, { kind: "unlisten", connection: connectionId });
  }

  states(): Readonly<Record<string, ListenerState>> {
    return Object.fromEntries(this.listenerStates);
  }

  recordingState(): RecordingState {
    return this.recording;
  }

  /** Sessions that are open now. */
  openSessions(): number {
    return this.open;
  }

  onChange(listener: () => void): () => void {
    this.changed.add(listener);
    return () => this.changed.delete(listener);
  }

  /** Hears how recordings grow, about every 50 ms while they do. */
  onProgress(listener: (files: readonly RecordingGrowth[]) => void): () => void {
    this.progressed.add(listener);
    return () => this.progressed.delete(listener);
  }

  /** Tells what clients can present from now on, in place of what was told before. */
  setCredentials(credentials: readonly ClientCredential[]): void {
    this.credentials = credentials;
    if (this.absent === null) this.tell({ kind: "credentials", credentials });
  }

  /** Ends the open sessions of these credentials; `message` is for their clients. */
  endSessions(credentials: readonly string[], message: string): void {
    // Where there is no thread there are no sessions.
    if (this.absent === null) this.tell({ kind: "end-sessions", credentials, message });
  }

  /** Resolves when `onProgress` has told of every recording that was begun before this call. */
  toldOfAll(): Promise<void> {
    if (this.absent !== null) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.lastRequest += 1;
    this.untold.set(this.lastRequest, resolve);
    this.tell({ kind: "tell-progress", request: this.lastRequest });
    return promise;
  }

  /** Ends in order: no more clients, open sessions closed and recorded. */
  close(): Promise<void> {
    if (this.stopping !== null) return Promise.resolve();
    if (this.absent !== null) {
      this.stopping = () => undefined;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.stopping = resolve;
      this.tell({ kind: "stop" });
    });
  }

  private ask(connectionId: string, message: ToRelay): Promise<ListenerState> {
    if (this.absent !== null) {
      const state: ListenerState = this.wanted.has(connectionId) ? { state: "failed", message: this.absent } : { state: "stopped" };
      this.listenerStates.set(connectionId, state);
      this.announce();
      return Promise.resolve(state);
    }
    return new Promise((resolve) => {
      this.asked.set(connectionId, [...(this.asked.get(connectionId) ?? []), resolve]);
      this.tell(message);
    });
  }

  private tell(message: ToRelay): void {
    this.worker.postMessage(message);
  }

  private startWorker(): Worker {
    const { dataDirectory, actor, recorder } = this.options;
    const worker = new Worker(this.options.worker, { name: "relay", workerData: { dataDirectory, actor, recorder } satisfies RelayStart });
    worker.on("message", (message: FromRelay) => this.hear(message));
    worker.on("error", (error) => this.lost(error.message));
    worker.on("exit", () => this.ended());
    return worker;
  }

  /** The thread is gone: it will tell nothing more. */
  private ended(): void {
    for (const told of this.untold.values()) told();
    this.untold.clear();
    if (this.stopping === null) return;
    this.absent ??= "The relay was stopped.";
    this.stopping();
  }

  private hear(message: FromRelay): void {
    switch (message.kind) {
      case "ready":
        this.ready.resolve(message.authorityFile);
        return;
      case "unable":
        this.unable(message.message);
        return;
      case "listener":
        this.listenerStates.set(message.connection, message.state);
        this.asked.get(message.connection)?.shift()?.(message.state);
        break;
      case "recording":
        this.recording = message.state;
        break;
      case "sessions":
        this.open = message.open;
        break;
      case "progress":
        this.grew(message.files);
        return;
      case "told-progress":
        this.untold.get(message.request)?.();
        this.untold.delete(message.request);
        return;
      case "verify-token":
        void this.verify(message.request, message.connection, message.token);
        return;
      case "whose-socket":
        void this.tellProcess(message.request, message.ends);
        return;
      case "refused-client":
        this.options.refused?.(message.refused);
        return;
      case "log":
        this.options.log?.(message.message);
        return;
      case "stopped":
        return;
    }
    this.announce();
  }

  private async tellProcess(request: number, ends: SocketEnds): Promise<void> {
    const { worker } = this;
    const process = await this.processes.find(ends);
    if (worker === this.worker) this.tell({ kind: "client-process", request, process });
  }

  private async verify(request: number, connection: string, token: Uint8Array): Promise<void> {
    const { worker } = this;
    const verdict = await this.verdictOn(Buffer.from(token).toString("utf8"), connection);
    token.fill(0);
    // A thread that was started since has not asked.
    if (worker === this.worker) this.tell({ kind: "verified-token", request, verdict });
  }

  private async verdictOn(token: string, connection: string): Promise<TokenVerdict> {
    try {
      return (await this.options.verifyToken?.(token, connection)) ?? tokensNotTaken;
    } catch (thrown) {
      this.options.log?.(`A token could not be verified: ${failureOf(thrown).message}`);
      return { ok: false, wrong: false, message: "The token could not be verified. Look at Stenograph's log." };
    }
  }

  private grew(files: readonly RecordingGrowth[]): void {
    for (const file of files) {
      if (file.closed) this.growing.delete(file.session);
      else this.growing.set(file.session, file);
    }
    for (const listener of this.progressed) listener(files);
  }

  private announce(): void {
    for (const listener of this.changed) listener();
  }

  private unable(message: string): void {
    this.ready.reject(new FailureError("relay-unable", message));
    this.recording = { state: "stopped", message };
    this.absent = message;
    this.fail(message);
  }

  private fail(message: string): void {
    for (const id of this.wanted.keys()) this.listenerStates.set(id, { state: "failed", message });
    for (const [id, waiting] of this.asked)
      for (const resolve of waiting) resolve(this.listenerStates.get(id) ?? { state: "failed", message });
    this.asked.clear();
    this.announce();
  }

  /** The thread crashed: its sessions are gone. Says so, has their recordings ended, and starts again. */
  private lost(why: string): void {
    const message = `The relay stopped unexpectedly and closed its sessions (${why}). It is being restarted.`;
    this.options.log?.(message);
    this.ready.reject(new FailureError("relay-stopped", message));
    this.recording = { state: "stopped", message };
    this.absent = message;
    this.open = 0;
    const open = [...this.growing.values()];
    this.growing.clear();
    this.fail(message);
    this.options.crashed?.(open);
    if (this.stopping !== null) return;
    setTimeout(() => {
      if (this.stopping !== null) return;
      this.worker = this.startWorker();
      this.absent = null;
      this.tell({ kind: "credentials", credentials: this.credentials });
      this.recording = { state: "recording" };
      for (const { connection, secrets } of this.wanted.values()) void this.start(connection, secrets);
      this.announce();
    }, restartAfterMs);
  }
}
