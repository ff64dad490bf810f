/**
 * Packets of one side of a session whose bytes someone else reads and writes: what was read is pushed in, what is sent
 * is handed out. For a sign-in in the middle of the Command phase.
 */
import { toPackets } from "../protocol/packet-writer.ts";
import type { PacketSide } from "./dialogue-runner.ts";
import { type Lost, longestPayload, type Taken } from "./packet-stream.ts";

const headerLength = 4;

export class PushedPackets implements PacketSide {
  gone: Lost | null = null;
  /** Sequence id of the next packet in either direction. */
  nextSequence = 0;
  private readonly write: (packet: Buffer) => void;
  private bytes: Buffer = Buffer.alloc(0);
  private changed: () => void = () => undefined;

  constructor(write: (packet: Buffer) => void) {
    this.write = write;
  }

  /** Bytes that were pushed and not taken. */
  get waitingBytes(): number {
    return this.bytes.length;
  }

  /** Takes bytes that were read. */
  push(bytes: Buffer): void {
    this.bytes = Buffer.concat([this.bytes, bytes]);
    this.changed();
  }

  /** Nothing more will be pushed. */
  end(): void {
    this.gone ??= { kind: "lost", how: "closed", detail: "the connection was closed" };
    this.changed();
  }

  /** What was pushed and not taken. */
  rest(): Buffer {
    const rest = this.bytes;
    this.bytes = Buffer.alloc(0);
    return rest;
  }

  take(): Taken | null {
    if (this.bytes.length < headerLength) return this.gone;
    const length = this.bytes.readUIntLE(0, 3);
    if (length > longestPayload) {
      return { kind: "lost", how: "malformed", detail: `a packet of ${length} bytes is announced, more than sign-in needs` };
    }
    const end = headerLength + length;
    if (this.bytes.length < end) return this.gone;
    const payload = this.bytes.subarray(headerLength, end);
    this.nextSequence = ((this.bytes[3] as number) + 1) & 0xff;
    this.bytes = this.bytes.subarray(end);
    return { kind: "packet", payload };
  }

  onChange(changed: () => void): void {
    this.changed = changed;
  }

  send(payload: Buffer): void {
    this.write(this.frame(payload));
  }

  /** Frames one packet under the next sequence id. */
  frame(payload: Buffer): Buffer {
    const packet = toPackets(payload, this.nextSequence);
    this.nextSequence = (this.nextSequence + 1) & 0xff;
    return packet;
  }
}
