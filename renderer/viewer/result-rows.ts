import type { Cell } from "../../proxy/api/contract.ts";
import { type Failure, failureOf } from "../../proxy/model/failure.ts";
import type { Api, Schedule } from "../api/api-client.ts";
import { PageCache } from "../state/page-cache.ts";
import { type RowSpan, WindowFetch } from "../state/window-fetch.ts";

/** Which result set of which statement. */
export interface ResultAddress {
  readonly session: string;
  readonly seq: number;
  readonly result: number;
}

/** Cells longer than this many bytes are cut in the grid; the whole one is fetched when it is looked at. */
export const gridCellLimit = 300;

const pageSize = 200;
const mostPages = 60;

/** The rows of one result set, fetched in windows as they are shown. Read it with `useSyncExternalStore` over `version`. */
export class ResultRows {
  readonly #api: Api;
  readonly #address: ResultAddress;
  readonly #window: WindowFetch;
  readonly #rows = new PageCache<readonly Cell[]>(pageSize, mostPages);
  readonly #listeners = new Set<() => void>();
  #version = 0;
  #failure: Failure | null = null;

  /** `rowCount`: how many rows the result has. */
  constructor(api: Api, address: ResultAddress, rowCount: number, schedule: Schedule) {
    this.#api = api;
    this.#address = address;
    this.#window = new WindowFetch(
      {
        total: () => rowCount,
        has: (from, to) => this.#rows.has(from, to),
        load: (window, signal) => this.#load(window, signal),
        failed: (reason) => this.#changed(failureOf(reason)),
      },
      schedule,
    );
  }

  get failure(): Failure | null {
    return this.#failure;
  }

  readonly version = (): number => this.#version;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  row(index: number): readonly Cell[] | undefined {
    return this.#rows.get(index);
  }

  /** Says which rows are shown now: those missing are fetched. */
  want(from: number, to: number): void {
    this.#window.want(from, to);
  }

  close(): void {
    this.#window.stop();
    this.#listeners.clear();
  }

  async #load({ from, to }: RowSpan, signal: AbortSignal): Promise<void> {
    const input = { ...this.#address, from, limit: to - from, cellLimit: gridCellLimit };
    const { rows } = await this.#api.call("statements.rows", input, signal);
    if (signal.aborted) return;
    rows.forEach((row, place) => {
      this.#rows.put(from + place, row);
    });
    this.#changed(null);
  }

  #changed(failure: Failure | null): void {
    this.#failure = failure;
    this.#version++;
    for (const listener of [...this.#listeners]) listener();
  }
}
