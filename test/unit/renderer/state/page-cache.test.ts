import { describe, expect, it } from "vitest";
import { PageCache } from "../../../../renderer/state/page-cache.ts";

describe("the page cache", () => {
  it("knows what it was given and nothing else", () => {
    const cache = new PageCache<string>(10, 3);
    cache.put(25, "x");
    expect(cache.get(25)).toBe("x");
    expect(cache.get(24)).toBeUndefined();
    expect(cache.has(25, 26)).toBe(true);
    expect(cache.has(24, 26)).toBe(false);
  });

  it("forgets the page that was used longest ago", () => {
    const cache = new PageCache<number>(10, 2);
    cache.put(0, 0);
    cache.put(10, 10);
    cache.get(0);
    cache.put(20, 20);
    expect([cache.get(0), cache.get(10), cache.get(20)]).toEqual([0, undefined, 20]);
  });
});
