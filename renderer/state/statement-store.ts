import type { CallOutput, StreamEvent, TimelineRow } from "../../proxy/api/contract.ts";
import { type Failure, failureOf } from "../../proxy/model/failure.ts";
import type { Api, Schedule } from "../api/api-client.ts";
import { FrameBatch, type NextFrame } from "./frame-batch.ts";
import { PageCache } from "./page-cache.ts";
import { type RowSpan, WindowFetch } from "./window-fetch.ts";

type Page = CallOutput<"statements.page">;
type Arrival = StreamEvent<"statements.follow">;

const pageSize = 250;
const mostPages = 160;
/** How soon the newest page is asked for again while the core is still counting. */
const recountMs = 400;
/** For so long the rows that came last stand in for rows that do not come. */
const standInMs = 500;

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
  readonly #window: WindowFetch;
  readonly #listeners = new Set<() => void>();
  readonly #stopFrames: () => void;
  /** The rows that came last. */
  #latest: RowSpan | null = null;
  #endStandIn: (() => void) | null = null;
  #version = 0;
  #total = 0;
  #older = 0;
  #exact = false;
  #loaded = false;
  #failure: Failure | null = null;
  #unfollow: (() => void) | null = null;
  #newest: AbortController | null = null;
  #cancelRecount: (() => void) | null = null;
  #closed = false;

  constructor(api: Api, filter: string, schedule: Schedule, nextFrame: NextFrame) {
    this.#api = api;
    this.filter = filter;
    this.#schedule = schedule;
    this.#arrivals = new FrameBatch((batch) => this.#applyArrivals(batch), nextFrame);
    this.#stopFrames = () => this.#arrivals.clear();
    this.#window = new WindowFetch(
      {
        total: () => this.#total,
        has: (from, to) => this.#rows.has(from, to),
        load: (window, signal) => this.#load(window, signal),
        failed: (reason) => this.#changed({ failure: failureOf(reason) }),
      },
      schedule,
    );
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

  /**
   * What to draw while none of the rows from `from` to `to` (excluded) is here, as where somebody throws the scroll bar: the
   * first of as many rows that came last. `null` where some are here, or where placeholders should say that rows are awaited.
   */
  standIn(from: number, to: number): number | null {
    const latest = this.#latest;
    if (latest === null || latest.to - latest.from < to - from || this.#hasAny(from, to)) return null;
    const first = latest.from + Math.floor((latest.to - latest.from - (to - from)) / 2);
    return this.#rows.has(first, first + to - from) ? first : null;
  }

  /** Says which rows are shown now: those missing are fetched, and those ahead of a moving view. */
  want(from: number, to: number): void {
    if (this.#closed) return;
    this.#window.want(from, to);
    if (this.standIn(from, to) !== null) this.#endStandIn ??= this.#schedule(() => this.#stopStandIn(), standInMs);
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

  #hasAny(from: number, to: number): boolean {
    for (let index = from; index < to; index++) if (this.#rows.get(index) !== undefined) return true;
    return false;
  }

  #stopStandIn(): void {
    this.#forgetLatest();
    this.#changed({});
  }

  #forgetLatest(): void {
    this.#endStandIn?.();
    this.#endStandIn = null;
    this.#latest = null;
  }

  #cancelEverything(): void {
    this.#unfollow?.();
    this.#unfollow = null;
    this.#newest?.abort();
    this.#newest = null;
    this.#window.stop();
    this.#cancelRecount?.();
    this.#cancelRecount = null;
    this.#forgetLatest();
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

  async #load({ from, to }: RowSpan, signal: AbortSignal): Promise<void> {
    const page = await this.#api.call("statements.page", { filter: this.filter, offset: from, limit: to - from }, signal);
    if (!signal.aborted) this.#applyPage(page, false);
  }

  /** While the core looks for older matches, each that it finds moves the indexes of all rows: pages from before are of no use then. */
  #applyPage(page: Page, newest: boolean): void {
    if (!this.#exact) this.#grow(page.total);
    if (newest) this.#exact = page.totalExact;
    page.rows.forEach((row, place) => {
      this.#rows.put(page.offset + place, row);
    });
    this.#forgetLatest();
    if (page.rows.length > 0) this.#latest = { from: page.offset, to: page.offset + page.rows.length };
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
