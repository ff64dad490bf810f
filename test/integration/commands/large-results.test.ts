import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RecordedSession } from "../../support/library/recorded-session.ts";
import { runStenograph, temporaryDirectory } from "../../support/stenograph.ts";

const start = Date.UTC(2026, 0, 31, 9) * 1000;
const rows = Array.from({ length: 100 }, (_, row) => String(row % 10).repeat(1024 * 1024));

/** A heap in which neither the rows nor their line has room. */
const smallHeap = { NODE_OPTIONS: "--max-old-space-size=60" };

const data = temporaryDirectory();
afterAll(() => data[Symbol.dispose]());

beforeAll(() => {
  new RecordedSession(data.path, start)
    .query("DO 1", start)
    .query("SELECT large", start + 1000, { rows })
    .query("SELECT small", start + 2000, { rows: ["last"] })
    .close();
});

it("a result that is larger than the memory for it is printed with all its rows", async () => {
  const { stdout, stderr, exitCode } = await runStenograph(["statements", "--data", data.path, "--json", "--rows"], smallHeap);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { sql: string; rows: number | null; results: { rows: string[][] }[] });
  expect(lines.map(({ sql, rows: count }) => [sql, count])).toEqual([
    ["DO 1", null],
    ["SELECT large", 100],
    ["SELECT small", 1],
  ]);
  expect(lines[1]?.results[0]?.rows.every(([value], row) => value === rows[row])).toBe(true);
  expect([lines[0]?.results, lines[2]?.results[0]?.rows]).toEqual([[], [["last"]]]);
});

it("a reader that has seen enough of it ends the program without a complaint", async () => {
  const main = fileURLToPath(new URL("../../../proxy/main.ts", import.meta.url));
  const program = spawn(process.execPath, [main, "statements", "--data", data.path, "--json", "--rows"], {
    env: { ...process.env, ...smallHeap },
  });
  let stderr = "";
  program.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  await once(program.stdout, "data");
  program.stdout.destroy();
  expect(await once(program, "close")).toEqual([0, null]);
  expect(stderr).toBe("");
});
