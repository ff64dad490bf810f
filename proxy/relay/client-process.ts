/** The process that a client of this machine is, found out while it signs in. */
import type { Socket } from "node:net";
import type { ClientProcess } from "../model/session.ts";
import type { SocketEnds } from "./local-processes.ts";
import type { QuestionLimits } from "./thread-questions.ts";

export const processLimits: QuestionLimits<ClientProcess | null> = { longestMs: 1000, mostAtOnce: 32, late: null, busy: null };

/** How long the beginning of a recording waits for it, where the sign-in was sooner done. */
const waitMs = 10;

/** Which process a client is, as far as that is known yet. */
export interface SoughtProcess {
  /** `null` where it cannot be known, `undefined` as long as it is looked for. */
  readonly known: ClientProcess | null | undefined;
  /** What is known when it was found, or 10 ms are over. */
  soon(): Promise<ClientProcess | null>;
}

/** Asks which process a client is. */
export function clientProcess(socket: Socket, processOf: (ends: SocketEnds) => Promise<ClientProcess | null>): SoughtProcess {
  const ends = localEnds(socket);
  if (ends === null) return { known: null, soon: () => Promise.resolve(null) };
  let known: ClientProcess | null | undefined;
  const asked = processOf(ends).then((found) => {
    known = found;
    return found;
  });
  return {
    get known() {
      return known;
    },
    soon: () => within(asked, waitMs),
  };
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
