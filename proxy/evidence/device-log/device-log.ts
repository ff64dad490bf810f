import { FailureError, failureOf } from "../../model/failure.ts";
import type { DeviceLogState } from "../../model/status.ts";
import type { UnixMicros } from "../../model/value.ts";
import type { DeviceKey } from "../signing/device-key.ts";
import type { Entry, EntryBody } from "./entry.ts";
import { LogStore, type NewEntry } from "./log-store.ts";

export interface DeviceLogOptions {
  readonly dataDirectory: string;
  readonly key: Pick<DeviceKey, "keyId" | "algorithm" | "publicKey" | "kept" | "sign">;
  /** Does something while no other process, and nobody else in this one, reads or writes the log. */
  locked<T>(change: () => Promise<T>): Promise<T>;
  /** Hears each entry that was there or that another process has added. */
  readonly seen?: (entry: Entry) => void;
  /** Hears each new checkpoint of this process, and what was entered under it. */
  readonly checkpointed?: (note: string, entered: readonly EntryBody[]) => void;
  /** Microseconds since the Unix epoch. */
  readonly now: () => UnixMicros;
  /** Milliseconds between writes, and before the first new try where one failed. */
  readonly paceMs?: { readonly between: number; readonly retry: number };
}

export type Unsubscribe = () => void;

interface Waiting extends NewEntry {
  readonly entered: PromiseWithResolvers<number> | null;
}

/** At most about five writes a second. */
const usualPace = { between: 200, retry: 1000 };
const mostRetryMs = 10_000;

/** More entries are not kept in memory while the log cannot be written. Sealed sessions are found at a later start; the rest is counted. */
const mostWaiting = 10_000;

/**
 * The device log of a running program: an append-only list of what this workstation recorded, with a signed checkpoint over all of
 * it after each write. Several processes may share it. Entries are gathered for a moment and written together; while that fails
 * they wait, it is tried again, and the state says so.
 */
export class DeviceLog {
  readonly #options: DeviceLogOptions;
  readonly #store: LogStore;
  readonly #stateListeners = new Set<(state: DeviceLogState) => void>();
  readonly #pace: { readonly between: number; readonly retry: number };
  #waiting: Waiting[] = [];
  /** What the log has to say of itself, as far as it is not entered yet. */
  #ofItself: EntryBody[] = [];
  #failing: { readonly at: UnixMicros; readonly message: string } | null = null;
  /** How many entries were given up since the last write. */
  #lost = 0;
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #nextWrite = 0;
  #retryMs: number;
  #closed = false;

