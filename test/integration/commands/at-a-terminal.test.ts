import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { startRecorder, temporaryDirectory } from "../../support/stenograph.ts";

const main = fileURLToPath(new URL("../../../proxy/main.ts", import.meta.url));
const upstream = "mysql://127.0.0.1:3306";

/** util-linux's `script` gives a program a terminal of its own. */
const hasScript = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;
if (!hasScript) process.stderr.write("Not tested: what record says at a terminal, because util-linux's script is missing.\n");

/** Runs a command at a terminal: what it shows, and keys for it. It is ended with the block. */
function atTerminal(...args: string[]) {
  // The shell that `script` starts becomes the program: one that stays beside it may die of the Ctrl+C that is meant for the program.
  const command = `exec ${[process.execPath, main, ...args].map((word) => `'${word}'`).join(" ")}`;
  const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], { stdio: ["pipe", "pipe", "ignore"] });
  const ended = once(child, "exit");
  let shown = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    shown += chunk.replaceAll("\r", "");
  });
  return {
    shown: () => shown,
    type: (keys: string) => child.stdin.write(keys),
    ended: async () => (await ended)[0] as number | null,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

describe("record", () => {
  it.runIf(hasScript)("tells a person where to connect, what is recorded where and how to stop, and stops so", async () => {
    using directory = temporaryDirectory();
    await using terminal = atTerminal("record", "--data", directory.path, "--listen", "127.0.0.1:0", "--upstream", upstream);
    await expect.poll(terminal.shown, { timeout: 20_000 }).toContain("Press Ctrl+C to end.");
    const [first = "", ...rest] = terminal.shown().trimEnd().split("\n");
    const { port } = JSON.parse(first) as { port: number };
    expect(rest).toEqual([
      `Clients connect to 127.0.0.1:${port} instead of 127.0.0.1:3306, with their own accounts.`,
      `Every statement and its results are recorded under ${join(directory.path, "recordings")}. Press Ctrl+C to end.`,
    ]);
    terminal.type("\u0003");
    expect(await terminal.ended()).toBe(0);
  });

  it("says nothing to who reads its output by program, but for options that have no effect", async () => {
    using directory = temporaryDirectory();
    const options = { data: directory.path, upstream, auth: "passthrough" } as const;
    await using quiet = await startRecorder(options);
    await using warned = await startRecorder(options, ["--client-user", "ada"]);
    await expect.poll(warned.stderr).toMatch(/^--client-user has no effect with --auth passthrough, .*\.\n$/);
    expect(quiet.stderr()).toBe("");
    expect(await warned.end("SIGINT")).toEqual({ exitCode: 0, signal: null });
    expect(await quiet.end("SIGINT")).toEqual({ exitCode: 0, signal: null });
  });
});
