import { open } from "node:fs/promises";
import { failureOf } from "../../model/failure.ts";
import type { WitnessState } from "../../model/status.ts";
import type { UnixMicros } from "../../model/value.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { keepWitnessed } from "./witnessed.ts";

/** Where checkpoints go, so that somebody else has them: a file that is added to, e.g. on another machine; or an address (HTTP POST). */
export type WitnessPlace = { readonly file: string } | { readonly url: string };

const answerLimitMs = 10_000;
/** How long the end of the program may be put off by a witness. */
const endLimitMs = 3000;

export function witnessName(place: WitnessPlace): string {
  return "file" in place ? place.file : place.url;
}

/**
 * Gives a checkpoint to a witness, and then keeps it among those that a witness has. Rejects with an `Error` that says in a clause
 * why the witness does not have it.
 */
export async function sendToWitness(
  dataDirectory: string,
  place: WitnessPlace,
  note: string,
  at: UnixMicros,
  signal: AbortSignal = AbortSignal.timeout(answerLimitMs),
): Promise<void> {
  if ("file" in place) await addToFile(place.file, note);
  else await post(place.url, note, signal);
  const size = readCheckpoint(note)?.size ?? 0;
  await keepWitnessed(dataDirectory, { at, witness: witnessName(place), size, note });
}

/** Notes stand one after the other, with an empty line behind each. */
async function addToFile(path: string, note: string): Promise<void> {
  const file = await open(path, "a", 0o644);
  try {
    await file.appendFile(`${note}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function post(url: string, note: string, signal: AbortSignal): Promise<void> {
  const headers = { "content-type": "text/plain; charset=utf-8" };
  const response = await fetch(url, { method: "POST", headers, body: note, redirect: "error", signal }).catch((thrown: unknown) => {
    const { cause } = thrown as { readonly cause?: unknown };
    throw new Error(cause instanceof Error ? cause.message || failureOf(thrown).message : failureOf(thrown).message);
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`it answered ${response.status} ${response.statusText}`.trimEnd());
}

export interface WitnessOptions {
  readonly dataDirectory: string;
  /** As it is now; `null` where there is none. */
  place(): WitnessPlace | null;
  readonly now: () => UnixMicros;
  /** Milliseconds between two checkpoints that are sent. */
  readonly everyMs?: number;
}

const usualEveryMs = 10_000;

/** Sends checkpoints to the witness, the newest at most every ten seconds. Nothing waits for it; what fails is shown, and tried again. */
export class Witness {
  readonly #options: WitnessOptions;
  readonly #listeners = new Set<() => void>();
  #state: WitnessState = { state: "waiting" };
  /** The newest checkpoint that is to be sent. */
  #due: string | null = null;
  #sending: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #next = 0;
  readonly #ending = new AbortController();

  constructor(options: WitnessOptions) {
    this.#options = options;
  }

  get state(): WitnessState {
    return this.#options.place() === null ? { state: "off" } : this.#state;
  }

  onState(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** A checkpoint that the witness should have. */
  offer(note: string): void {
    this.#due = note;
    this.#schedule();
  }

  /** Sends what is due at once, whether that succeeds or not. Never rejects. */
  async flush(): Promise<void> {
    await this.#sending;
    await this.#send();
  }

  /** Sends what is due, for a few seconds at most, and stops. Never rejects. */
  async close(): Promise<void> {
    const limit = setTimeout(() => this.#ending.abort(), endLimitMs);
    await this.flush();
    clearTimeout(limit);
    this.#ending.abort();
    this.#clearTimer();
  }

  #schedule(): void {
    if (this.#timer !== null || this.#sending !== null || this.#ending.signal.aborted || this.#options.place() === null) return;
    this.#timer = setTimeout(() => void this.#send(), Math.max(0, this.#next - performance.now()));
    this.#timer.unref();
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #send(): Promise<void> {
    this.#clearTimer();
    this.#sending ??= this.#sendDue().finally(() => {
      this.#sending = null;
      if (this.#due !== null) this.#schedule();
    });
    return this.#sending;
  }

  async #sendDue(): Promise<void> {
    const { dataDirectory, now, everyMs = usualEveryMs } = this.#options;
    const place = this.#options.place();
    const note = this.#due;
    if (place === null || note === null) return;
    try {
      const at = now();
      const signal = AbortSignal.any([AbortSignal.timeout(answerLimitMs), this.#ending.signal]);
      await sendToWitness(dataDirectory, place, note, at, signal);
      if (this.#due === note) this.#due = null;
      this.#set({ state: "sent", at, size: readCheckpoint(note)?.size ?? 0 });
    } catch (thrown) {
      this.#set({ state: "failing", message: failingSentence(place, thrown) });
    } finally {
      this.#next = performance.now() + everyMs;
    }
  }

  #set(state: WitnessState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}

function failingSentence(place: WitnessPlace, cause: unknown): string {
  const what = `The witness ${witnessName(place)} did not get the newest checkpoint of the device log: ${failureOf(cause).message}.`;
  return `${what} It is tried again by itself.`;
}
