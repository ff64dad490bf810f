import type { Schedule } from "../api/api-client.ts";

/** Rows from `from` (included) to `to` (excluded). */
export interface RowSpan {
  readonly from: number;
  readonly to: number;
}

/** What is fetched, and into what. */
export interface WindowSource {
  /** How many rows there are. */
  readonly total: () => number;
  readonly has: (from: number, to: number) => boolean;
  /** Fetches a window and keeps its rows; rejects where that failed. */
  readonly load: (window: RowSpan, signal: AbortSignal) => Promise<void>;
  readonly failed: (reason: unknown) => void;
}

/** A window has so many rows while one reads. */
const windowRows = 250;
/** The contract gives no more at once. */
const mostRows = 1000;
/** A view that moves further than this from one frame to the next jumps: what is ahead of it cannot be told. */
const jumpRows = 120;
/** Rows are fetched so many frames ahead of a moving view, and never fewer than `leastAhead` rows. */
const framesAhead = 15;
const leastAhead = 60;
/** Rows around a view that jumped: few, so that they come soon. */
const jumpMargin = 20;
/** How long a request for rows that are no longer shown may keep others waiting while the view moves, and once it rests. */
const movingPatienceMs = 300;
const restPatienceMs = 50;
const retryMs = 1000;

/**
 * The window to fetch for a view of the rows `shown` that moved by `step` rows since it was last asked for; `null` where
 * all that it needs is there. A view that moves gets rows ahead of it, one that jumped just what surrounds it.
 */
export function windowToFetch(shown: RowSpan, step: number, total: number, has: WindowSource["has"]): RowSpan | null {
  const from = Math.max(0, shown.from);
  const to = Math.min(total, shown.to);
  if (from >= to) return null;
  if (Math.abs(step) > jumpRows) {
    if (has(from, to)) return null;
    let first = from;
    while (has(first, first + 1)) first++;
    return { from: first === from ? Math.max(0, from - jumpMargin) : first, to: Math.min(total, to + jumpMargin) };
  }
  const ahead = step === 0 ? 0 : Math.max(leastAhead, Math.abs(step) * framesAhead);
  const needed = { from: Math.max(0, from - (step < 0 ? ahead : 0)), to: Math.min(total, to + (step > 0 ? ahead : 0)) };
  if (has(needed.from, needed.to)) return null;
  const size = Math.min(mostRows, Math.max(windowRows, needed.to - needed.from + ahead));
  if (step === 0) {
    const start = Math.max(0, from - Math.floor((size - (to - from)) / 2));
    return { from: start, to: Math.min(total, start + size) };
  }
  if (step > 0) {
    let first = needed.from;
    while (has(first, first + 1)) first++;
    return { from: first, to: Math.min(total, first + size) };
  }
  let last = needed.to;
  while (has(last - 1, last)) last--;
  return { from: Math.max(0, last - size), to: last };
}

/**
 * Fetches the rows that a view shows as it moves, one window at a time: while one is under way the latest wish waits, so
 * that a fast scroll asks for no more than can be answered, and rows appear while it lasts. Where the view comes to rest,
 * what was asked for on the way there is given up.
 */
export class WindowFetch {
  readonly #source: WindowSource;
  readonly #schedule: Schedule;
  #shown: RowSpan | null = null;
  #step = 0;
  #underWay: { readonly window: RowSpan; readonly abort: AbortController } | null = null;
  #cancelPatience: (() => void) | null = null;
  #cancelRest: (() => void) | null = null;
  #cancelRetry: (() => void) | null = null;

  constructor(source: WindowSource, schedule: Schedule) {
    this.#source = source;
    this.#schedule = schedule;
  }

  /** Says which rows are shown now. */
  want(from: number, to: number): void {
    this.#step = this.#shown === null ? 0 : from - this.#shown.from;
    this.#shown = { from, to };
    this.#ask();
  }

  /** Gives up what is under way and forgets what was wanted. */
  stop(): void {
    this.#shown = null;
    this.#giveUp();
    this.#cancelRetry?.();
    this.#cancelRetry = null;
  }

  /** `answered` is what was just asked for: the same question at once would be answered the same. */
  #ask(answered?: RowSpan): void {
    if (this.#shown === null || this.#cancelRetry !== null) return;
    const window = windowToFetch(this.#shown, this.#step, this.#source.total(), this.#source.has);
    if (window === null) return;
    if (window.from === answered?.from && window.to === answered.to) this.#askLater();
    else if (this.#underWay === null) this.#load(window);
    else this.#waitFor(this.#underWay.window);
  }

  /** A window that is no longer shown is waited for while the view moves on: what it brings is shown meanwhile. */
  #waitFor(window: RowSpan): void {
    this.#cancelRest?.();
    this.#cancelRest = null;
    if (!this.#isPassed(window)) return;
    const askAnew = (): void => {
      if (!this.#isPassed(window)) return;
      this.#giveUp();
      this.#ask();
    };
    this.#cancelRest = this.#schedule(askAnew, restPatienceMs);
    this.#cancelPatience ??= this.#schedule(askAnew, movingPatienceMs);
  }

  /** Whether nothing of what is shown is in `window`. */
  #isPassed(window: RowSpan): boolean {
    return this.#shown === null || window.to <= this.#shown.from || window.from >= this.#shown.to;
  }

  #load(window: RowSpan): void {
    const underWay = { window, abort: new AbortController() };
    this.#underWay = underWay;
    const end = (): boolean => {
      if (this.#underWay !== underWay) return false;
      this.#settle();
      return true;
    };
    this.#source.load(window, underWay.abort.signal).then(
      () => {
        if (!end()) return;
        // An answer can be shorter than what was asked for, where its rows are large: then just what is shown.
        if (!this.#source.has(window.from, window.to)) this.#step = jumpRows + 1;
        this.#ask(window);
      },
      (reason: unknown) => {
        if (!end()) return;
        this.#askLater();
        this.#source.failed(reason);
      },
    );
  }

  #askLater(): void {
    this.#cancelRetry = this.#schedule(() => {
      this.#cancelRetry = null;
      this.#ask();
    }, retryMs);
  }

  #giveUp(): void {
    this.#underWay?.abort.abort();
    this.#settle();
  }

  #settle(): void {
    this.#underWay = null;
    this.#cancelPatience?.();
    this.#cancelPatience = null;
    this.#cancelRest?.();
    this.#cancelRest = null;
  }
}
