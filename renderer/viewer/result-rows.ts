import type { Cell } from "../../proxy/api/contract.ts";
import { type Failure, failureOf } from "../../proxy/model/failure.ts";
import type { Api, Schedule } from "../api/api-client.ts";
import { PageCache } from "../state/page-cache.ts";

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
const restMs = 40;

/** The rows of one result set, fetched in windows as they are shown. Read it with `useSyncExternalStore` over `version`. */
export class ResultRows {
  readonly #api: Api;
  readonly #address: ResultAddress;
  readonly #schedule: Schedule;
  readonly #rows = new PageCache<readonly Cell[]>(pageSize, mostPages);
  readonly #listeners = new Set<() => void>();
  #version = 0;
  #failure: Failure | null = null;
  #fetch: AbortController | null = null;
  #cancelRest: (() => void) | null = null;

  constructor(api: Api, address: ResultAddress, schedule: Schedule) {
    this.#api = api;
    this.#address = address;
    this.#schedule = schedule;
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

  /** Says which rows are shown now; those missing are fetched once the view rests. The first ones at once. */
  want(from: number, to: number): void {
    this.#cancelRest?.();
    this.#cancelRest = null;
    if (from >= to || this.#rows.has(from, to)) return;
    if (this.#version === 0) this.#fetchFrom(from);
    else this.#cancelRest = this.#schedule(() => this.#fetchFrom(Math.max(0, from - 50)), restMs);
  }

  close(): void {
    this.#fetch?.abort();
    this.#cancelRest?.();
    this.#listeners.clear();
  }

  #fetchFrom(from: number): void {
    const abort = new AbortController();
    this.#fetch?.abort();
    this.#fetch = abort;
    this.#api.call("statements.rows", { ...this.#address, from, limit: pageSize, cellLimit: gridCellLimit }, abort.signal).then(
      ({ rows }) => {
        rows.forEach((row, place) => {
          this.#rows.put(from + place, row);
        });
        this.#changed(null);
      },
      (reason: unknown) => {
        if (!abort.signal.aborted) this.#changed(failureOf(reason));
      },
    );
  }

  #changed(failure: Failure | null): void {
    this.#failure = failure;
    this.#version++;
    for (const listener of [...this.#listeners]) listener();
  }
}
