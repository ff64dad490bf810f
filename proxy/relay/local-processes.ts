/**
 * Which process of this machine is at the other end of a client's socket, as Linux tells under /proc: the socket's number is in
 * /proc/net/tcp, and the process has a descriptor of that number. Other systems do not tell without a program of their own.
 * https://man7.org/linux/man-pages/man5/proc_net.5.html
 */
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync, statSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import type { ClientProcess } from "../model/session.ts";
import type { TcpAddress } from "../protocol/proxy-header.ts";
import { procAddress } from "./proc-address.ts";

/** A client's connection, from where it was made to where it was accepted. */
export interface SocketEnds {
  readonly client: TcpAddress;
  readonly listener: TcpAddress;
}

/** Looking through all processes of a busy machine is given up after this time. */
const usualLongestMs = 200;
/** Many short connections must not keep the machine busy: it looks for so much of the time, and for so many milliseconds on end. */
const share = { ofTime: 0.1, onEndMs: 200 } as const;
/** A process with more descriptors is not looked at. */
const mostDescriptors = 4096;
/** Lookups that may wait for the one under way. */
const mostWaiting = 16;
/** Processes whose clients were found are looked at first: most clients come again. */
const mostRemembered = 32;

/** What is read of a table at once. */
const pageBytes = 64 * 1024;

const tables = ["/proc/net/tcp", "/proc/net/tcp6"] as const;

export class LocalProcesses {
  private readonly longestMs: number;
  private readonly now: () => number;
  private last: Promise<unknown> = Promise.resolve();
  /** Milliseconds that may be spent on looking, as of `budgetAt`. */
  private budgetMs: number = share.onEndMs;
  private budgetAt: number;
  private waiting = 0;
  private remembered: number[] = [];

  /** `now`: milliseconds of a clock that only goes on. */
  constructor(longestMs = usualLongestMs, now = () => performance.now()) {
    this.longestMs = longestMs;
    this.now = now;
    this.budgetAt = now();
  }

  /** `null` where the system does not tell, or not soon. One at a time, and in small steps: nothing waits for it long. */
  find(ends: SocketEnds): Promise<ClientProcess | null> {
    if (process.platform !== "linux" || this.waiting >= mostWaiting) return Promise.resolve(null);
    this.waiting += 1;
    const found = this.last
      .then(() => this.look(ends))
      .catch(() => null)
      .finally(() => {
        this.waiting -= 1;
      });
    this.last = found;
    return found;
  }

  private async look(ends: SocketEnds): Promise<ClientProcess | null> {
    const began = this.now();
    this.budgetMs = Math.min(this.budgetMs + share.ofTime * (began - this.budgetAt), share.onEndMs);
    this.budgetAt = began;
    if (this.budgetMs <= 0) return null;
    try {
      const socket = await socketNumber(ends);
      if (socket === null) return null;
      const pid = this.remembered.find((one) => hasSocket(one, socket)) ?? (await this.searched(socket, began + this.longestMs));
      if (pid === null) return null;
      this.remembered = [pid, ...this.remembered.filter((one) => one !== pid)].slice(0, mostRemembered);
      return described(pid);
    } finally {
      this.budgetMs -= this.now() - began;
    }
  }

  private async searched(socket: string, until: number): Promise<number | null> {
    for (const pid of newestFirst()) {
      if (hasSocket(pid, socket)) return pid;
      if (this.now() > until) return null;
      await turn();
    }
    return null;
  }
}

/** Number (inode) of the client's socket. A client may have made it for IPv6 and use it for IPv4. */
async function socketNumber({ client, listener }: SocketEnds): Promise<string | null> {
  for (const [index, file] of tables.entries()) {
    const [from, to] = [procAddress(client, index === 1), procAddress(listener, index === 1)];
    const number = from === null || to === null ? null : await numberIn(file, ` ${from} ${to} `);
    if (number !== null) return number;
  }
  return null;
}

/**
 * The number in a table's line of a connection. The system makes the table while it is read, a page at a time, which takes it some
 * milliseconds in all however few connections there are: so the rest is not read where the line is found.
 */
async function numberIn(file: string, connection: string): Promise<string | null> {
  const page = Buffer.allocUnsafe(pageBytes);
  const table = openSync(file, "r");
  try {
    for (let lines = "", read = readSync(table, page); read > 0; read = readSync(table, page)) {
      lines = lines.slice(lines.lastIndexOf("\n") + 1) + page.toString("latin1", 0, read);
      const at = lines.indexOf(connection);
      const end = lines.indexOf("\n", at);
      if (at >= 0 && end >= 0) return numberOf(lines.slice(at + 1, end));
      await turn();
    }
    return null;
  } finally {
    closeSync(table);
  }
}

/** `line`: local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode; a socket that is closed has no number. */
function numberOf(line: string): string | null {
  const number = line.split(/\s+/)[8];
  return number === undefined || number === "0" ? null : number;
}

function newestFirst(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((one, other) => other - one);
}

function hasSocket(pid: number, socket: string): boolean {
  const folder = `/proc/${pid}/fd`;
  try {
    const descriptors = readdirSync(folder);
    return descriptors.length <= mostDescriptors && descriptors.some((name) => linkAt(`${folder}/${name}`) === `socket:[${socket}]`);
  } catch {
    // It has ended, or is somebody else's.
    return false;
  }
}

function described(pid: number): ClientProcess {
  const { uid } = statSync(`/proc/${pid}`);
  const program = linkAt(`/proc/${pid}/exe`) ?? readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  return { pid, program, user: userName(uid) };
}

function linkAt(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/** The name that this machine's own list has for it. */
function userName(uid: number): string {
  const users = readFileSync("/etc/passwd", "utf8").split("\n");
  return users.map((line) => line.split(":")).find((fields) => fields[2] === String(uid))?.[0] ?? `uid-${uid}`;
}
