import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const run = join(import.meta.dirname, "..", "run.mjs");

describe("npm test", () => {
  it("refuses a stage that does not exist with exit code 2, and names those that do", () => {
    const { status, stderr } = spawnSync(process.execPath, [run, "--stage", "lunch"], { encoding: "utf8" });
    expect(status).toBe(2);
    expect(stderr).toContain("There is no stage named lunch. The stages are: types, lint, rules, unit, build, integration, faults, e2e.");
  });

  it("says with --help what can be asked of it", () => {
    const { status, stdout } = spawnSync(process.execPath, [run, "--help"], { encoding: "utf8" });
    expect(status).toBe(0);
    expect(stdout).toContain("--require-all");
  });
});
