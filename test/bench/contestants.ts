import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Target } from "../support/clients.ts";
import { untilIdle } from "../support/process-facts.ts";
import { freePort, type ServerAddress } from "../support/servers.ts";
import { startRecorder } from "../support/stenograph.ts";

/** One way to reach the server. */
export interface Contestant {
  readonly name: "direct" | "haproxy" | "stenograph";
  readonly target: Target;
  /** Resolves once it has done what it put off, so that the next contestant has the machine to itself. */
  rest(): Promise<void>;
  stop(): Promise<void>;
}

const rest = async (): Promise<void> => undefined;

/** The server itself. */
export function direct(server: ServerAddress): Contestant {
  return { name: "direct", target: { host: server.host, port: server.port, ...server.app }, rest, stop: rest };
}

/** Whether HAProxy is on this machine; Debian keeps it in /usr/sbin. */
export function findHaproxy(): string | null {
  const which = spawnSync("sh", ["-c", 'PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v haproxy'], { encoding: "utf8" });
  return which.status === 0 ? which.stdout.trim() : null;
}

/** HAProxy in TCP mode with a configuration of its own. */
export async function haproxy(program: string, server: ServerAddress): Promise<Contestant> {
  const directory = mkdtempSync(join(tmpdir(), "stenograph-haproxy-"));
  const port = await freePort();
  const configuration = [
    "global",
    "  maxconn 2000",
    "defaults",
    "  mode tcp",
    "  timeout connect 5s",
    "  timeout client 1h",
    "  timeout server 1h",
    "listen mysql",
    `  bind 127.0.0.1:${port}`,
    `  server upstream 127.0.0.1:${server.port}`,
    "",
  ];
  const file = join(directory, "haproxy.cfg");
  writeFileSync(file, configuration.join("\n"));
  const child = spawn(program, ["-db", "-q", "-f", file], { stdio: ["ignore", "ignore", "inherit"] });
  const ended = once(child, "exit");
  process.once("exit", () => child.kill("SIGKILL"));
  await untilListening(port, child);
  return {
    name: "haproxy",
    target: { host: "127.0.0.1", port, ...server.app },
    rest,
    stop: async () => {
      child.kill("SIGKILL");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The proxy with everything recorded into `data`; TLS off on both sides, as it is for the others. */
export async function stenograph(server: ServerAddress, data: string): Promise<Contestant> {
  const upstream = `mysql://${server.host}:${server.port}`;
  const running = await startRecorder({ data, upstream, auth: "passthrough" }, ["--upstream-tls", "off", "--client-tls", "off"]);
  return {
    name: "stenograph",
    target: { host: running.first.address, port: running.first.port, ...server.app },
    rest: () => untilIdle(running.child.pid as number),
    stop: async () => {
      const { exitCode, signal } = await running.end();
      if (exitCode !== 0) throw new Error(`The proxy ended with ${exitCode ?? signal}.\n${running.stderr()}`);
    },
  };
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error("HAProxy ended at once; its reason is above.");
    const socket = connect(port, "127.0.0.1");
    const connected = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await delay(50);
  }
}
