/**
 * Packets of the Connection phase on one socket, taken one at a time. What was not taken stays in the socket's own
 * buffer, so the socket can be given to TLS or to the Command phase at any packet boundary with nothing lost.
 */
import type { Socket } from "node:net";
import { toPackets } from "../protocol/packet-writer.ts";

/** Longest payload of one packet in the Connection phase; real ones have a few hundred bytes. */
export const longestPayload = 1024 * 1024;

const headerLength = 4;

/** Why there will be no more packets. */
export interface Lost {
  readonly kind: "lost";
  readonly how: "closed" | "reset" | "malformed";
  readonly detail: string;
}

/** What `take` found: a packet, or why there will be none. */
export type Taken = { readonly kind: "packet"; readonly payload: Buffer } | Lost;

export class PacketStream {
  private socket: Socket;
  private readonly checksSequence: boolean;
  private sequence = 0;
  private awaited: number | null = null;
  private lost: Lost | null = null;
  private commandAhead = false;
  private changed: () => void = () => undefined;

  /** `checksSequence`: a packet out of order is malformed, as for a MySQL server; otherwise its number is adopted. */
  constructor(socket: Socket, checksSequence: boolean, sequence = 0) {
    this.socket = socket;
    this.checksSequence = checksSequence;
    this.sequence = sequence;
    this.listen();
  }

  /** The sequence id of the next packet in either direction. */
  get nextSequence(): number {
    return this.sequence;
  }

  /**
   * Why nothing more will come; `null` while it can, or while something is still unread. Half-closing a connection is
   * of no use during sign-in, so this is the same as being gone.
   */
  get gone(): Lost | null {
    return this.lost;
  }

  /** Calls `changed` when `take` may find something new. One listener at a time. */
  onChange(changed: () => void): void {
    this.changed = changed;
  }

  /** Takes the next packet if it is there; `null` if not yet. */
  take(): Taken | null {
    if (this.commandAhead) return this.lost;
    if (this.awaited === null) {
      const header = this.read(headerLength);
      if (header === null) return this.lost;
      const refused = this.accept(header);
      if (refused !== null || this.awaited === null) return refused;
    }
    if (this.awaited === 0) return this.whole(Buffer.alloc(0));
    const payload = this.read(this.awaited);
    return payload === null ? this.lost : this.whole(payload);
  }

  /** Sends one packet under the next sequence id. */
  send(payload: Buffer): void {
    this.socket.write(this.frame(payload));
  }

  /** Frames one packet under the next sequence id, for someone else to send. */
  frame(payload: Buffer): Buffer {
    const packets = toPackets(payload, this.sequence);
    this.sequence = (this.sequence + 1) & 0xff;
    return packets;
  }

  /** Lets go of the socket, paused, with all that was not taken still to be read from it. */
  async release(): Promise<Socket> {
    this.unlisten();
    this.socket.pause();
    // Streams settle a removed "readable" listener on the next tick, and would undo a `pause` or `resume` before it.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    return this.socket;
  }

  /** Goes on with `socket` in place of the one before, which it encrypts. */
  adopt(socket: Socket): void {
    this.unlisten();
    this.socket = socket;
    this.listen();
  }

  /** Stops reading the socket here, so that what wraps it can. */
  detach(): Socket {
    this.unlisten();
    return this.socket;
  }

  private accept(header: Buffer): Lost | null {
    const length = header.readUIntLE(0, 3);
    const sequence = header[3] as number;
    if (this.checksSequence && sequence !== this.sequence) {
      if (sequence === 0) {
        // A command that the client sent ahead, without waiting for the OK_Packet; it is for the Command phase.
        this.commandAhead = true;
        this.socket.unshift(header);
        return null;
      }
      return this.fail("malformed", `packet ${this.sequence} was expected, ${sequence} came`);
    }
    if (length > longestPayload) return this.fail("malformed", `a packet of ${length} bytes is announced, more than sign-in needs`);
    this.awaited = length;
    this.sequence = (sequence + 1) & 0xff;
    return null;
  }

  private whole(payload: Buffer): Taken {
    this.awaited = null;
    return { kind: "packet", payload };
  }

  private read(length: number): Buffer | null {
    const chunk = this.socket.read(length) as Buffer | null;
    if (chunk === null || chunk.length === length) return chunk;
    // At its end a stream gives what is left, however little.
    this.fail("closed", "the connection was closed in the middle of a packet");
    return null;
  }

  private fail(how: Lost["how"], detail: string): Lost {
    this.lost ??= { kind: "lost", how, detail };
    return this.lost;
  }

  private listen(): void {
    this.socket.on("readable", this.whenReadable);
    this.socket.on("end", this.whenEnded);
    this.socket.on("error", this.whenFailed);
    this.socket.on("close", this.whenEnded);
  }

  private unlisten(): void {
    this.socket.off("readable", this.whenReadable);
    this.socket.off("end", this.whenEnded);
    this.socket.off("error", this.whenFailed);
    this.socket.off("close", this.whenEnded);
  }

  private readonly whenReadable = (): void => {
    // Only a read finds the end of a stream that has nothing left.
    if (this.socket.readableLength === 0) this.socket.read(0);
    this.changed();
  };

  private readonly whenEnded = (): void => {
    this.fail("closed", "the connection was closed");
    this.changed();
  };

  private readonly whenFailed = (failure: NodeJS.ErrnoException): void => {
    this.fail("reset", failure.code === undefined ? failure.message : `${failure.code}`);
    this.changed();
  };
}
