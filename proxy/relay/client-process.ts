/** The process that a client of this machine is, found out while it signs in. */
import type { Socket } from "node:net";
import type { ClientProcess } from "../model/session.ts";
import type { SocketEnds } from "./local-processes.ts";
import type { QuestionLimits } from "./thread-questions.ts";

export const processLimits: QuestionLimits<ClientProcess | null> = { longestMs: 1000, mostAtOnce: 32, late: null, busy: null };

/** How long a session's beginning waits for it, where the sign-in was sooner done. */
const waitMs = 10;

/** Asks which process a client is. `soon` gives what is known when the client has signed in, or soon after. */
export function clientProcess(
  socket: Socket,
  processOf: (ends: SocketEnds) => Promise<ClientProcess | null>,
): { soon(): Promise<ClientProcess | null> } {
  const ends = localEnds(socket);
  if (ends === null) return { soon: () => Promise.resolve(null) };
  const asked = processOf(ends);
  return { soon: () => within(asked, waitMs) };
}

/** The ends of a connection that does not leave this machine; `null` of any other, and of a Unix socket's. */
function localEnds({ remoteAddress, remotePort, localAddress, localPort }: Socket): SocketEnds | null {
  if (remoteAddress === undefined || localAddress === undefined || !isLoopback(remoteAddress)) return null;
  return {
    client: { address: remoteAddress, port: remotePort ?? 0 },
    listener: { address: localAddress, port: localPort ?? 0 },
  };
}

function isLoopback(address: string): boolean {
  return address === "::1" || /^(::ffff:)?127\./.test(address);
}

async function within<T>(asked: Promise<T>, milliseconds: number): Promise<T | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const limit = setTimeout(() => resolve(null), milliseconds);
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(limit);
  }
}
