import type { Page } from "@playwright/test";

/** What a stretch of scrolling cost, and what was to be seen meanwhile. */
export interface ScrollReport {
  readonly frames: number;
  /** From frame to frame, in milliseconds; these depend on what else the machine does. */
  readonly median: number;
  readonly p95: number;
  readonly longest: number;
  /** Processor time for script, style and layout of one frame, in milliseconds: the page's own work, on this machine as it is. */
  readonly work: number;
  /** What does not depend on the machine: React's commits, layouts, and rows that were drawn anew, in one frame. */
  readonly commits: number;
  readonly layouts: number;
  readonly rows: number;
  /** Pages of statements that were asked for. */
  readonly requests: number;
  /** Frames in which a row in view was still a placeholder. */
  readonly blank: number;
  /** The longest run of such frames. */
  readonly longestBlank: number;
  readonly longestBlankMs: number;
  /** How often other rows were to be seen than in the frame before. */
  readonly pictures: number;
}

/** How somebody scrolls: pixels from one move to the next, and frames between moves. */
export interface Pace {
  readonly name: string;
  readonly step: number;
  readonly every: number;
}

const measuredFrames = 60;

export const paces: readonly Pace[] = [
  { name: "reading", step: 30, every: 1 },
  { name: "skimming", step: 400, every: 1 },
  { name: "paging", step: 700, every: 4 },
  { name: "dragging the scroll bar", step: 60_000, every: 3 },
  { name: "throwing the scroll bar", step: 60_000, every: 1 },
];

/** What is seen in the page, counted from the call on. */
interface Seen {
  readonly times: readonly number[];
  readonly blank: number;
  readonly longestBlank: number;
  readonly longestBlankMs: number;
  readonly pictures: number;
  readonly rows: number;
  readonly commits: number;
}

/** To be called before the page is opened: counts React's commits, as its developer tools hear of them. */
export async function countCommits(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const counted = { commits: 0 };
    const ignore = (): void => undefined;
    Object.assign(window, {
      counted,
      __REACT_DEVTOOLS_GLOBAL_HOOK__: {
        supportsFiber: true,
        inject: () => 1,
        onCommitFiberRoot: () => {
          counted.commits++;
        },
        onCommitFiberUnmount: ignore,
        onPostCommitFiberRoot: ignore,
        checkDCE: ignore,
      },
    });
  });
}

/** Scrolls the list of statements at `pace` and measures each frame. `requests` tells how many pages were asked for so far. */
export function measurePace(page: Page, pace: Pace, requests: () => Promise<number>): Promise<ScrollReport> {
  return measureScroll(page, () => scrollFrames(page, pace, measuredFrames), requests);
}

/** Measures each frame while `move` scrolls the list of statements. */
export async function measureScroll(page: Page, move: () => Promise<void>, requests: () => Promise<number>): Promise<ScrollReport> {
  const metrics = await pageMetrics(page);
  const [before, asked] = [await metrics(), await requests()];
  await watchFrames(page);
  await move();
  const { times, commits, rows, ...seen } = await seenFrames(page);
  const after = await metrics();
  const frames = Math.max(1, times.length);
  const sorted = times.slice(5).sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return {
    ...seen,
    frames,
    median: at(0.5),
    p95: at(0.95),
    longest: at(1),
    work: ((after.seconds - before.seconds) * 1000) / frames,
    layouts: (after.layouts - before.layouts) / frames,
    commits: commits / frames,
    rows: rows / frames,
    requests: (await requests()) - asked,
  };
}

/** One line for a person. */
export function scrollText(report: ScrollReport): string {
  const { frames, blank, longestBlank, longestBlankMs, pictures } = report;
  const counts = `${report.commits.toFixed(2)} commits, ${report.layouts.toFixed(2)} layouts, ${report.rows.toFixed(1)} rows a frame`;
  const seen = `other rows in ${pictures} of ${frames} frames, placeholders in ${blank}, at most ${longestBlank} in a row (${longestBlankMs.toFixed(0)} ms)`;
  const times = `work ${report.work.toFixed(1)} ms, frames of ${report.median.toFixed(1)} ms (p95 ${report.p95.toFixed(1)}, longest ${report.longest.toFixed(1)})`;
  return `${report.requests} requests; ${counts}; ${seen}; ${times}`;
}

