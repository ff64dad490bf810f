import { Worker } from "node:worker_threads";
import { cancelled, type Failure, FailureError, failureOf } from "../model/failure.ts";
import { allSessions, mayRead, type ReadScope } from "../model/read-scope.ts";
import type { Session } from "../model/session.ts";
import type { LibraryState } from "../model/status.ts";
import type { SignedSeal } from "../recording/frame.ts";
import type {
  Followed,
  FromLibrary,
  LibraryCallName,
  LibraryInput,
  LibraryOutput,
  LibraryThreadOptions,
  RebuildProgress,
  RecordingGrowth,
  ToLibrary,
} from "./messages.ts";
import type { SealToSign, SignSeal } from "./sealer.ts";

interface Call {
  readonly resolve: (output: unknown) => void;
  readonly reject: (failure: FailureError) => void;
}

/** Hears the rows of a followed filter; `failed` is told once, and ends it. */
export interface FollowListener {
  readonly followed: (event: Followed) => void;
  readonly failed: (failure: Failure) => void;
}

/** Who signs what this process seals. */
export interface SealHooks {
  /** Signs a seal's facts. A rejection leaves the recording unsealed for now; it is tried again. */
  readonly sign: SignSeal;
  /** A seal was written; told once. */
  readonly sealed?: (session: string, seal: SignedSeal) => void;
}

interface Follow {
  readonly filter: string;
  readonly scope: ReadScope;
  after: number;
  readonly listener: FollowListener;
}

/** The library as far as one reader may read it. */
export interface LibraryReader {
  /** Asks the library; rejects with a `FailureError`. Where `signal` aborts, the library stops what it does for the answer. */
  call<N extends LibraryCallName>(name: N, input: LibraryInput<N>, signal?: AbortSignal): Promise<LibraryOutput<N>>;
  /** Delivers rows that match `filter` and arrive after the cursor, until the returned function is called. */
  follow(filter: string, after: number, listener: FollowListener): () => void;
  onSessions(listener: (sessions: readonly Session[]) => void): () => void;
}

const firstRestartMs = 250;
const lastRestartMs = 10_000;
const closeLimitMs = 5_000;

const starting: LibraryState = { state: "catching-up", lagBytes: 0, lagMs: 0, statements: 0, sessions: 0, message: null };

/**
 * The main thread's side of the library worker: typed calls, followed filters, and what the worker announces. A worker
 * that crashes fails the calls it had (code `library-stopped`), is started again after a pause that grows, and followed
 * filters go on from their cursor. Recording does not depend on any of it.
 */
export class LibraryClient implements LibraryReader {
  readonly #entry: URL;
  readonly #options: LibraryThreadOptions;
  readonly #seals: SealHooks | null;
  readonly #calls = new Map<number, Call>();
  readonly #follows = new Map<number, Follow>();
  readonly #stateListeners = new Set<(state: LibraryState) => void>();
  readonly #sessionListeners = new Set<(sessions: readonly Session[]) => void>();
  readonly #rebuildListeners = new Set<(progress: RebuildProgress) => void>();
  #worker: Worker | null = null;
  #state: LibraryState = starting;
  #lastId = 0;
  #crash: Error | null = null;
  #restartMs = firstRestartMs;
  #restart: NodeJS.Timeout | null = null;
  #closing: { readonly done: Promise<void>; readonly resolve: () => void } | null = null;

  /** `entry` is the worker's program: `library-thread.ts`, or what it was built to. Without `seals` nothing is sealed. */
  constructor(entry: URL, options: LibraryThreadOptions, seals: SealHooks | null = null) {
    this.#entry = entry;
    this.#options = { ...options, seals: seals !== null };
    this.#seals = seals;
    this.#start();
  }

  get state(): LibraryState {
    return this.#state;
  }

  /** The library for a reader who may read no more than `scope` says; the library itself is for who may read all. */
  within(scope: ReadScope): LibraryReader {
    return {
      call: (name, input, signal) => this.#call(name, input, scope, signal),
      follow: (filter, after, listener) => this.#follow(filter, after, listener, scope),
      onSessions: (listener) =>
        this.onSessions((sessions) => {
          const readable = sessions.filter(({ actor }) => mayRead(scope, actor));
          if (readable.length > 0) listener(readable);
        }),
    };
  }

  call<N extends LibraryCallName>(name: N, input: LibraryInput<N>, signal?: AbortSignal): Promise<LibraryOutput<N>> {
    return this.#call(name, input, allSessions, signal);
  }

  follow(filter: string, after: number, listener: FollowListener): () => void {
    return this.#follow(filter, after, listener, allSessions);
  }

