/** Unmodified clients of MySQL and MariaDB as child processes: what they print is what a person would have seen. */
import { spawn, spawnSync } from "node:child_process";
import { mysqlIsThere, mysqlProgram } from "./servers/mysql.ts";

/** Where a client connects to and as whom. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** What a client did. `stdout` and `stderr` are its bytes as UTF-8; `stdoutBytes` are the bytes themselves. */
export interface ClientRun {
  readonly stdout: string;
  readonly stdoutBytes: Buffer;
  readonly stderr: string;
  /** `null` where a signal ended it. */
  readonly exitCode: number | null;
}

export interface ClientOptions {
  /** Written to the client's standard input, which is then closed. */
  readonly input?: string | Buffer;
  /** The client is killed after this time, in milliseconds; 120 s unless told. */
  readonly timeoutMs?: number;
}

/** A client program: `mysql` and `mysqldump` are MySQL 9.7's, `mariadb` and `mariadb-dump` are MariaDB's. */
export type Client = "mariadb" | "mariadb-dump" | "mysql" | "mysqldump";

/** Whether a client program or sysbench is on this machine. */
export function clientIsThere(client: Client | "sysbench"): boolean {
  if (client === "mysql" || client === "mysqldump") return mysqlIsThere();
  return spawnSync("sh", ["-c", 'command -v "$0"', client]).status === 0;
}

/** Runs one of the command line clients over TCP without its configuration files. */
export function runClient(client: Client, target: Target, args: readonly string[] = [], options: ClientOptions = {}): Promise<ClientRun> {
  const [program, ...loader] = client === "mysql" || client === "mysqldump" ? mysqlProgram(client) : [client];
  const address = ["--protocol=tcp", `--host=${target.host}`, `--port=${target.port}`, `--user=${target.user}`];
  // In the environment, because on the command line both clients warn about it on standard error.
  return runProgram(program, [...loader, "--no-defaults", ...address, ...args], options, { MYSQL_PWD: target.password });
}

/** Runs `sysbench SCRIPT ACTION` with MySQL's driver against the database `test`. */
export function runSysbench(
  target: Target,
  script: string,
  action: "prepare" | "run" | "cleanup",
  args: readonly string[] = [],
  options: ClientOptions = {},
): Promise<ClientRun> {
  const address = [
    `--mysql-host=${target.host}`,
    `--mysql-port=${target.port}`,
    `--mysql-user=${target.user}`,
    `--mysql-password=${target.password}`,
  ];
  return runProgram("sysbench", [script, ...address, "--mysql-db=test", ...args, action], options);
}

/** Runs any program to its end with `environment` added to this process's own. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: ClientOptions,
  environment: Record<string, string> = {},
): Promise<ClientRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      // Some clients, and Java as a whole, take the locale's character set for their own.
      env: { ...process.env, LC_ALL: "C.UTF-8", ...environment },
      timeout: options.timeoutMs ?? 120_000,
      killSignal: "SIGKILL",
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    // A client that ends before it has read its input is no failure of the test's; its exit code tells.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input);
    child.on("error", reject);
    child.on("close", (exitCode) => {
      const stdoutBytes = Buffer.concat(stdout);
      resolve({ stdout: stdoutBytes.toString("utf8"), stdoutBytes, stderr: Buffer.concat(stderr).toString("utf8"), exitCode });
    });
  });
}
