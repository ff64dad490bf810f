import { describe, expect, it } from "vitest";
import { parseOptions } from "../../../support/runner/options.ts";

const known = ["unit", "e2e"];

describe("the options of a test run", () => {
  it("are all stages, and missing parts only reported, where none are given", () => {
    expect(parseOptions([], {}, known)).toEqual({ quick: false, requireAll: false, stages: [] });
  });

  it("require all parts with --require-all or in continuous integration", () => {
    expect(parseOptions(["--require-all"], {}, known)).toMatchObject({ requireAll: true });
    expect(parseOptions([], { CI: "true" }, known)).toMatchObject({ requireAll: true });
  });

  it("take several stages", () => {
    expect(parseOptions(["--stage", "unit", "--stage", "e2e"], {}, known)).toMatchObject({ stages: ["unit", "e2e"] });
  });

  it("refuse a stage that does not exist, and name those that do", () => {
    expect(parseOptions(["--stage", "lunch"], {}, known)).toEqual({ wrong: "There is no stage named lunch. The stages are: unit, e2e." });
  });

  it("refuse an option that does not exist", () => {
    expect(parseOptions(["--fast"], {}, known)).toHaveProperty("wrong", expect.stringContaining("--fast"));
  });
});
