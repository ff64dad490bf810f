/**
 * Finds packet boundaries in one direction of a connection, over chunks as they come.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html
 *
 * A packet whose payload is 0xFFFFFF bytes continues in the next one; such parts are announced as one logical packet.
 */
import { maxPayload } from "./packet-writer.ts";

/** One logical packet. `bytes` holds the first `kept` bytes of its payload from `start`; valid during the call only. */
export interface PacketSink {
  /**
   * The first payload byte of a packet is there (or the packet is empty: `first` is -1). `chunkOffset` is where its
   * header starts in the chunk being pushed; negative where the header came with an earlier chunk.
   */
  begin?(first: number, sequenceId: number, chunkOffset: number): void;
  /**
   * A logical packet is complete. `length` is its whole payload, `lastSequenceId` that of its last part, `chunkEnd`
   * the offset in the pushed chunk just behind it.
   */
  packet(bytes: Buffer, start: number, kept: number, length: number, lastSequenceId: number, chunkEnd: number): void;
}

/** Follows packet boundaries. `keep`: how many payload bytes a sink needs at most (`Infinity`: all). */
export class PacketFramer {
  private readonly sink: PacketSink;
  private readonly keep: number;
  private readonly header = Buffer.alloc(4);
  private headerFilled = 0;
  /** Payload bytes of the current part that have not come yet; -1 while a header is awaited. */
  private missing = -1;
  private partIsFull = false;
  private continues = false;
  private sequence = 0;
  private length = 0;
  private begun = false;
  private headerAt = 0;
  private kept: Buffer[] = [];
  private keptBytes = 0;

  constructor(sink: PacketSink, keep: number) {
    this.sink = sink;
    this.keep = keep;
  }

  /** True where the last pushed chunk ended between two logical packets. */
  get atBoundary(): boolean {
    return this.missing < 0 && this.headerFilled === 0 && !this.continues;
  }

  /** True where the last pushed chunk ended behind (some of) a header and before the packet's first payload byte. */
  get inHeader(): boolean {
    return !this.atBoundary && !this.begun;
  }

  /** With `inHeader`: where that header starts in the last pushed chunk; -1 where it started in an earlier one. */
  get openHeaderAt(): number {
    return this.inHeader ? this.headerAt : -1;
  }

  /** Sequence id of the last packet header seen. */
  get lastSequenceId(): number {
    return this.sequence;
  }

  /** Takes the next chunk. Calls the sink for each packet that begins or ends in it. */
  push(chunk: Buffer): void {
    let at = 0;
    const end = chunk.length;
    if (!this.atBoundary) this.headerAt = -1;
    while (at < end) {
      if (this.missing < 0) {
        if (this.headerFilled === 0 && !this.continues) this.headerAt = at;
        at = this.takeHeader(chunk, at, end);
        if (this.missing < 0) return;
        if (this.missing === 0) this.finishPart(at);
        continue;
      }
      const here = Math.min(this.missing, end - at);
      if (!this.begun) this.announce(chunk[at] as number);
      if (here === this.missing && this.keptBytes === 0 && !this.continues && !this.partIsFull) {
        this.missing = -1;
        this.length = here;
        this.begun = false;
        this.sink.packet(chunk, at, here < this.keep ? here : this.keep, here, this.sequence, at + here);
        at += here;
        continue;
      }
      this.retain(chunk, at, here);
      at += here;
      this.missing -= here;
      if (this.missing === 0) this.finishPart(at);
    }
  }

  private announce(first: number): void {
    this.begun = true;
    this.sink.begin?.(first, this.sequence, this.headerAt);
  }

  private takeHeader(chunk: Buffer, from: number, end: number): number {
    let at = from;
    if (this.headerFilled === 0 && end - at >= 4) {
      this.startPart((chunk[at] as number) | ((chunk[at + 1] as number) << 8) | ((chunk[at + 2] as number) << 16), chunk[at + 3] as number);
      return at + 4;
    }
    while (at < end && this.headerFilled < 4) {
      this.header[this.headerFilled] = chunk[at] as number;
      this.headerFilled += 1;
      at += 1;
    }
    if (this.headerFilled === 4) {
      this.headerFilled = 0;
      this.startPart(this.header.readUIntLE(0, 3), this.header[3] as number);
    }
    return at;
  }

  private startPart(length: number, sequenceId: number): void {
    this.missing = length;
    this.partIsFull = length === maxPayload;
    this.sequence = sequenceId;
    if (!this.continues) {
      this.length = 0;
      this.begun = false;
    }
  }

  private retain(chunk: Buffer, at: number, bytes: number): void {
    this.length += bytes;
    const room = this.keep - this.keptBytes;
    if (room <= 0) return;
    const taken = Math.min(room, bytes);
    this.kept.push(Buffer.from(chunk.subarray(at, at + taken)));
    this.keptBytes += taken;
  }

  private finishPart(at: number): void {
    this.missing = -1;
    this.continues = this.partIsFull;
    if (this.continues) return;
    if (!this.begun) this.announce(-1);
    const bytes = this.kept.length === 1 ? (this.kept[0] as Buffer) : Buffer.concat(this.kept);
    const kept = this.keptBytes;
    this.kept = [];
    this.keptBytes = 0;
    this.begun = false;
    this.sink.packet(bytes, 0, kept, this.length, this.sequence, at);
  }
}
