import { describe, expect, it } from "vitest";
import type { CallInput, CallOutput, StreamEvent, TimelineRow } from "../../../../proxy/api/contract.ts";
import type { Failure } from "../../../../proxy/model/failure.ts";
import { FailureError } from "../../../../proxy/model/failure.ts";
import type { Api, StreamListener } from "../../../../renderer/api/api-client.ts";
import { LinkStore } from "../../../../renderer/api/link-state.ts";
import { StatementStore } from "../../../../renderer/state/statement-store.ts";
import { fakeRow } from "../../../support/renderer/fake-statements.ts";
import { ManualTime } from "../../../support/renderer/manual-time.ts";

type PageInput = CallInput<"statements.page">;
type Page = CallOutput<"statements.page">;
type Arrival = StreamEvent<"statements.follow">;

/** A core of the test's own: pages of made-up rows, arrivals when the test says so. */
class PagedCore implements Api {
  readonly link = new LinkStore();
  readonly asked: PageInput[] = [];
  readonly followed: number[] = [];
  total: number;
  exact = true;
  failure: Failure | null = null;
  answers = true;
  /** Index of the row that is index 0 of the matches, as far as they are known. */
  first = 0;
  #listener: StreamListener<"statements.follow"> | null = null;

  constructor(total: number) {
    this.total = total;
  }

