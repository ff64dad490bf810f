import { describe, expect, it } from "vitest";
import { FailureError } from "../../../../proxy/model/failure.ts";
import { type RowSpan, WindowFetch, windowToFetch } from "../../../../renderer/state/window-fetch.ts";
import { ManualTime } from "../../../support/renderer/manual-time.ts";

const nothing = (): boolean => false;
const upTo =
  (end: number) =>
  (from: number, to: number): boolean =>
    from >= 0 && to <= end;

describe("the window to fetch", () => {
  it("surrounds a view that rests", () => {
    const window = windowToFetch({ from: 500, to: 540 }, 0, 10_000, nothing);
    expect(window).toEqual({ from: 395, to: 645 });
  });

  it("reaches ahead of a view that moves, before it has come to what is missing", () => {
    expect(windowToFetch({ from: 100, to: 140 }, 2, 10_000, upTo(250))).toBeNull();
    expect(windowToFetch({ from: 160, to: 200 }, 2, 10_000, upTo(250))).toEqual({ from: 250, to: 500 });
    expect(windowToFetch({ from: 9_000, to: 9_040 }, -2, 10_000, (from, to) => from >= 8_980 && to <= 10_000)).toEqual({
      from: 8_730,
      to: 8_980,
    });
  });

  it("reaches the further the faster the view moves, and never beyond what one call gives", () => {
    const window = windowToFetch({ from: 0, to: 40 }, 60, 10_000, nothing);
    expect(window).toEqual({ from: 0, to: 1_000 });
  });

  it("is small where the view jumped, so that it comes soon", () => {
    expect(windowToFetch({ from: 5_000, to: 5_040 }, 3_000, 10_000, nothing)).toEqual({ from: 4_980, to: 5_060 });
  });

  it("stays within the rows that there are", () => {
    expect(windowToFetch({ from: 0, to: 40 }, 0, 30, nothing)).toEqual({ from: 0, to: 30 });
    expect(windowToFetch({ from: 9_990, to: 10_030 }, 5, 10_000, upTo(9_995))).toEqual({ from: 9_995, to: 10_000 });
    expect(windowToFetch({ from: 10, to: 10 }, 0, 100, nothing)).toBeNull();
  });
});

/** Rows of a core that answers when the test says so. */
class SlowRows {
  readonly asked: RowSpan[] = [];
  readonly failures: unknown[] = [];
  readonly time = new ManualTime();
  readonly fetch: WindowFetch;
  /** At most so many rows in one answer. */
  most = Number.POSITIVE_INFINITY;
  #rows = new Set<number>();
  #pending: { readonly resolve: () => void; readonly reject: (reason: unknown) => void } | null = null;

  constructor(total = 100_000) {
    const has = (from: number, to: number): boolean => {
      for (let row = from; row < to; row++) if (!this.#rows.has(row)) return false;
      return true;
    };
    const load = (window: RowSpan, signal: AbortSignal): Promise<void> => {
      this.asked.push(window);
      return new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new FailureError("cancelled", "Cancelled.")));
        const end = Math.min(window.to, window.from + this.most);
        this.#pending = {
          reject,
          resolve: () => {
            for (let row = window.from; row < end; row++) this.#rows.add(row);
            resolve();
          },
        };
      });
    };
    const failed = (reason: unknown): void => void this.failures.push(reason);
    this.fetch = new WindowFetch({ total: () => total, has, load, failed }, this.time.schedule);
  }

  async answer(): Promise<void> {
    this.#pending?.resolve();
    await settled();
  }

  async fail(): Promise<void> {
    this.#pending?.reject(new FailureError("broken", "It is broken."));
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

describe("fetching what a view shows", () => {
  it("asks for the first window at once, for one at a time, and then for where the view is by then", async () => {
    const rows = new SlowRows();
    for (let top = 0; top < 90_000; top += 1_000) rows.fetch.want(top, top + 40);
    expect(rows.asked).toEqual([{ from: 0, to: 250 }]);
    await rows.answer();
    expect(rows.asked).toHaveLength(2);
    expect(rows.asked[1]).toEqual({ from: 88_980, to: 89_060 });
    await rows.answer();
    expect(rows.asked).toHaveLength(2);
  });

  it("gives up a slow request for rows that are no longer shown once the view rests", async () => {
    const rows = new SlowRows();
    rows.fetch.want(0, 40);
    rows.time.pass(200);
    rows.fetch.want(50_000, 50_040);
    rows.time.pass(49);
    expect(rows.asked).toHaveLength(1);
    rows.time.pass(1);
    expect(rows.asked).toEqual([
      { from: 0, to: 250 },
      { from: 49_980, to: 50_060 },
    ]);
    await settled();
    expect(rows.failures).toEqual([]);
  });

  it("waits a little longer for rows that are no longer shown while the view moves on, so that some are to be seen meanwhile", () => {
    const rows = new SlowRows();
    for (let frame = 0; frame <= 18; frame++) {
      rows.fetch.want(frame * 1_000, frame * 1_000 + 40);
      rows.time.pass(16);
    }
    expect(rows.asked).toHaveLength(1);
    rows.fetch.want(50_000, 50_040);
    rows.time.pass(16);
    expect(rows.asked[1]).toEqual({ from: 49_980, to: 50_060 });
  });

  it("does not give up a request for rows that are shown again", () => {
    const rows = new SlowRows();
    rows.fetch.want(0, 40);
    rows.fetch.want(50_000, 50_040);
    rows.fetch.want(0, 40);
    rows.time.pass(1000);
    expect(rows.asked).toHaveLength(1);
  });

  it("asks again a second after a failure, and not before, however often it is asked", async () => {
    const rows = new SlowRows();
    rows.fetch.want(0, 40);
    await rows.fail();
    for (let frame = 0; frame < 60; frame++) {
      rows.fetch.want(0, 40);
      rows.time.pass(16);
    }
    expect([rows.asked.length, rows.failures.length]).toEqual([1, 1]);
    rows.time.pass(40);
    expect(rows.asked).toHaveLength(2);
  });

  it("goes on from where a short answer ended, and does not repeat a question that was answered with nothing", async () => {
    const rows = new SlowRows();
    rows.most = 10;
    rows.fetch.want(0, 40);
    for (let turn = 0; turn < 10; turn++) await rows.answer();
    expect(rows.asked.map(({ from }) => from)).toEqual([0, 10, 20, 30]);

    const empty = new SlowRows();
    empty.most = 0;
    empty.fetch.want(0, 40);
    await empty.answer();
    await empty.answer();
    expect(empty.asked.length).toBeLessThanOrEqual(2);
  });

  it("asks for nothing any more once it is stopped", async () => {
    const rows = new SlowRows();
    rows.fetch.want(0, 40);
    rows.fetch.stop();
    await settled();
    rows.time.pass(10_000);
    expect([rows.asked.length, rows.failures.length]).toEqual([1, 0]);
  });
});
