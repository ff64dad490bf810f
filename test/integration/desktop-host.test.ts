import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
// @ts-expect-error plain JavaScript: it runs before TypeScript can
import { buildRenderer, rendererIsStale } from "../../proxy/setup/renderer-build.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const hooks = fileURLToPath(new URL("../support/electron/register-fake.ts", import.meta.url));
let directory: string;

beforeAll(() => {
  if (rendererIsStale(root)) expect(buildRenderer(root)).toBeNull();
});

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "stenograph-desktop-"));
});

afterEach(() => rmSync(directory, { recursive: true }));

/** Runs what was built, with a fake in Electron's place and a scripted person at it. */
function runDesktop(dataDirectory: string): Promise<{ seen: Record<string, unknown>; stderr: string; code: number | null }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ seen: Record<string, unknown>; stderr: string; code: number | null }>();
  const main = join(root, "out", "main", "main.js");
  const child = spawn(process.execPath, ["--import", hooks, main, "--data", dataDirectory], { stdio: "pipe", timeout: 30_000 });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.on("error", reject);
  child.on("close", (code) => resolve({ seen: stdout === "" ? {} : JSON.parse(stdout), stderr, code }));
  return promise;
}

describe("the built desktop host", () => {
  it("shows the page locked down, answers it through its port, and ends in order", async () => {
    const { seen, stderr, code } = await runDesktop(directory);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(seen).toMatchObject({
      page: { status: 200, isHtml: true },
      preferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false },
      portForOthers: false,
      info: { kind: "answer", output: { host: "desktop", dataDirectory: directory, clientCaFile: join(directory, "tls", "ca.pem") } },
      status: { kind: "answer", output: { recording: { state: "recording" } } },
      userData: join(directory, "desktop"),
      errors: [],
    });
  });

  it("says in one sentence why it cannot start, and starts nothing", async () => {
    const file = join(directory, "a-file");
    writeFileSync(file, "");
    chmodSync(file, 0o400);
    const { seen, stderr, code } = await runDesktop(file);
    expect(code).toBe(1);
    expect(seen.errors).toEqual([expect.stringMatching(/^The data directory .* cannot be used: .*\.$/)]);
    expect(stderr.trim()).toBe((seen.errors as string[])[0]);
  });
});
