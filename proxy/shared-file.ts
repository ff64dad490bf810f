import { stat, unwatchFile, watchFile } from "node:fs";
import { promisify } from "node:util";
import { failureOf } from "./model/failure.ts";
import { withSettingsLock } from "./settings-lock.ts";

const statOf = promisify(stat);

/** How often is looked whether another process changed it. */
const lookEveryMs = 1000;

export interface SharedFileOptions<T> {
  readonly dataDirectory: string;
  readonly path: string;
  /** Reads what is on the disk. Rejects with a `FailureError` where it cannot be used. */
  readonly read: () => Promise<T>;
  /** Writes it whole or not at all. Rejects with a `FailureError`. */
  readonly write: (value: T) => Promise<void>;
}

export type Unsubscribe = () => void;

/**
 * A file of settings in a data directory that several processes may change: each change is made to what is on the disk, while no
 * other process changes anything. What is in memory changes only after it is on the disk, and changes happen one after the other.
 */
export class SharedFile<T> {
  readonly #options: SharedFileOptions<T>;
  readonly #listeners = new Set<(value: T) => void>();
  #value: T;
  /** Version of the file that is in memory. */
  #version: string | null;
  #changing: Promise<unknown> = Promise.resolve();

  private constructor(options: SharedFileOptions<T>, value: T, version: string | null) {
    this.#options = options;
    this.#value = value;
    this.#version = version;
  }

  /** Rejects with a `FailureError` where what is on the disk cannot be used. */
  static async open<T>(options: SharedFileOptions<T>): Promise<SharedFile<T>> {
    // The version is taken first: a file that is replaced in between is read again.
    const version = await versionOf(options.path);
    return new SharedFile(options, await options.read(), version);
  }

  get value(): T {
    return this.#value;
  }

  /** Hears each change, whoever made it. */
  onChange(listener: (value: T) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Takes over what another process has changed, if anything. Rejects with a `FailureError` where it cannot be used. */
  refresh(): Promise<void> {
    return this.#inTurn(async () => {
      if ((await versionOf(this.#options.path)) === this.#version) return;
      await withSettingsLock(this.#options.dataDirectory, () => this.#reload());
    });
  }

  /**
   * Changes it by what `change` makes of what is there, and of what it gives back besides. Rejects with what `change` or the disk
   * said; nothing was changed then.
   */
  change<R>(change: (value: T) => { readonly value: T; readonly result: R }): Promise<R> {
    return this.#inTurn(() =>
      withSettingsLock(this.#options.dataDirectory, async () => {
        await this.#reload();
        const { value, result } = change(this.#value);
        await this.#options.write(value);
        this.#take(value, await versionOf(this.#options.path));
        return result;
      }),
    );
  }

  /** Looks for changes of other processes about once a second; `failed` hears each new reason why they cannot be used. */
  watch(failed: (message: string) => void): Unsubscribe {
    let last: string | null = null;
    const look = async (): Promise<void> => {
      const message = await this.refresh().then(
        () => null,
        (cause: unknown) => failureOf(cause).message,
      );
      if (message !== null && message !== last) failed(message);
      last = message;
    };
    const { path } = this.#options;
    const listener = () => void look();
    watchFile(path, { interval: lookEveryMs, persistent: false }, listener);
    return () => unwatchFile(path, listener);
  }

  /** Reads what is on the disk, where it is not what is in memory; a file that is gone changes nothing. */
  async #reload(): Promise<void> {
    const version = await versionOf(this.#options.path);
    if (version === null || version === this.#version) return;
    this.#take(await this.#options.read(), version);
  }

  #take(value: T, version: string | null): void {
    this.#value = value;
    this.#version = version;
    for (const listener of [...this.#listeners]) listener(value);
  }

  #inTurn<R>(change: () => Promise<R>): Promise<R> {
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => undefined);
    return changed;
  }
}

/** Another text each time that the file was written; `null` where it is not there. */
async function versionOf(path: string): Promise<string | null> {
  try {
    const { ino, mtimeNs, size } = await statOf(path, { bigint: true });
    return `${ino} ${mtimeNs} ${size}`;
  } catch {
    // What keeps it from being looked at is told when it is read.
    return null;
  }
}
