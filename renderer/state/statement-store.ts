import type { CallOutput, StreamEvent, TimelineRow } from "../../proxy/api/contract.ts";
import { type Failure, failureOf } from "../../proxy/model/failure.ts";
import type { Api, Schedule } from "../api/api-client.ts";
import { FrameBatch, type NextFrame } from "./frame-batch.ts";
import { PageCache } from "./page-cache.ts";

type Page = CallOutput<"statements.page">;
type Arrival = StreamEvent<"statements.follow">;

const pageSize = 250;
const mostPages = 160;
/** How long the view must rest on rows before they are asked for, so that a fast scroll asks for none that it passes. */
const restMs = 40;
/** How soon the newest page is asked for again while the core is still counting. */
const recountMs = 400;

/**
 * The statements that match one filter, by index from the oldest. Holds only the pages that were looked at: the newest,
 * what arrives, and windows fetched when they are shown. Read it with `useSyncExternalStore` over `version`.
 */
export class StatementStore {
  readonly filter: string;
  readonly #api: Api;
  readonly #schedule: Schedule;
  readonly #rows = new PageCache<TimelineRow>(pageSize, mostPages);
  readonly #arrivals: FrameBatch<Arrival>;
  readonly #listeners = new Set<() => void>();
  readonly #stopFrames: () => void;
  #version = 0;
  #total = 0;
  #older = 0;
  #exact = false;
  #loaded = false;
  #failure: Failure | null = null;
  #unfollow: (() => void) | null = null;
  #newest: AbortController | null = null;
  #fetch: AbortController | null = null;
  #cancelRest: (() => void) | null = null;
  #cancelRecount: (() => void) | null = null;
  #closed = false;

  constructor(api: Api, filter: string, schedule: Schedule, nextFrame: NextFrame) {
    this.#api = api;
    this.filter = filter;
    this.#schedule = schedule;
    this.#arrivals = new FrameBatch((batch) => this.#applyArrivals(batch), nextFrame);
    this.#stopFrames = () => this.#arrivals.clear();
    this.reload();
  }

  /** How many statements match so far. */
  get total(): number {
    return this.#total;
  }

  /** False while the core is still counting what matches. */
  get totalExact(): boolean {
    return this.#exact;
  }

  /** How many older matches were found since the first answer, by which the indexes of all rows have grown. */
  get older(): number {
    return this.#older;
  }

  /** True once the first answer came. */
  get loaded(): boolean {
    return this.#loaded;
  }

  /** Why nothing (more) can be shown, e.g. a filter that the core refuses. */
  get failure(): Failure | null {
    return this.#failure;
  }

  readonly version = (): number => this.#version;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The row at `index`, or `undefined` while it is not here: then draw a placeholder and call `want`. */
  row(index: number): TimelineRow | undefined {
    return this.#rows.get(index);
  }

  /** Says which rows are shown now: those missing are fetched once the view rests; what was wanted before is cancelled. */
  want(from: number, to: number): void {
    const first = Math.max(0, from);
    const last = Math.min(to, this.#total);
    this.#cancelRest?.();
    this.#cancelRest = null;
    if (this.#closed || first >= last || this.#rows.has(first, last)) return;
    this.#cancelRest = this.#schedule(() => {
      this.#cancelRest = null;
      this.#fetchAround(first, last);
    }, restMs);
  }

  /** Forgets everything and asks again, e.g. after the library was rebuilt. */
  reload(): void {
    if (this.#closed) return;
    this.#cancelEverything();
    this.#rows.clear();
    this.#failure = null;
    this.#loaded = false;
    this.#exact = false;
    this.#total = 0;
    this.#older = 0;
    this.#loadNewest(true);
  }

  close(): void {
    this.#closed = true;
    this.#cancelEverything();
    this.#listeners.clear();
  }

  #cancelEverything(): void {
    this.#unfollow?.();
    this.#unfollow = null;
    this.#newest?.abort();
    this.#newest = null;
    this.#fetch?.abort();
    this.#fetch = null;
    this.#cancelRest?.();
    this.#cancelRest = null;
    this.#cancelRecount?.();
    this.#cancelRecount = null;
    this.#stopFrames();
  }

  #loadNewest(follow: boolean): void {
    const abort = new AbortController();
    this.#newest?.abort();
    this.#newest = abort;
    this.#api.call("statements.page", { filter: this.filter, offset: -pageSize, limit: pageSize }, abort.signal).then(
      (page) => {
        this.#applyPage(page, true);
        if (follow) this.#follow(page.rows.at(-1)?.id ?? 0);
        if (!page.totalExact) this.#cancelRecount = this.#schedule(() => this.#loadNewest(false), recountMs);
      },
      (reason: unknown) => this.#fail(abort.signal, reason),
    );
  }

  #follow(after: number): void {
    this.#unfollow = this.#api.subscribe(
      "statements.follow",
      { filter: this.filter, after },
      {
        event: (event) => this.#arrivals.add(event),
        failure: (failure) => this.#changed({ failure }),
        resume: (last) => ({ filter: this.filter, after: last.after }),
      },
    );
  }

  #fetchAround(from: number, to: number): void {
    const limit = Math.min(1000, Math.max(pageSize, to - from));
    const margin = Math.floor((limit - Math.min(limit, to - from)) / 2);
    const offset = Math.max(0, from - margin);
    const abort = new AbortController();
    this.#fetch?.abort();
    this.#fetch = abort;
    this.#api.call("statements.page", { filter: this.filter, offset, limit }, abort.signal).then(
      (page) => this.#applyPage(page, false),
      (reason: unknown) => this.#fail(abort.signal, reason),
    );
  }

  /** While the core looks for older matches, each that it finds moves the indexes of all rows: pages from before are of no use then. */
  #applyPage(page: Page, newest: boolean): void {
    if (!this.#exact) this.#grow(page.total);
    if (newest) this.#exact = page.totalExact;
    page.rows.forEach((row, place) => {
      this.#rows.put(page.offset + place, row);
    });
    this.#changed({ loaded: true, failure: null });
  }

  #grow(total: number): void {
    if (total === this.#total) return;
    if (this.#loaded) this.#older += Math.max(0, total - this.#total);
    this.#rows.clear();
    this.#total = total;
  }

  #applyArrivals(batch: readonly Arrival[]): void {
    for (const { rows, total } of batch) {
      const first = total - rows.length;
      const isKnown = this.#rows.get(total - 1)?.id === rows.at(-1)?.id;
      if (isKnown || rows.length === 0) continue;
      if (this.#exact && total < this.#total) {
        this.reload();
        return;
      }
      if (!this.#exact) this.#grow(first);
      this.#total = total;
      rows.forEach((row, place) => {
        this.#rows.put(first + place, row);
      });
    }
    this.#changed({});
  }

  #fail(signal: AbortSignal, reason: unknown): void {
    if (!signal.aborted) this.#changed({ failure: failureOf(reason), loaded: true });
  }

  #changed(change: { loaded?: boolean; failure?: Failure | null }): void {
    if (change.loaded !== undefined) this.#loaded = change.loaded;
    if (change.failure !== undefined) this.#failure = change.failure;
    this.#version++;
    for (const listener of [...this.#listeners]) listener();
  }
}