  constructor(options: DeviceLogOptions) {
    this.#options = options;
    this.#pace = options.paceMs ?? usualPace;
    this.#retryMs = this.#pace.retry;
    this.#store = new LogStore({
      dataDirectory: options.dataDirectory,
      signer: options.key,
      ...(options.seen !== undefined && { seen: options.seen }),
    });
    this.#schedule();
  }

  get state(): DeviceLogState {
    return this.#failing === null ? { state: "writing" } : { state: "failing", message: failingSentence(this.#failing.message) };
  }

  /** The newest checkpoint that this process knows; `null` before the first. */
  get checkpoint(): string | null {
    return this.#store.note;
  }

  /** Hears each change of the state. */
  onState(listener: (state: DeviceLogState) => void): Unsubscribe {
    this.#stateListeners.add(listener);
    return () => void this.#stateListeners.delete(listener);
  }

  /** Enters what happened now, within a moment; never throws, and waits as long as the log cannot be written. */
  append(body: EntryBody): void {
    if (this.#waiting.length < mostWaiting) this.#waiting.push({ at: this.#options.now(), body, entered: null });
    else this.#lost += 1;
    this.#schedule();
  }

  /**
   * Enters something that nothing goes on without, e.g. an export. Resolves with its index when it is on the disk, under a
   * checkpoint. Rejects with a `FailureError` (`device-log-unwritable`) where that failed; it is not tried again then.
   */
  enter(body: EntryBody): Promise<number> {
    const entered = Promise.withResolvers<number>();
    this.#waiting.push({ at: this.#options.now(), body, entered });
    this.#schedule();
    if (this.#closed) this.#giveUp(this.#waiting, "the program ends");
    return entered.promise;
  }

  /** Writes what waits, at once. Resolves also where that failed: the state says so. */
  async flush(): Promise<void> {
    await this.#writing;
    await this.#write();
  }

  /** Writes what waits, and stops. Never rejects. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.flush();
    this.#giveUp(this.#waiting, "the program ends");
  }

  #schedule(): void {
    if (this.#timer !== null || this.#writing !== null || this.#closed) return;
    this.#timer = setTimeout(() => void this.#write(), Math.max(0, this.#nextWrite - performance.now()));
    // Nobody waits for a further try: the program may end before it.
    if (this.#failing !== null) this.#timer.unref();
  }

  #write(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing ??= this.#tryToWrite().finally(() => {
      this.#writing = null;
      if (this.#waiting.length > 0 || this.#failing !== null) this.#schedule();
    });
    return this.#writing;
  }

  async #tryToWrite(): Promise<void> {
    try {
      await this.#options.locked(() => this.#writeWhatWaits());
      this.#nextWrite = performance.now() + this.#pace.between;
      this.#retryMs = this.#pace.retry;
      this.#setFailing(null);
    } catch (thrown) {
      const { message } = failureOf(thrown);
      this.#giveUp(
        this.#waiting.filter(({ entered }) => entered !== null),
        message,
      );
      this.#nextWrite = performance.now() + this.#retryMs;
      this.#retryMs = Math.min(this.#retryMs * 2, mostRetryMs);
      this.#setFailing(message);
    }
  }

  async #writeWhatWaits(): Promise<void> {
    this.#ofItself.push(...(await this.#store.catchUp()));
    const own = this.#waiting.slice();
    const entries = [...this.#entriesOfItself(), ...own];
    if (entries.length === 0) return;
    const first = await this.#store.append(entries);
    // They are in the log from here on: a checkpoint that cannot be written is no reason to enter them again.
    this.#waiting = this.#waiting.slice(own.length);
    this.#ofItself = [];
    this.#lost = 0;
    const note = await this.#store.checkpoint().catch((thrown: unknown) => {
      this.#giveUp(own, failureOf(thrown).message);
      throw thrown;
    });
    const firstOwn = first + entries.length - own.length;
    for (const [index, { entered }] of own.entries()) entered?.resolve(firstOwn + index);
    this.#options.checkpointed?.(
      note,
      entries.map(({ body }) => body),
    );
  }

  /** The device key where the log does not know it yet, then what became of the log itself. */
  #entriesOfItself(): NewEntry[] {
    const { keyId, publicKey, kept } = this.#options.key;
    const bodies: EntryBody[] = this.#store.knowsKey(keyId) ? [] : [{ kind: "device-key", keyId, publicKey, kept }];
    bodies.push(...this.#ofItself);
    if (this.#failing !== null || this.#lost > 0) {
      const { at, message } = this.#failing ?? { at: this.#options.now(), message: "more happened than could be written" };
      bodies.push({ kind: "log-resumed", failedAt: at, message, lost: this.#lost });
    }
    return bodies.map((body) => ({ at: this.#options.now(), body }));
  }

  #giveUp(waiting: readonly Waiting[], why: string): void {
    this.#waiting = this.#waiting.filter((one) => !waiting.includes(one));
    for (const { entered } of waiting) entered?.reject(new FailureError("device-log-unwritable", failingSentence(why)));
  }

  #setFailing(message: string | null): void {
    if (message === (this.#failing?.message ?? null)) return;
    this.#failing = message === null ? null : { at: this.#failing?.at ?? this.#options.now(), message };
    for (const listener of [...this.#stateListeners]) listener(this.state);
  }
}

function failingSentence(why: string): string {
  return `The device log cannot be written: ${why}. It is tried again by itself; recording goes on.`;
}