/**
 * How often the page was laid out, and seconds of processor time that its main thread has spent on what is ours: script,
 * style and layout. Unlike a clock that does not count a busy machine's other work, but it is the longer on a slower one.
 */
async function pageMetrics(page: Page): Promise<() => Promise<{ seconds: number; layouts: number }>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    const sum = (names: readonly string[]): number =>
      metrics.filter(({ name }) => names.includes(name)).reduce((total, { value }) => total + value, 0);
    return { seconds: sum(["ScriptDuration", "RecalcStyleDuration", "LayoutDuration"]), layouts: sum(["LayoutCount"]) };
  };
}

/** Watches each frame from now on, until `seenFrames` is asked. */
function watchFrames(page: Page): Promise<void> {
  return page.evaluate(() => {
    const list = document.querySelector('[data-pane="list"]');
    if (list === null) throw new Error("there is no list");
    const view = list.getBoundingClientRect();
    const inView = (row: Element): boolean => {
      const { top, bottom } = row.getBoundingClientRect();
      return bottom > view.top + 24 && top < view.bottom;
    };
    const { counted } = window as unknown as { counted: { commits: number } };
    const commitsBefore = counted.commits;
    const seen = { times: [] as number[], blank: 0, longestBlank: 0, longestBlankMs: 0, pictures: 0, rows: 0, commits: 0 };
    let [before, run, runMs, shown] = [performance.now(), 0, 0, ""];
    // A row's element is used again for other rows: each time that it says another index, a row was drawn.
    const drawn = new MutationObserver((changes) => {
      seen.rows += changes.filter(({ target, type }) => type === "attributes" && target instanceof Element).length;
      for (const { addedNodes } of changes) {
        for (const node of addedNodes) if (node instanceof Element && node.matches("[data-index]")) seen.rows++;
      }
    });
    drawn.observe(list, { subtree: true, attributes: true, attributeFilter: ["data-index"], childList: true });
    let next = 0;
    const frame = (now: number): void => {
      const took = now - before;
      before = now;
      seen.times.push(took);
      const empty = [...list.querySelectorAll("[aria-busy]")].some(inView);
      seen.blank += empty ? 1 : 0;
      run = empty ? run + 1 : 0;
      runMs = empty ? runMs + took : 0;
      seen.longestBlank = Math.max(seen.longestBlank, run);
      seen.longestBlankMs = Math.max(seen.longestBlankMs, runMs);
      const first = [...list.querySelectorAll("[data-index]:not([aria-busy])")].find(inView)?.getAttribute("data-index") ?? shown;
      seen.pictures += first === shown ? 0 : 1;
      shown = first;
      next = requestAnimationFrame(frame);
    };
    next = requestAnimationFrame(frame);
    Object.assign(window, {
      endWatch: () => {
        cancelAnimationFrame(next);
        drawn.disconnect();
        return { ...seen, commits: counted.commits - commitsBefore };
      },
    });
  });
}

function seenFrames(page: Page): Promise<Seen> {
  return page.evaluate(() => (window as unknown as { endWatch: () => Seen }).endWatch());
}

function scrollFrames(page: Page, { step, every }: Pace, frames: number): Promise<void> {
  return page.evaluate(
    ({ step, every, frames }) =>
      new Promise<void>((resolve) => {
        const list = document.querySelector('[data-pane="list"]');
        let count = 0;
        const frame = (): void => {
          count++;
          if (list !== null && count % every === 0) list.scrollTop += step;
          if (count < frames) requestAnimationFrame(frame);
          else resolve();
        };
        requestAnimationFrame(frame);
      }),
    { step, every, frames },
  );
}
