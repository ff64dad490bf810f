/** The program under test, as its users run it: a child process, its command line, its standard output. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Outcome, Parameter } from "../../proxy/model/statement.ts";
import type { Value } from "../../proxy/model/value.ts";

const main = fileURLToPath(new URL("../../proxy/main.ts", import.meta.url));
const startsWithinMs = 50_000;

/** A line of `sessions --json`. */
export interface SessionLine {
  readonly id: string;
  readonly connection: string;
  readonly actor: { readonly name: string; readonly authenticated: boolean };
  readonly account: string | null;
  readonly accounts: readonly (string | null)[];
  readonly client: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly closeCause: string | null;
  readonly statements: number;
  readonly upstreamVersion: string | null;
  readonly tls: { readonly client: unknown; readonly upstream: unknown };
}

/** A line of `statements --json`; `results` with `--rows`. */
export interface StatementLine {
  readonly session: string;
  readonly seq: number;
  readonly at: string;
  readonly command: string;
  readonly sql: string | null;
  readonly params: readonly Parameter[] | null;
  readonly outcome: Outcome;
  readonly rows: number | null;
  readonly affected: number | null;
  readonly errno: number | null;
  readonly sqlstate: string | null;
  readonly message: string | null;
  readonly durationUs: number | null;
  readonly firstByteUs: number | null;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly partial: boolean;
  readonly redacted: number;
  readonly results?: readonly {
    readonly columns: readonly { readonly name: string; readonly type: string; readonly orgTable: string }[];
    readonly rows: readonly (readonly Value[])[];
  }[];
}

/** How a command ended. */
export interface CommandRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

/** A running `record` (or `serve`), after its first line on standard output. It is killed at the end of an `await using` block. */
export interface RunningStenograph extends AsyncDisposable {
  /** The first line: `{"event":"listening","address":…,"port":…}` for `record`. */
  readonly first: { readonly event: string; readonly address: string; readonly port: number };
  readonly child: ChildProcess;
  /** What it has written to standard error so far. */
  stderr(): string;
  /** Sends `signal` (SIGTERM unless told) where it still runs, and waits for its end. */
  end(signal?: NodeJS.Signals): Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>;
}

/** A directory for recordings and settings that is removed at the end of a `using` block, or of the process. */
export function temporaryDirectory(): { readonly path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), "stenograph-test-"));
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  process.once("exit", remove);
  return {
    path,
    [Symbol.dispose]: () => {
      process.off("exit", remove);
      remove();
    },
  };
}

/** Starts a command that goes on, and waits for its first line; throws with its standard error where none comes. */
export async function startStenograph(args: readonly string[], environment: Record<string, string> = {}): Promise<RunningStenograph> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...environment } });
  const ended = once(child, "exit").then(([exitCode, signal]) => ({ exitCode, signal }));
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  const end: RunningStenograph["end"] = (signal = "SIGTERM") => {
    child.kill(signal);
    return ended;
  };
  // However the test run ends, its children end with it.
  const killWithRun = (): boolean => child.kill("SIGKILL");
  process.once("exit", killWithRun);
  void ended.then(() => process.off("exit", killWithRun));

  const line = await firstLine(child, ended);
  if (line === null) {
    await end("SIGKILL");
    throw new Error(`stenograph ${args[0]} did not say that it is ready.\n${stderr}`);
  }
  const dispose = async (): Promise<void> => void (await end("SIGKILL"));
  return { first: JSON.parse(line) as RunningStenograph["first"], child, stderr: () => stderr, end, [Symbol.asyncDispose]: dispose };
}

/** The first line of standard output; `null` where the process ends, or the time is up, before there is one. */
async function firstLine(child: ChildProcess, ended: Promise<unknown>): Promise<string | null> {
  if (child.stdout === null) return null;
  const lines = createInterface({ input: child.stdout });
  const timeout = AbortSignal.timeout(startsWithinMs);
  const line = once(lines, "line", { signal: timeout }).then(
    ([text]) => String(text),
    () => null,
  );
  return Promise.race([line, ended.then(() => null)]);
}

/** Starts `record` on a free port of 127.0.0.1 towards `upstream`; `args` are added. */
export function startRecorder(
  options: { readonly data: string; readonly upstream: string; readonly auth: "passthrough" | "mapped" },
  args: readonly string[] = [],
  environment: Record<string, string> = {},
): Promise<RunningStenograph> {
  const { data, upstream, auth } = options;
  const fixed = ["--data", data, "--listen", "127.0.0.1:0", "--upstream", upstream, "--auth", auth, "--identity", "os-user"];
  return startStenograph(["record", ...fixed, ...args], environment);
}

/** Runs a command to its end (within two minutes). */
export async function runStenograph(args: readonly string[], environment: Record<string, string> = {}): Promise<CommandRun> {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
    timeout: 120_000,
    killSignal: "SIGKILL",
  });
  const [stdout, stderr] = [[] as Buffer[], [] as Buffer[]];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  const [exitCode] = (await once(child, "close")) as [number | null];
  return { stdout: Buffer.concat(stdout).toString("utf8"), stderr: Buffer.concat(stderr).toString("utf8"), exitCode };
}

/** What `sessions --json` prints, parsed. */
export async function listSessions(data: string): Promise<SessionLine[]> {
  return jsonLines<SessionLine>(["sessions", "--data", data, "--json"]);
}

/** What `statements --json` prints, parsed; `args` may be a session, `--rows`, `--filter EXPR`. */
export async function listStatements(data: string, args: readonly string[] = []): Promise<StatementLine[]> {
  return jsonLines<StatementLine>(["statements", "--data", data, ...args, "--json"]);
}

async function jsonLines<T>(args: readonly string[]): Promise<T[]> {
  const run = await runStenograph(args);
  if (run.exitCode !== 0) throw new Error(`stenograph ${args.join(" ")} ended with ${run.exitCode}.\n${run.stderr}`);
  const lines = run.stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as T);
}
