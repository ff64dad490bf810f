/** The command line as a child process of which everything is kept: what it prints, and what it starts. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { BrowserClient } from "../browser-client.ts";
import type { Canary } from "./canary.ts";
import { filesBelow, type Place, startedBy, textPlace } from "./places.ts";

const program = fileURLToPath(new URL("../../fixtures/stenograph-with-crashing-relay.ts", import.meta.url));

/** Stands in for what opens addresses in the system's browser: writes down what it was started with. */
const opener = `#!/bin/sh
{ printf '%s\\n' "$@"; env; } > "$OPENED/$$"
`;

/** A browser that was let in, and the address that let it in. */
export interface ObservedBrowser {
  readonly client: BrowserClient;
  readonly cookie: string;
}

/** A home of its own for what is under observation: all its files, and those that it leaves in the temporary directory. */
export class ObservedHome {
  readonly path: string;
  readonly data: string;
  /** Secrets that were made on the way: tokens and cookies of browsers. */
  readonly made: Canary[] = [];
  readonly #programs: ObservedProgram[] = [];
  readonly #browsers: BrowserClient[] = [];
  readonly #seen: Place[] = [];

  constructor(path: string) {
    this.path = path;
    this.data = join(path, "data");
    for (const folder of ["data", "tmp", "programs", "opened"]) mkdirSync(join(path, folder), { mode: 0o700 });
    const xdgOpen = join(path, "programs", "xdg-open");
    writeFileSync(xdgOpen, opener);
    chmodSync(xdgOpen, 0o755);
  }

  start(args: readonly string[], environment: Readonly<Record<string, string>>): ObservedProgram {
    const { STENOGRAPH_KEYCHAIN: _, ...inherited } = process.env;
    const at = (folder: string): string => join(this.path, folder);
    const env = {
      ...inherited,
      ...{ HOME: this.path, TMPDIR: at("tmp"), OPENED: at("opened"), PATH: `${at("programs")}:${process.env.PATH}` },
      // A display, so that a browser is opened; a bus that is not there, so that the keychain is asked in vain.
      ...{ DISPLAY: ":99", DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent" },
      ...environment,
    };
    const started = new ObservedProgram(args, env);
    this.#programs.push(started);
    return started;
  }

  /** Lets a browser in at the newest address, looks at some pages, and keeps every message that it gets. */
  async browse(serving: ObservedProgram): Promise<ObservedBrowser> {
    const url = [...serving.stderr.matchAll(/http:\/\/\S+\?token=\S+/g)].at(-1)?.[0] ?? "";
    const { origin, searchParams } = new URL(url);
    const token = searchParams.get("token") ?? "";
    const cookie = await BrowserClient.letIn(url);
    this.made.push({ of: "the one-time token", text: token, password: false });
    this.made.push({ of: "the browser's cookie", text: cookie.slice(cookie.indexOf("=") + 1), password: false });
    for (const path of ["/", "/nowhere", `/?token=${token}`]) {
      const page = await fetch(`${origin}${path}`, { headers: { cookie, accept: "text/html" }, redirect: "manual" });
      this.see(`page ${path}`, `${JSON.stringify([...page.headers])}${await page.text()}`);
    }
    const client = await BrowserClient.connect(url, cookie);
    this.#browsers.push(client);
    return { client, cookie };
  }

  /** Keeps what was seen somewhere else. */
  see(name: string, text: string): void {
    this.#seen.push(textPlace(name, text));
  }

  /** Keeps what all files hold at this moment. */
  seeFiles(): void {
    this.#seen.push(...filesBelow(this.path).map(({ name, content }) => ({ name: `while it runs: ${name}`, content })));
  }

  /** All that there is to see now: files, lines, and what was started with what. */
  places(): Place[] {
    const files = existsSync(this.path) ? filesBelow(this.path) : [];
    const answers = this.#browsers.flatMap(({ received }) => received.map((text) => textPlace("message to a browser", text)));
    return [...files, ...this.#seen, ...answers, ...this.#programs.flatMap((each) => each.places())];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#programs.map((each) => each.end("SIGKILL")));
  }
}

export class ObservedProgram {
  readonly child: ChildProcess;
  readonly #name: string;
  readonly #printed = { stdout: "", stderr: "" };
  readonly #started = new Map<string, Place>();
  readonly #looking: NodeJS.Timeout;
  readonly #ended: Promise<number | null>;

  constructor(args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#name = args[0] ?? "";
    this.child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"], env });
    for (const stream of ["stdout", "stderr"] as const) {
      this.child[stream]?.setEncoding("utf8").on("data", (text: string) => {
        this.#printed[stream] += text;
      });
    }
    this.#looking = setInterval(() => this.#look(), 20);
    this.#ended = once(this.child, "close").then(([code]) => {
      clearInterval(this.#looking);
      return code as number | null;
    });
  }

  get stdout(): string {
    return this.#printed.stdout;
  }

  get stderr(): string {
    return this.#printed.stderr;
  }

  /** Waits until it has printed something, to its standard error unless told. */
  async printed(wanted: RegExp, stream: "stdout" | "stderr" = "stderr"): Promise<RegExpExecArray> {
    return vi.waitFor(
      () => {
        const found = wanted.exec(this.#printed[stream]);
        if (found === null) throw new Error(`${this.#name} printed nothing like ${wanted}:\n${this.stdout}${this.stderr}`);
        return found;
      },
      { timeout: 30_000, interval: 50 },
    );
  }

  /** What it exits with. */
  ended(): Promise<number | null> {
    return this.#ended;
  }

  end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    this.child.kill(signal);
    return this.#ended;
  }

  places(): Place[] {
    return [
      textPlace(`${this.#name}: standard output`, this.stdout),
      textPlace(`${this.#name}: standard error`, this.stderr),
      ...this.#started.values(),
    ];
  }

  #look(): void {
    if (this.child.pid === undefined) return;
    for (const { name, content } of startedBy(this.child.pid)) {
      this.#started.set(content.toString("latin1"), { name: `${this.#name}: ${name} that it started`, content });
    }
  }
}
