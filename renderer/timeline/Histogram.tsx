import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useEffect, useRef, useState } from "react";
import type { CallOutput } from "../../proxy/api/contract.ts";
import { failureOf } from "../../proxy/model/failure.ts";
import { useApi } from "../api/api-context.ts";
import { count, counted } from "../format/quantity.ts";
import { themeColour, useTheme } from "../shell/theme.ts";
import type { HistogramSpan } from "../state/preferences.ts";
import styles from "./Histogram.module.css";
import { histogramOptions } from "./histogram-plot.ts";
import { spanMicros, spanNames } from "./histogram-span.ts";

interface HistogramProps {
  readonly filter: string;
  readonly span: HistogramSpan;
  /** Grows with each arrival: a new one asks for new counts. */
  readonly total: number;
  /** A stretch of time was marked with the pointer; microseconds since the epoch. */
  readonly onRange: (from: number, to: number) => void;
}

type Counts = CallOutput<"statements.histogram">;

const refreshMs = 1_000;

/** Statements and errors over time, asked for again each second while the list grows or the span moves on. */
export function Histogram({ filter, span, total, onRange }: HistogramProps) {
  const counts = useCounts(filter, span, total);
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const theme = useTheme();
  const range = useRef(onRange);
  useEffect(() => {
    range.current = onRange;
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme's colours are read when the plot is made
  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const made = new uPlot(
      histogramOptions(element.clientWidth, element.clientHeight, themeColour, (from, to) => range.current(from, to)),
      [[], [], []],
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [theme]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a plot made anew for a theme needs its counts again
  useEffect(() => {
    if (counts === null || plot.current === null) return;
    const { buckets, from, to } = counts;
    plot.current.setData(
      [buckets.map((bucket) => bucket.at / 1_000_000), buckets.map((bucket) => bucket.count), buckets.map((bucket) => bucket.errors)],
      false,
    );
    plot.current.setScale("x", { min: from / 1_000_000, max: Math.max(to, from + 1) / 1_000_000 });
  }, [counts, theme]);

  const sum = counts?.buckets.reduce((all, bucket) => all + bucket.count, 0) ?? 0;
  const errors = counts?.buckets.reduce((all, bucket) => all + bucket.errors, 0) ?? 0;
  return (
    <figure
      className={styles.figure}
      aria-label={`Activity, ${spanNames[span]}: ${counted(sum, "statement")}, ${counted(errors, "error")}`}
    >
      <div ref={holder} className={styles.plot} />
      <figcaption className={styles.caption}>
        <span>{spanNames[span]}</span>
        <span>
          <b>{count(sum)}</b> {sum === 1 ? "statement" : "statements"}
        </span>
        <span className={errors > 0 ? styles.errors : undefined}>
          <b>{count(errors)}</b> {errors === 1 ? "error" : "errors"}
        </span>
      </figcaption>
    </figure>
  );
}

function useCounts(filter: string, span: HistogramSpan, total: number): Counts | null {
  const api = useApi();
  const [counts, setCounts] = useState<Counts | null>(null);
  const newest = useRef(total);
  useEffect(() => {
    newest.current = total;
  }, [total]);
  useEffect(() => {
    const abort = new AbortController();
    let asked = -1;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      const micros = spanMicros(span);
      if (micros !== null || newest.current !== asked) {
        asked = newest.current;
        const to = micros === null ? null : Date.now() * 1000;
        const from = to === null || micros === null ? null : to - micros;
        try {
          setCounts(await api.call("statements.histogram", { filter, from, to, buckets: 180 }, abort.signal));
        } catch (reason) {
          if (failureOf(reason).code !== "cancelled") setCounts(null);
        }
      }
      if (!abort.signal.aborted) timer = setTimeout(() => void ask(), refreshMs);
    };
    void ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [api, filter, span]);
  return counts;
}
