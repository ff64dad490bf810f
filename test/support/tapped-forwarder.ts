/** A TCP forwarder between a client and a server that keeps what passes, and can hold it back: what a packet capture sees. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface TappedForwarder extends AsyncDisposable {
  readonly port: number;
  /** All bytes that passed so far, of all connections. */
  passed(direction: "to-server" | "to-client"): Buffer;
  /**
   * Holds back what the server says from its chunk of this number (from 0) of each connection on; resolves when there is such a
   * chunk. `release` lets it go.
   */
  holdAt(chunk: number): { readonly held: Promise<void>; release(): void };
}

export async function startTappedForwarder(to: { readonly host: string; readonly port: number }): Promise<TappedForwarder> {
  const passed = { "to-server": [] as Buffer[], "to-client": [] as Buffer[] };
  const open = new Set<Socket>();
  let hold: { readonly chunk: number; readonly reached: () => void; readonly released: Promise<void> } | null = null;
  const server = createServer((client) => {
    const upstream = connect(to);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => other.destroy());
      socket.on("end", () => other.end());
    }
    client.on("data", (chunk: Buffer) => {
      passed["to-server"].push(Buffer.from(chunk));
      upstream.write(chunk);
    });
    let chunks = 0;
    let before: Promise<void> = Promise.resolve();
    upstream.on("data", (chunk: Buffer) => {
      const waits = hold !== null && chunks >= hold.chunk ? hold : null;
      chunks += 1;
      waits?.reached();
      before = before
        .then(() => waits?.released)
        .then(() => {
          passed["to-client"].push(Buffer.from(chunk));
          if (client.writable) client.write(chunk);
        });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    passed: (direction) => Buffer.concat(passed[direction]),
    holdAt: (chunk) => {
      const { promise: held, resolve: reached } = Promise.withResolvers<void>();
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      hold = { chunk, reached, released };
      return {
        held,
        release: () => {
          hold = null;
          release();
        },
      };
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