  readonly call = ((_name: string, input: PageInput, signal?: AbortSignal): Promise<Page> => {
    this.asked.push(input);
    if (this.failure !== null) return Promise.reject(new FailureError(this.failure.code, this.failure.message));
    const offset = input.offset < 0 ? Math.max(0, this.total + input.offset) : input.offset;
    const count = Math.max(0, Math.min(input.limit, this.total - offset));
    const rows = Array.from({ length: count }, (_, place) => fakeRow(this.first + offset + place));
    const page = { rows, offset, total: this.total, totalExact: this.exact };
    return new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(new FailureError("cancelled", "Cancelled.")));
      if (this.answers) queueMicrotask(() => resolve(page));
    });
  }) as Api["call"];

  readonly subscribe = ((_name: string, input: { after: number }, listener: StreamListener<"statements.follow">) => {
    this.followed.push(input.after);
    this.#listener = listener;
    return () => {
      this.#listener = null;
    };
  }) as Api["subscribe"];

  arrive(count: number): void {
    const rows: TimelineRow[] = Array.from({ length: count }, (_, place) => fakeRow(this.first + this.total + place));
    this.total += count;
    this.#listener?.event({ rows, after: this.first + this.total, total: this.total } satisfies Arrival);
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

async function open(total: number, change: (core: PagedCore) => void = () => undefined) {
  const core = new PagedCore(total);
  change(core);
  const time = new ManualTime();
  const store = new StatementStore(core, "", time.schedule, time.nextFrame);
  await settled();
  return { core, time, store };
}

describe("the statement store", () => {
  it("starts with the newest rows and follows from the last of them", async () => {
    const { core, store } = await open(1_000_000);
    expect(store.total).toBe(1_000_000);
    expect(store.row(999_999)?.id).toBe(1_000_000);
    expect(store.row(500_000)).toBeUndefined();
    expect(core.followed).toEqual([1_000_000]);
  });

  it("applies the arrivals of one frame together", async () => {
    const { core, time, store } = await open(10);
    let drawn = 0;
    store.subscribe(() => drawn++);
    core.arrive(3);
    core.arrive(2);
    expect(store.total).toBe(10);
    time.pass(16);
    expect(store.total).toBe(15);
    expect(store.row(14)?.id).toBe(15);
    expect(drawn).toBe(1);
  });

  it("fetches what is shown while the view moves, one window at a time, and nothing twice", async () => {
    const { core, store } = await open(1_000_000);
    for (let top = 0; top < 900_000; top += 1_000) store.want(top, top + 40);
    store.want(400_000, 400_040);
    expect(core.asked).toHaveLength(2);
    await settled();
    expect(core.asked).toHaveLength(3);
    expect(store.row(400_020)?.id).toBe(400_021);
    store.want(400_000, 400_040);
    await settled();
    expect(core.asked).toHaveLength(3);
  });

  it("fetches what is shown although statements arrive with each frame", async () => {
    const { core, time, store } = await open(1_000_000);
    for (let frame = 0; frame < 30; frame++) {
      core.arrive(5);
      time.pass(16);
      store.want(400_000, 400_040);
      await settled();
    }
    expect(store.row(400_020)?.id).toBe(400_021);
  });

  it("forgets pages that were not looked at for long, so that its memory is bounded", async () => {
    const { time, store } = await open(1_000_000);
    for (let page = 0; page < 400; page++) {
      store.want(page * 1_000, page * 1_000 + 40);
      time.pass(40);
      await settled();
    }
    expect(store.row(10)).toBeUndefined();
    expect(store.row(399_010)?.id).toBe(399_011);
  });

  it("moves its indexes when older matches are found while the core is still looking", async () => {
    const { core, time, store } = await open(300, (before) => {
      before.exact = false;
      before.first = 700;
    });
    expect([store.total, store.totalExact, store.row(299)?.id]).toEqual([300, false, 1000]);
    core.first = 0;
    core.total = 1_000;
    core.exact = true;
    time.pass(400);
    await settled();
    expect([store.total, store.totalExact, store.row(999)?.id, store.older]).toEqual([1_000, true, 1000, 700]);
    time.pass(10_000);
    expect(core.asked).toHaveLength(2);
  });

  it("does not take arrivals that it already has for a smaller library", async () => {
    const { core, time, store } = await open(10);
    core.arrive(5);
    time.pass(16);
    const asked = core.asked.length;
    core.total = 12;
    core.arrive(1);
    time.pass(16);
    expect(store.total).toBe(15);
    expect(core.asked).toHaveLength(asked);
  });

  it("starts anew when the library was rebuilt and has fewer rows", async () => {
    const { core, time, store } = await open(500);
    core.total = 20;
    core.first = 5_000;
    core.arrive(1);
    time.pass(16);
    await settled();
    expect(store.total).toBe(21);
    expect(store.row(20)?.id).toBe(5_021);
  });

  it("says why nothing can be shown, and shows it after a reload", async () => {
    const { core, store } = await open(5, (before) => {
      before.failure = { code: "busy", message: "The library is being rebuilt." };
    });
    expect(store.failure?.message).toBe("The library is being rebuilt.");
    core.failure = null;
    store.reload();
    await settled();
    expect(store.failure).toBeNull();
    expect(store.total).toBe(5);
  });

  it("asks for nothing more after it was closed", async () => {
    const { core, time, store } = await open(1_000);
    store.want(0, 40);
    store.close();
    store.want(500, 540);
    await settled();
    core.arrive(3);
    time.pass(1_000);
    expect(core.asked).toHaveLength(2);
    expect(store.row(10)).toBeUndefined();
    expect(store.total).toBe(1_000);
  });

  it("lets the rows that came last stand in where a view jumps to rows that are not here, until those come", async () => {
    const { store } = await open(1_000_000);
    expect(store.standIn(999_900, 999_940)).toBeNull();
    const first = store.standIn(500_000, 500_040);
    expect(first).toBe(999_855);
    expect(store.row(first ?? 0)).toBeDefined();
    store.want(500_000, 500_040);
    await settled();
    expect(store.standIn(500_000, 500_040)).toBeNull();
    expect(store.row(500_000)?.id).toBe(500_001);
    expect(store.standIn(300_000, 300_040)).toBeLessThan(501_000);
  });

  it("lets no row stand in where some of those that are shown are here, nor where there are fewer than are drawn", async () => {
    const { store } = await open(1_000_000);
    expect(store.standIn(999_740, 999_780)).toBeNull();
    expect(store.standIn(500_000, 500_251)).toBeNull();
  });

  it("says that rows are awaited where none come for half a second", async () => {
    const { core, store, time } = await open(1_000_000);
    core.answers = false;
    let changes = 0;
    store.subscribe(() => {
      changes++;
    });
    store.want(500_000, 500_040);
    time.pass(499);
    expect(store.standIn(500_000, 500_040)).not.toBeNull();
    time.pass(1);
    expect(store.standIn(500_000, 500_040)).toBeNull();
    expect(changes).toBe(1);
  });
});
