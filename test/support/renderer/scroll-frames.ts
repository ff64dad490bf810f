import type { Page } from "@playwright/test";

/** What a stretch of scrolling cost, and what was to be seen meanwhile. */
export interface ScrollReport {
  readonly frames: number;
  /** From frame to frame, in milliseconds; these depend on what else the machine does. */
  readonly median: number;
  readonly p95: number;
  readonly longest: number;
  /** Processor time for script, style and layout of one frame, in milliseconds: the page's own work, whatever else runs. */
  readonly work: number;
  /** Frames in which a row in view was still a placeholder. */
  readonly blank: number;
  /** The longest run of such frames. */
  readonly longestBlank: number;
  readonly longestBlankMs: number;
}

/** How fast a person scrolls: pixels from one move to the next, and frames between moves. */
export interface Pace {
  readonly name: string;
  readonly step: number;
  readonly every: number;
  /** The most work that a frame may take, in milliseconds. */
  readonly mostWork: number;
  /** The most frames in a row that may show placeholders. */
  readonly mostBlank: number;
}

const measuredFrames = 60;

export const paces: readonly Pace[] = [
  { name: "reading", step: 30, every: 1, mostWork: 10, mostBlank: 0 },
  { name: "skimming", step: 400, every: 1, mostWork: 28, mostBlank: 0 },
  { name: "paging", step: 700, every: 4, mostWork: 16, mostBlank: 0 },
  { name: "dragging the scroll bar", step: 60_000, every: 3, mostWork: 32, mostBlank: 12 },
  { name: "throwing the scroll bar", step: 60_000, every: 1, mostWork: 32, mostBlank: measuredFrames },
];

/** Scrolls the list of statements at `pace` and measures each frame. */
export async function measureScroll(page: Page, pace: Pace): Promise<ScrollReport> {
  const seconds = await threadSeconds(page);
  const before = await seconds();
  const seen = await scrollFrames(page, pace, measuredFrames);
  const work = ((await seconds()) - before) * (1000 / measuredFrames);
  return { ...seen, work };
}

/** One line for a person. */
export function scrollText({ median, p95, longest, work, blank, longestBlank, longestBlankMs, frames }: ScrollReport): string {
  const times = `frames of ${median.toFixed(1)} ms (p95 ${p95.toFixed(1)}, longest ${longest.toFixed(1)})`;
  const empty = `${blank} of ${frames} with placeholders, at most ${longestBlank} in a row (${longestBlankMs.toFixed(0)} ms)`;
  return `work ${work.toFixed(1)} ms a frame; ${empty}; ${times}`;
}

/**
 * Seconds of processor time that the page's main thread has spent on what is ours: script, style and layout. Unlike a clock
 * it does not count a busy machine's other work, and without a graphics card painting says nothing about a person's machine.
 */
async function threadSeconds(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.filter(({ name }) => ours.includes(name)).reduce((sum, { value }) => sum + value, 0);
  };
}

const ours: readonly string[] = ["ScriptDuration", "RecalcStyleDuration", "LayoutDuration"];

function scrollFrames(page: Page, { step, every }: Pace, frames: number): Promise<Omit<ScrollReport, "work">> {
  return page.evaluate(
    ({ step, every, frames }) =>
      new Promise<Omit<ScrollReport, "work">>((resolve) => {
        const list = document.querySelector('[data-pane="list"]');
        if (list === null) throw new Error("there is no list");
        const view = list.getBoundingClientRect();
        const isBlank = (): boolean =>
          [...list.querySelectorAll("[aria-busy]")].some((row) => {
            const { top, bottom } = row.getBoundingClientRect();
            return bottom > view.top + 24 && top < view.bottom;
          });
        const times: number[] = [];
        let [before, blank, run, runMs, longestBlank, longestBlankMs] = [performance.now(), 0, 0, 0, 0, 0];
        const frame = (now: number): void => {
          const took = now - before;
          times.push(took);
          before = now;
          const empty = isBlank();
          blank += empty ? 1 : 0;
          run = empty ? run + 1 : 0;
          runMs = empty ? runMs + took : 0;
          longestBlank = Math.max(longestBlank, run);
          longestBlankMs = Math.max(longestBlankMs, runMs);
          if (times.length % every === 0) list.scrollTop += step;
          if (times.length < frames) requestAnimationFrame(frame);
          else {
            const sorted = times.slice(5).sort((one, other) => one - other);
            const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
            resolve({ frames, median: at(0.5), p95: at(0.95), longest: at(1), blank, longestBlank, longestBlankMs });
          }
        };
        requestAnimationFrame(frame);
      }),
    { step, every, frames },
  );
}
