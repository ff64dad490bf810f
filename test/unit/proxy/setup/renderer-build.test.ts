import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
// @ts-expect-error plain JavaScript: it runs before TypeScript can
import { rendererIsStale, showsPage } from "../../../../proxy/setup/renderer-build.mjs";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stenograph-test-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Makes a file whose time, and whose folder's, is `second`. */
function file(path: string, second: number): void {
  const whole = join(root, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, "");
  utimesSync(whole, second, second);
  for (let folder = dirname(whole); folder !== root; folder = dirname(folder)) utimesSync(folder, second, second);
}

describe("the renderer's build", () => {
  it("is needed where there is none", () => {
    expect(rendererIsStale(root)).toBe(true);
  });

  it("is not needed where it is newer than everything it is made of", () => {
    file("renderer/shell/Shell.tsx", 100);
    file("proxy/api/contract.ts", 100);
    file("out/renderer/index.html", 200);
    expect(rendererIsStale(root)).toBe(false);
  });

  it("is needed where a source is newer, however deep", () => {
    file("out/renderer/index.html", 200);
    file("renderer/shell/parts/Part.tsx", 300);
    expect(rendererIsStale(root)).toBe(true);
  });
});

it.each<[string[], boolean]>([
  [["app"], true],
  [["serve", "--data", "x"], true],
  [["demo"], true],
  [["demo", "--check"], false],
  [["serve", "--help"], false],
  [["record"], false],
  [[], false],
])("%j shows a page: %s", (args, shows) => {
  expect(showsPage(args)).toBe(shows);
});
