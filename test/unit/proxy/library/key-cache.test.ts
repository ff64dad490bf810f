import { expect, it } from "vitest";
import { KeyCache } from "../../../../proxy/library/key-cache.ts";

const known = (cache: KeyCache, texts: readonly string[]): readonly string[] => texts.filter((text) => cache.get(text) !== undefined);
const texts = (count: number, length = 1): string[] => Array.from({ length: count }, (_, index) => String(index).padStart(length, " "));

it("remembers the last texts up to its number, whichever were looked up between", () => {
  const cache = new KeyCache({ texts: 10, characters: 1000 });
  const all = texts(100);
  for (const [key, text] of all.entries()) {
    cache.set(text, key);
    expect(cache.get("0")).toBe(0);
  }
  const kept = known(cache, all);
  expect(kept.length).toBeGreaterThan(4);
  expect(kept.length).toBeLessThanOrEqual(10);
  expect(kept).toContain("99");
});

it("remembers no more characters than it may, however few texts that are", () => {
  const cache = new KeyCache({ texts: 1000, characters: 1000 });
  const all = texts(100, 100);
  for (const [key, text] of all.entries()) cache.set(text, key);
  const kept = known(cache, all);
  expect(kept).toContain(all.at(-1));
  expect(kept.length).toBeGreaterThan(4);
  expect(kept.join("").length).toBeLessThanOrEqual(1000);
});

it("does not remember a text that would take all of its room, and forgets nothing for it", () => {
  const cache = new KeyCache({ texts: 10, characters: 1000 });
  cache.set("short", 1);
  for (const text of texts(10, 501)) cache.set(text, 2);
  expect(cache.get("short")).toBe(1);
  expect(known(cache, texts(10, 501))).toEqual([]);
});

it("forgets all when it is cleared", () => {
  const cache = new KeyCache({ texts: 10, characters: 1000 });
  cache.set("a", 1);
  cache.clear();
  expect(cache.get("a")).toBeUndefined();
});
