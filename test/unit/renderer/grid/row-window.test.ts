import { describe, expect, it } from "vitest";
import { nextIndex } from "../../../../renderer/grid/next-index.ts";
import { rowHeight, rowShift, rowsPerBlock, rowWindow, scrollTopForRow } from "../../../../renderer/grid/row-window.ts";

describe("the window over a long list", () => {
  it("gives every row its own slot while the browser can draw so high an element", () => {
    const window = rowWindow(1_000_000);
    expect(window).toEqual({ total: 1_000_000, slots: 1_000_000, blocks: 100_000 });
    expect(rowShift(window, 50_000, 4)).toBe(0);
    expect(window.slots * rowHeight).toBeLessThan(33_000_000);
  });

  it("stays below the browser's limit for longer lists, and reaches the first and the last row", () => {
    const window = rowWindow(10_000_000);
    expect(window.slots * rowHeight).toBeLessThan(33_000_000);
    expect(rowShift(window, 0, 4)).toBe(0);
    const top = window.blocks - 4;
    expect(top * rowsPerBlock + rowShift(window, top, 4) + 4 * rowsPerBlock).toBe(10_000_000);
  });

  it("shows later rows the further down the view is", () => {
    const window = rowWindow(5_000, 1_000);
    const shown = Array.from({ length: 96 }, (_, block) => block * rowsPerBlock + rowShift(window, block, 4));
    expect(shown.every((row, place) => place === 0 || row > (shown[place - 1] ?? 0))).toBe(true);
  });

  it.each([0, 1, 2_500, 4_000, 4_999])("finds the place to scroll to for row %d of 5000 in 1000 slots", (row) => {
    const window = rowWindow(5_000, 1_000);
    const viewHeight = 40 * rowHeight;
    const most = 1_000 * rowHeight - viewHeight;
    const top = Math.floor(Math.min(most, scrollTopForRow(window, row, viewHeight)) / rowHeight / rowsPerBlock);
    const first = top * rowsPerBlock + rowShift(window, top, 4);
    expect(row).toBeGreaterThanOrEqual(first - 40);
    expect(row).toBeLessThan(first + 80);
  });
});

describe("keys in a list", () => {
  it.each([
    ["ArrowDown", 4, 5],
    ["j", 4, 5],
    ["ArrowUp", 4, 3],
    ["k", 0, 0],
    ["PageDown", 4, 9],
    ["PageUp", 4, 0],
    ["Home", 4, 0],
    ["End", 4, 9],
    ["ArrowDown", null, 9],
    ["ArrowUp", null, 9],
  ] as const)("%s from %s goes to %d", (key, from, to) => {
    expect(nextIndex(key, from, 10, 6)).toBe(to);
  });

  it("do nothing in an empty list, and other keys do nothing at all", () => {
    expect(nextIndex("End", null, 0, 6)).toBeNull();
    expect(nextIndex("x", 3, 10, 6)).toBeNull();
  });
});
