/** Peers of the proxy that do exactly what a test says, byte by byte. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** An upstream whose every connection is handed to `script`. */
export interface ScriptedUpstream {
  readonly port: number;
  /** The sockets that it accepted, in order. */
  readonly accepted: readonly Socket[];
  stop(): Promise<void>;
}

export async function startScriptedUpstream(script: (socket: Socket) => void, allowHalfOpen = false): Promise<ScriptedUpstream> {
  const accepted: Socket[] = [];
  const server = createServer({ allowHalfOpen }, (socket) => {
    accepted.push(socket);
    socket.on("error", () => undefined);
    script(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    accepted,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of accepted) socket.destroy();
      }),
  };
}

/** Whole packets as they arrive on a socket: `next` gives the payload of each in turn, `null` after the last. */
export class PacketCollector {
  readonly socket: Socket;
  private bytes: Buffer = Buffer.alloc(0);
  private ended = false;
  private wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      this.bytes = Buffer.concat([this.bytes, chunk]);
      this.wake();
    });
    socket.on("close", () => {
      this.ended = true;
      this.wake();
    });
  }

  /** Whether the other side closed; waits until it does. */
  async closed(): Promise<true> {
    if (!this.ended) await once(this.socket, "close");
    return true;
  }

  /** Sequence id and payload of the next packet. */
  async next(): Promise<{ readonly sequence: number; readonly payload: Buffer } | null> {
    for (;;) {
      const length = this.bytes.length < 4 ? Number.POSITIVE_INFINITY : 4 + this.bytes.readUIntLE(0, 3);
      if (this.bytes.length >= length) {
        const packet = this.bytes.subarray(0, length);
        this.bytes = this.bytes.subarray(length);
        return { sequence: packet[3] as number, payload: packet.subarray(4) };
      }
      if (this.ended) return null;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}

/** A client's socket to the proxy. */
export function scriptedClient(port: number): PacketCollector {
  return new PacketCollector(connect({ host: "127.0.0.1", port }));
}
