import { describe, expect, it } from "vitest";
import { keptSeeds, withSeed } from "../../support/fuzzing.ts";

describe("a fuzz test", () => {
  it("does the same with the same seed", async () => {
    const numbers = (seed: number): number[] => withSeed(seed, (random) => [random.below(1000), random.below(1000), random.below(1000)]);
    expect(numbers(7)).toEqual(numbers(7));
    expect(numbers(8)).not.toEqual(numbers(7));
  });

  it("says with which seed it failed, at once or later", async () => {
    const fail = (): never => {
      throw new Error("out of bounds");
    };
    expect(() => withSeed(7, fail)).toThrow("STENOGRAPH_FUZZ_SEED=7 fails: out of bounds");
    await expect(withSeed(9, async () => fail())).rejects.toThrow("STENOGRAPH_FUZZ_SEED=9 fails: out of bounds");
  });

  it("keeps seeds for both kinds of bytes", () => {
    for (const kind of ["decoders", "live"] as const) expect(keptSeeds(kind).every((seed) => Number.isSafeInteger(seed))).toBe(true);
  });
});
