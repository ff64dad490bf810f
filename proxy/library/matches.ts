import type { FilterQuery } from "./filter-query.ts";
import { IdList } from "./id-list.ts";
import { RangePace } from "./range-pace.ts";

const firstRange = 20_000;
const widestRange = 2_000_000;
const narrowestRange = 500;

/** Statements that match one filter, found from the newest to the oldest and kept up to date with what arrives. */
export interface Matches {
  /** How many are known. */
  readonly total: number;
  /** Whether all are known. */
  readonly exact: boolean;
  /** Ids by index from the oldest known match. */
  ids(from: number, to: number): ArrayLike<number>;
  /** Takes in statements up to id `newest`. */
  arrived(newest: number): void;
  /** Looks at one more range of older statements, for about 15 ms. */
  lookBack(): void;
}

/** Matches of the filter that matches everything: ids are dense, so nothing needs to be kept. */
export class AllMatches implements Matches {
  readonly exact = true;
  total = 0;

  constructor(newest: number) {
    this.total = newest;
  }

  ids(from: number, to: number): number[] {
    return Array.from({ length: to - from }, (_, index) => from + index + 1);
  }

  arrived(newest: number): void {
    this.total = newest;
  }

  lookBack(): void {}
}

/** Matches that are looked for range by range. */
export class FoundMatches implements Matches {
  readonly #query: FilterQuery;
  readonly #found = new IdList();
  /** Ids from here on have been looked at. */
  #lowest: number;
  #highest: number;
  readonly #pace: RangePace;

  constructor(query: FilterQuery, newest: number) {
    this.#query = query;
    this.#lowest = newest + 1;
    this.#highest = newest;
    this.#pace = new RangePace(query.indexed ? widestRange : firstRange, narrowestRange, widestRange);
  }

  get total(): number {
    return this.#found.length;
  }

  get exact(): boolean {
    return this.#lowest <= 1;
  }

  ids(from: number, to: number): Uint32Array {
    return this.#found.slice(from, to);
  }

  arrived(newest: number): void {
    while (this.#highest < newest) {
      const hi = Math.min(newest, this.#highest + widestRange);
      this.#found.append(this.#query.ids(this.#highest + 1, hi));
      this.#highest = hi;
    }
  }

  lookBack(): void {
    if (this.exact) return;
    const began = performance.now();
    const lo = Math.max(1, this.#lowest - this.#pace.size);
    this.#found.prepend(this.#query.ids(lo, this.#lowest - 1));
    this.#lowest = lo;
    this.#pace.took(performance.now() - began);
  }
}
