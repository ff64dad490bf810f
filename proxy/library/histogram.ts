import type { FilterQuery, TimeAxis } from "./filter-query.ts";
import type { Histogram, HistogramBucket, HistogramInput } from "./messages.ts";
import { RangePace } from "./range-pace.ts";
import { activityMicros, type LibraryDatabase } from "./schema.ts";

/** Ids that are counted in one go: at first, at least, at most. */
const [firstRange, narrowestRange, widestRange] = [20_000, 500, 500_000];

/** Buckets that are so wide are counted by the activity table, which is exact to a tenth of them or better. */
const roughFrom = activityMicros * 10;

/** Counts statements over time, a range of ids at a time; the caller decides when it goes on. */
export function* histogram(
  database: LibraryDatabase,
  query: FilterQuery,
  input: HistogramInput,
  newest: number,
): Generator<undefined, Histogram> {
  const axis = axisOf(query, input);
  const buckets: HistogramBucket[] = Array.from({ length: input.buckets }, (_, index) => ({
    at: Math.round(axis.from + index * axis.width),
    count: 0,
    errors: 0,
  }));
  const add = (index: number, count: number, errors: number) => {
    const bucket = buckets[Math.min(index, input.buckets - 1)];
    if (bucket === undefined) return;
    bucket.count += count;
    bucket.errors += errors;
  };
  if (query.all && axis.width >= roughFrom) {
    addActivity(database, axis, add);
  } else {
    const pace = new RangePace(firstRange, narrowestRange, widestRange);
    for (let lo = 1; lo <= newest; ) {
      const began = performance.now();
      const hi = Math.min(newest, lo + pace.size - 1);
      for (const { bucket, count, errors } of query.counts(lo, hi, axis)) add(bucket, count, errors);
      pace.took(performance.now() - began);
      lo = hi + 1;
      yield;
    }
  }
  return { from: axis.from, to: axis.to, buckets };
}

function axisOf(query: FilterQuery, input: HistogramInput): TimeAxis {
  const { first, last } = query.span();
  const from = Math.round(input.from ?? first ?? 0);
  const to = Math.max(Math.round(input.to ?? (last ?? from) + 1), from + 1);
  return { from, to, width: (to - from) / input.buckets };
}

function addActivity(database: LibraryDatabase, axis: TimeAxis, add: (index: number, count: number, errors: number) => void): void {
  const rows = database
    .prepare<[number, number], [number, number, number]>("SELECT unit, count, errors FROM activity WHERE unit BETWEEN ? AND ?")
    .raw()
    .iterate(Math.floor(axis.from / activityMicros), Math.floor((axis.to - 1) / activityMicros));
  for (const [unit, count, errors] of rows) {
    add(Math.max(0, Math.floor((unit * activityMicros - axis.from) / axis.width)), count, errors);
  }
}
