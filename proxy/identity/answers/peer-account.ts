/** Which account runs the program at the other end of a connection within this machine. */
import { readFileSync } from "node:fs";
import { isIPv4, type Socket } from "node:net";
import { endianness } from "node:os";

/** The kernel's tables of TCP sockets (proc_net_tcp(5)); a program may reach IPv4 addresses with a socket of IPv6. */
const tables = ["/proc/net/tcp", "/proc/net/tcp6"] as const;
/** Columns of a table: the socket's own address, its peer's, its account, and its inode, which is 0 once nobody holds it. */
const column = { local: 1, remote: 2, account: 7, inode: 9 } as const;
/** A table that changes while it is read can leave a socket out. */
const readings = 5;

const known = new WeakMap<Socket, number | null>();

/**
 * The user id, which Linux tells; `null` where nobody does, as on macOS and Windows without programs of their own. `socket` is ours,
 * accepted on 127.0.0.1: nothing of ours listens on ::1.
 */
export function peerAccount(socket: Socket): number | null {
  const before = known.get(socket);
  if (before !== undefined) return before;
  const account = lookUp(socket);
  known.set(socket, account);
  return account;
}

function lookUp({ remoteAddress, remotePort, localAddress, localPort }: Socket): number | null {
  if (process.platform !== "linux" || remotePort === undefined || localPort === undefined) return null;
  if (!isIPv4(remoteAddress ?? "") || !isIPv4(localAddress ?? "")) return null;
  const theirs = inTable(remoteAddress ?? "", remotePort);
  const ours = inTable(localAddress ?? "", localPort);
  try {
    for (let reading = 0; reading < readings; reading += 1) {
      for (const table of tables) {
        const account = accountIn(readFileSync(table, "latin1"), theirs, ours);
        if (account !== null) return account;
      }
    }
  } catch {
    // Without these tables nobody tells.
  }
  return null;
}

/** In the table of IPv6 these are the ends of addresses (::ffff:127.0.0.1). */
function accountIn(table: string, theirs: string, ours: string): number | null {
  for (const line of table.split("\n")) {
    if (!line.includes(theirs)) continue;
    const columns = line.trim().split(/\s+/);
    if (columns[column.local]?.endsWith(theirs) !== true || columns[column.remote]?.endsWith(ours) !== true) continue;
    if (columns[column.inode] !== "0") return Number(columns[column.account]);
  }
  return null;
}

/** `0100007F:B15B`: the address as the machine holds it, then the port. */
function inTable(address: string, port: number): string {
  const bytes = address.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"));
  const word = (endianness() === "LE" ? bytes.toReversed() : bytes).join("");
  return `${word}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
}
