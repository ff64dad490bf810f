import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { PartName } from "../../../support/parts/parts.ts";
import type { RunOptions } from "../../../support/runner/options.ts";
import { runAll } from "../../../support/runner/run-all.ts";
import type { Counting, Stage } from "../../../support/runner/stages.ts";

/** A stage that runs a little program under this Node; `report` there is the path of its report. */
function stage(name: string, program: string, more: Partial<Stage> = {}): Stage {
  const code = `const report = process.argv[1]; const { writeFileSync } = require("node:fs"); ${program}`;
  const args = ["-e", code, "{report}"];
  return { name, program: process.execPath, args, counting: "exit-code", limitMinutes: 1, quick: false, needs: [], ...more };
}

const report = (counting: Counting, passed: number, failed: number): string =>
  counting === "vitest"
    ? `writeFileSync(report, JSON.stringify({ numPassedTests: ${passed}, numFailedTests: ${failed}, numPendingTests: 1, numTodoTests: 0, testResults: [] }));`
    : `writeFileSync(report, JSON.stringify({ stats: { expected: ${passed}, unexpected: ${failed}, flaky: 0, skipped: 0 }, errors: [] }));`;

interface Outcome {
  readonly exitCode: number;
  readonly lines: readonly string[];
}

async function run(
  stages: readonly Stage[],
  options: Partial<RunOptions> = {},
  missing: readonly PartName[] = [],
  signal = new AbortController().signal,
): Promise<Outcome> {
  let text = "";
  const exitCode = await runAll({
    options: { quick: false, requireAll: false, stages: [], ...options },
    stages,
    bringParts: () => undefined,
    isThere: (part) => !missing.includes(part),
    write: (more) => {
      text += more;
    },
    signal,
  });
  return { exitCode, lines: text.trimEnd().split("\n") };
}

describe("a test run", () => {
  it("passes, and says so alone on its last line, where every stage does", async () => {
    const { exitCode, lines } = await run([stage("types", ""), stage("unit", report("vitest", 12, 0), { counting: "vitest" })]);
    expect(lines.at(-1)).toBe("13 passed, 0 failed");
    expect(exitCode).toBe(0);
  });

  it("adds up the tests of all reports and goes on after a failure", async () => {
    const { exitCode, lines } = await run([
      stage("unit", `${report("vitest", 5, 2)} process.exitCode = 1;`, { counting: "vitest" }),
      stage("e2e", report("playwright", 3, 0), { counting: "playwright" }),
    ]);
    expect(lines.filter((line) => /^(unit|e2e)/.test(line)).map((line) => line.trim().split(/\s+/).slice(0, 4))).toEqual([
      ["unit", "5", "2", "1"],
      ["e2e", "3", "0", "0"],
    ]);
    expect(lines.at(-1)).toBe("8 passed, 2 failed");
    expect(exitCode).toBe(1);
  });

  it("fails where a stage ends with an error though its report shows none", async () => {
    const { exitCode, lines } = await run([stage("unit", `${report("vitest", 5, 0)} process.exitCode = 1;`, { counting: "vitest" })]);
    expect(lines.at(-1)).toBe("5 passed, 1 failed");
    expect(exitCode).toBe(1);
  });

  it("names what failed behind the table, and files that could not be run", async () => {
    const testResults = [
      { name: "a.test.ts", status: "passed", message: "", assertionResults: [] },
      {
        name: "b.test.ts",
        status: "failed",
        message: "",
        assertionResults: [{ fullName: "b holds", status: "failed", failureMessages: ["Error: it does not\n    at b"] }],
      },
      { name: "c.test.ts", status: "failed", message: "no such file", assertionResults: [] },
    ];
    const whole = { numPassedTests: 3, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0, testResults };
    const program = `writeFileSync(report, ${JSON.stringify(JSON.stringify(whole))}); process.exitCode = 1;`;
    const { lines } = await run([stage("unit", program, { counting: "vitest" })]);
    const first = lines.findIndex((line) => line.startsWith("failed: "));
    expect(lines.slice(first, -2)).toEqual([
      "failed: b.test.ts > b holds",
      "    Error: it does not",
      "        at b",
      "failed: c.test.ts",
      "    no such file",
    ]);
    expect(lines.at(-1)).toBe("3 passed, 2 failed");
  });

  it("fails where a stage writes no report", async () => {
    expect((await run([stage("unit", "", { counting: "vitest" })])).lines.at(-1)).toBe("0 passed, 1 failed");
  });

  it("fails with a sentence where a stage does not start", async () => {
    const { exitCode, lines } = await run([{ ...stage("types", ""), program: "no-such-program" }]);
    expect(lines).toContainEqual(expect.stringContaining("types did not start"));
    expect(exitCode).toBe(1);
  });

  it("fails where no stage was chosen", async () => {
    expect((await run([])).exitCode).toBe(1);
  });
});

describe("a stage that hangs", () => {
  const directories: string[] = [];
  afterEach(() => {
    for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
  });

  it("is ended, with what it started, when its time is up", async () => {
    const directory = mkdtempSync(join(tmpdir(), "stenograph-hang-"));
    directories.push(directory);
    // The grandchild keeps a connection open; its end is seen there, without asking for process ids.
    const path = join(directory, "alive.sock");
    const server = createServer().listen(path);
    const connected = once(server, "connection");
    const grandchild = `require("node:net").connect(${JSON.stringify(path)}); setInterval(() => {}, 1000);`;
    const program = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(grandchild)}]); setInterval(() => {}, 1000);`;
    const running = run([stage("faults", program, { limitMinutes: 3 / 60 })]);
    const [socket] = await connected;
    const ended = once(socket.on("error", () => undefined).resume(), "close");
    const { exitCode, lines } = await running;
    await ended;
    server.close();
    expect(lines).toContainEqual("faults was ended because it took longer than 3 seconds.");
    expect(exitCode).toBe(1);
  });

  it("is ended when the run is told to stop, and the stages after it do not run", async () => {
    const stopping = new AbortController();
    const running = run([stage("unit", "setInterval(() => {}, 1000);"), stage("e2e", "")], {}, [], stopping.signal);
    stopping.abort();
    const { exitCode, lines } = await running;
    expect(lines.some((line) => line.startsWith("e2e"))).toBe(false);
    expect(exitCode).toBe(1);
  });
});

describe("a part that is missing", () => {
  const needing = stage("e2e", "", { needs: ["chromium"] });

  it("is told in one line with how to get it, and its stage does not run", async () => {
    const { exitCode, lines } = await run([stage("types", ""), needing], {}, ["chromium"]);
    expect(lines).toContainEqual(expect.stringMatching(/^not tested: Chromium is missing, so .* To get it: .*apt-get install chromium/));
    expect(lines.some((line) => line.startsWith("e2e"))).toBe(false);
    expect([lines.at(-1), exitCode]).toEqual(["1 passed, 0 failed", 0]);
  });

  it("is a failure where all parts are required", async () => {
    const { exitCode, lines } = await run([stage("types", ""), needing], { requireAll: true }, ["chromium", "mysql"]);
    expect([lines.at(-1), exitCode]).toEqual(["1 passed, 2 failed", 1]);
  });

  it("does not concern a quick run", async () => {
    const { exitCode, lines } = await run([stage("types", "", { quick: true }), needing], { quick: true, requireAll: true }, ["chromium"]);
    expect([lines.at(-1), exitCode]).toEqual(["1 passed, 0 failed", 0]);
  });
});