  #call<N extends LibraryCallName>(
    name: N,
    input: LibraryInput<N>,
    scope: ReadScope,
    signal: AbortSignal | undefined,
  ): Promise<LibraryOutput<N>> {
    if (this.#worker === null) return Promise.reject(this.#stopped());
    if (signal?.aborted) return Promise.reject(cancelled());
    const id = this.#nextId();
    const cancel = (): void => {
      this.#send({ kind: "cancel", id });
      this.#take(id)?.reject(cancelled());
    };
    signal?.addEventListener("abort", cancel);
    const answered = new Promise<LibraryOutput<N>>((resolve, reject) => {
      this.#calls.set(id, { resolve: (output) => resolve(output as LibraryOutput<N>), reject });
      this.#send({ kind: "call", id, name, input, scope });
    });
    return answered.finally(() => signal?.removeEventListener("abort", cancel));
  }

  #follow(filter: string, after: number, listener: FollowListener, scope: ReadScope): () => void {
    const id = this.#nextId();
    this.#follows.set(id, { filter, scope, after, listener });
    this.#send({ kind: "follow", id, filter, after, scope });
    return () => {
      if (this.#follows.delete(id)) this.#send({ kind: "unfollow", id });
    };
  }

  /** Deletes the index and rebuilds it from the recordings; resolves when it is done. */
  reindex(): Promise<Record<string, never>> {
    return this.call("library.reindex", {});
  }

  /** Tells the library what the relay wrote, so that it need not wait for its next look at the directory. */
  grew(recordings: readonly RecordingGrowth[]): void {
    this.#send({ kind: "growth", recordings });
  }

  /** Hears each change of the state; the state now is in `state`. */
  onState(listener: (state: LibraryState) => void): () => void {
    return listen(this.#stateListeners, listener);
  }

  /** Hears sessions that opened, changed or closed. */
  onSessions(listener: (sessions: readonly Session[]) => void): () => void {
    return listen(this.#sessionListeners, listener);
  }

  /** Hears how far a rebuild is. */
  onRebuild(listener: (progress: RebuildProgress) => void): () => void {
    return listen(this.#rebuildListeners, listener);
  }

  /** Ends the worker after what it is writing; calls that still wait fail. */
  close(): Promise<void> {
    if (this.#closing !== null) return this.#closing.done;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#closing = { done: promise, resolve };
    if (this.#restart !== null) clearTimeout(this.#restart);
    if (this.#worker === null) resolve();
    else {
      const worker = this.#worker;
      this.#send({ kind: "close" });
      const limit = setTimeout(() => void worker.terminate(), closeLimitMs);
      void promise.then(() => clearTimeout(limit));
    }
    return promise;
  }

  #start(): void {
    this.#restart = null;
    const worker = new Worker(this.#entry, { workerData: this.#options });
    let crash: Error | null = null;
    worker.on("message", (message: FromLibrary) => {
      if (message.kind === "sign-seal") void this.#sign(worker, message.id, message.seal);
      else this.#receive(message);
    });
    worker.on("error", (error) => {
      crash = error instanceof Error ? error : new Error(String(error));
    });
    worker.on("exit", () => this.#ended(crash));
    this.#worker = worker;
    for (const [id, { filter, after, scope }] of this.#follows) this.#send({ kind: "follow", id, filter, after, scope });
  }

  #ended(crash: Error | null): void {
    this.#worker = null;
    const why = crash === null ? "The library stopped." : `The library stopped: ${crash.message}`;
    this.#setState({
      ...this.#state,
      state: "stopped",
      message: this.#closing === null ? `${why} It is being started again; recording goes on.` : null,
    });
    this.#crash = crash;
    for (const call of this.#calls.values()) call.reject(this.#stopped());
    this.#calls.clear();
    if (this.#closing !== null) {
      this.#closing.resolve();
      return;
    }
    this.#restart = setTimeout(() => this.#start(), this.#restartMs);
    this.#restartMs = Math.min(this.#restartMs * 2, lastRestartMs);
  }

  /** Whatever becomes of the signing, the worker that asked hears of it; after a crash nobody waits any more. */
  async #sign(worker: Worker, id: number, seal: SealToSign): Promise<void> {
    let answer: ToLibrary;
    try {
      const signatures = (await this.#seals?.sign(seal)) ?? [];
      answer = { kind: "seal-signed", id, signatures };
    } catch (thrown) {
      const { code, message } = failureOf(thrown);
      answer = { kind: "seal-not-signed", id, failure: { code, message } };
    }
    worker.postMessage(answer);
  }

  #receive(message: Exclude<FromLibrary, { kind: "sign-seal" }>): void {
    switch (message.kind) {
      case "answer":
        this.#take(message.id)?.resolve(message.output);
        return;
      case "failure":
        this.#fail(message.id, message.failure);
        return;
      case "followed":
        this.#followed(message.id, message.event);
        return;
      case "indexed":
        this.#restartMs = firstRestartMs;
        return;
      case "sessions":
        for (const listener of this.#sessionListeners) listener(message.sessions);
        return;
      case "state":
        this.#setState(message.state);
        return;
      case "rebuilding":
        for (const listener of this.#rebuildListeners) listener(message.progress);
        return;
      case "sealed":
        this.#seals?.sealed?.(message.session, message.seal);
        return;
      case "closed":
        return;
      default:
        message satisfies never;
    }
  }

  #fail(id: number, failure: Failure): void {
    this.#take(id)?.reject(new FailureError(failure.code, failure.message));
    const follow = this.#follows.get(id);
    this.#follows.delete(id);
    follow?.listener.failed(failure);
  }

  #followed(id: number, event: Followed): void {
    const follow = this.#follows.get(id);
    if (follow === undefined) return;
    follow.after = event.after;
    follow.listener.followed(event);
  }

  #take(id: number): Call | undefined {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    return call;
  }

  #setState(state: LibraryState): void {
    this.#state = state;
    for (const listener of this.#stateListeners) listener(state);
  }

  #stopped(): FailureError {
    return new FailureError(
      "library-stopped",
      "The library is not running, so nothing can be looked up. It is started again by itself; recording goes on.",
      { cause: this.#crash },
    );
  }

  #send(message: ToLibrary): void {
    this.#worker?.postMessage(message);
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}

function listen<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
