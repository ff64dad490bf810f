import { describe, expect, it } from "vitest";
import { parseOptions } from "../../bench/options.ts";

describe("the options of a benchmark", () => {
  it("measure the relay where nothing is said", () => {
    expect(parseOptions([])).toMatchObject({ bench: "relay", seconds: 5, rounds: 3 });
  });

  it("take a benchmark's name and shorter runs", () => {
    expect(parseOptions(["library", "--seconds", "1", "--statements", "1000"])).toMatchObject({
      bench: "library",
      seconds: 1,
      statements: 1000,
    });
  });

  it.each([["--seconds", "0"], ["--rounds", "many"], ["lunch"], ["relay", "library"], ["--fast"]])("refuse %s %s", (...args) => {
    expect(parseOptions(args.filter((arg) => arg !== undefined))).toHaveProperty("wrong");
  });
});
