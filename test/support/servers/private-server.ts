import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { type Account, accounts } from "./accounts.ts";

/** Where a test server is and how to sign in. Plain values, so that they can be handed to test workers. */
export interface ServerAddress {
  readonly kind: "mariadb" | "mysql";
  /** `VERSION()` as the server says it. */
  readonly version: string;
  readonly host: "127.0.0.1";
  readonly port: number;
  /** PEM file of the authority that signed the server's certificate (for `localhost` and 127.0.0.1). */
  readonly caFile: string;
  /** The one directory that the server may read and write files in (`LOAD DATA INFILE`, `INTO OUTFILE`). */
  readonly filesDirectory: string;
  readonly root: Account;
  readonly app: Account;
  readonly nopw: Account;
}

/** A server that this process started. `stop` ends it and removes its directory; it is safe to call twice. */
export interface PrivateServer {
  readonly address: ServerAddress;
  /** The server's own process, for tests that stop or kill it. */
  readonly pid: number;
  stop(): Promise<void>;
}

export interface ServerCommand {
  readonly kind: ServerAddress["kind"];
  readonly directory: string;
  readonly port: number;
  readonly caFile: string;
  readonly program: string;
  readonly args: readonly string[];
}

const guard = fileURLToPath(new URL("server-guard.ts", import.meta.url));
const readyWithinMs = 120_000;

/** Starts a server under its guard and waits until the test accounts can sign in; throws with its log's end where they cannot. */
export async function launch(command: ServerCommand): Promise<PrivateServer> {
  const child = spawn(process.execPath, [guard, command.directory, command.program, ...command.args], {
    stdio: ["pipe", "ignore", "inherit"],
    detached: true,
  });
  const gone = once(child, "exit");
  child.stdin.on("error", () => undefined);
  try {
    const version = await signIn(child, command);
    return {
      address: addressOf(command, version),
      pid: Number(readFileSync(join(command.directory, "server.pid"), "utf8")),
      stop: async () => {
        child.stdin.end();
        await gone;
      },
    };
  } catch (error) {
    const log = logOf(command.directory);
    child.stdin.end();
    await gone;
    throw new Error(`The ${command.kind} test server did not start: ${error instanceof Error ? error.message : error}\n${log}`);
  }
}

function addressOf(command: ServerCommand, version: string): ServerAddress {
  const { kind, port, caFile, directory } = command;
  return { kind, version, host: "127.0.0.1", port, caFile, filesDirectory: join(directory, "files"), ...accounts };
}

/** Signs in again and again until the server is up: it says nothing of its own accord when it is. */
async function signIn(child: ChildProcess, command: ServerCommand): Promise<string> {
  const deadline = Date.now() + readyWithinMs;
  for (;;) {
    try {
      const connection = await createConnection({
        host: "127.0.0.1",
        port: command.port,
        ...accounts.app,
        ssl: { ca: readFileSync(command.caFile, "utf8"), minVersion: "TLSv1.2", verifyIdentity: false },
      });
      const [rows] = await connection.query<RowDataPacket[]>("SELECT VERSION() AS version");
      await connection.end();
      return String(rows[0]?.version);
    } catch (error) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error("it ended at once.");
      if (Date.now() > deadline) throw error;
      await delay(100);
    }
  }
}

function logOf(directory: string): string {
  const files = ["output.log", "error.log"].map((name) => join(directory, name)).filter((file) => existsSync(file));
  return files.flatMap((file) => readFileSync(file, "utf8").trimEnd().split("\n").slice(-15)).join("\n");
}
