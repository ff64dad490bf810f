import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { type Browser, chromium, type Page } from "@playwright/test";
import { findChromium } from "../support/parts/chromium.ts";
import { dragThumb } from "../support/renderer/drag-thumb.ts";
import { filmList } from "../support/renderer/list-film.ts";
import { countCommits, measurePace, measureScroll, paces, type ScrollReport } from "../support/renderer/scroll-frames.ts";
import { startStenograph, temporaryDirectory } from "../support/stenograph.ts";
import type { BenchOptions } from "./options.ts";
import type { BenchResult } from "./relay-bench.ts";
import { recordOnAndOn, writeSyntheticRecordings } from "./synthetic-recordings.ts";
import { table } from "./table.ts";

const arrivalsPerSecond = 500;
const view = { width: 1440, height: 900 };

/** Moves of the mouse in one drag of the scroll bar's thumb, and how many stops there are on the way. */
const dragMoves = 60;
const dragStops = 3;

interface Scrolled extends ScrollReport {
  readonly how: string;
  readonly arrivals: number;
}

/** Scrolls through a real library in a real browser, and tells what a person would have seen. */
export async function benchScroll({ statements }: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error("There is no Chromium on this machine, and it is what scrolls: apt-get install chromium");
  say("Building the user interface …\n");
  const build = spawnSync("npm", ["run", "build"], { encoding: "utf8" });
  if (build.status !== 0) throw new Error(`The user interface could not be built.\n${build.stdout}\n${build.stderr}`);

  await using cleanup = new AsyncDisposableStack();
  using data = temporaryDirectory();
  say(`Writing recordings of ${statements} statements …\n`);
  writeSyntheticRecordings(data.path, statements);
  const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
  const browser = await chromium.launch({ executablePath, args, ignoreDefaultArgs: ["--hide-scrollbars"] });
  cleanup.defer(() => browser.close());
  const served = await startStenograph(["serve", "--data", data.path, "--port", "0", "--no-open"]);
  cleanup.defer(async () => void (await served.end()));
  const { url } = served.first as unknown as { readonly url: string };

  const { page, requests } = await openList(browser, url);
  say("Indexing …\n");
  await page
    .getByRole("grid")
    .and(page.locator(`[aria-rowcount="${statements + 1}"]`))
    .waitFor({ timeout: 0 });
  const reports: Scrolled[] = [];
  const films: Filmed[] = [];
  for (const arrivals of [0, arrivalsPerSecond]) {
    const arriving = arrivals === 0 ? null : recordOnAndOn(data.path, arrivals);
    try {
      for (const pace of paces) {
        await goToStart(page);
        reports.push({ how: pace.name, arrivals, ...(await measurePace(page, pace, requests)) });
        await settled(page);
      }
      await goToStart(page);
      const drag = (): Promise<void> => dragThumb(page, { moves: dragMoves, stops: dragStops, atStop: () => settled(page) });
      reports.push({ how: "the thumb, dragged", arrivals, ...(await measureScroll(page, drag, requests)) });
      await settled(page);
      // Once more for the film, because making it takes the time of the frames.
      await goToStart(page);
      films.push({ arrivals, ...(await seenInFilm(page, drag)) });
    } finally {
      arriving?.stop();
    }
    say(`${arrivals} arriving a second: measured\n`);
  }
  return {
    table: `${scrollTable(reports)}\n\n${filmTable(films)}`,
    json: { bench: "scroll", cpus: cpus().length, node: process.version, statements, reports, films },
  };
}

/** What was on the screen while the thumb was dragged: how many pictures in all, and in how many the list was bare. */
interface Filmed {
  readonly arrivals: number;
  readonly pictures: number;
  readonly empty: number;
  readonly partlyBare: number;
}

async function seenInFilm(page: Page, move: () => Promise<void>): Promise<Omit<Filmed, "arrivals">> {
  const { bare } = await filmList(page, move);
  return {
    pictures: bare.length,
    empty: bare.filter((share) => share === 1).length,
    partlyBare: bare.filter((share) => share > 0 && share < 1).length,
  };
}

function filmTable(films: readonly Filmed[]): string {
  const header = ["the thumb, dragged", "arriving/s", "pictures on the screen", "list empty", "list partly bare"];
  const numbers = ({ arrivals, pictures, empty, partlyBare }: Filmed) => [arrivals, pictures, empty, partlyBare].map(String);
  return table(
    header,
    films.map((film) => ["filmed", ...numbers(film)]),
  );
}

async function openList(browser: Browser, url: string): Promise<{ page: Page; requests: () => Promise<number> }> {
  const page = await browser.newPage({ viewport: view });
  let asked = 0;
  page.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      if (payload.toString().includes('"statements.page"')) asked++;
    }),
  );
  await countCommits(page);
  await page.goto(url);
  return { page, requests: async () => asked };
}

/** Opens the list anew, so that nothing is kept of what was looked at before, and shows its first rows. */
async function goToStart(page: Page): Promise<void> {
  await page.reload();
  await settled(page);
  await page.locator('[data-pane="list"]').evaluate((list) => {
    list.scrollTop = 0;
  });
  await page.locator('[data-index="0"]:not([aria-busy])').waitFor();
}

/** Waits until no row is awaited. */
async function settled(page: Page): Promise<void> {
  await page.locator("[data-index]").first().waitFor();
  await page.waitForFunction(() => document.querySelector("[data-index][aria-busy]") === null, undefined, { timeout: 10_000 });
}

function scrollTable(reports: readonly Scrolled[]): string {
  const header = [
    "scrolling",
    "arriving/s",
    "frames",
    "frame ms",
    "p95 ms",
    "work ms",
    "commits",
    "rows",
    "requests",
    "pictures",
    "blank",
    "blank ms",
  ];
  const rows = reports.map((report) => [
    report.how,
    String(report.arrivals),
    String(report.frames),
    report.median.toFixed(1),
    report.p95.toFixed(1),
    report.work.toFixed(1),
    report.commits.toFixed(2),
    report.rows.toFixed(1),
    String(report.requests),
    String(report.pictures),
    String(report.blank),
    report.longestBlankMs.toFixed(0),
  ]);
  return table(header, rows);
}
