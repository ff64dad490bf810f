/** Reads frames of a recording, in bounded memory, checking each one's CRC. */
import fs from "node:fs";
import { crc32 } from "node:zlib";
import { type Frame, fileHeaderBytes, fileMagic, fileVersion, frameHeadBytes, frameTailBytes, maxFramePayload } from "./frame.ts";

/** Where reading stopped, and why: at the end of what was to be read, in the middle of a frame, or at damage. */
export type ReadEnd =
  | { readonly kind: "end"; readonly offset: number }
  | { readonly kind: "torn"; readonly offset: number; readonly reason: string }
  | { readonly kind: "damaged"; readonly offset: number; readonly reason: string };

const blockBytes = 256 * 1024;

/** A forward reader over one recording. Several may read the same file at once, also while it grows. */
export class FrameReader {
  private readonly fd: number;
  private block: Buffer = Buffer.alloc(0);
  private blockStart = 0;
  /** Offset of the next frame. */
  position: number;
  /** The frame being visited, head and checksum included; valid until the visit returns. */
  lastFrame: Buffer = Buffer.alloc(0);

  /** Opens `file` for reading at `from`, which must be where a frame starts (or 0). Throws where it cannot be opened. */
  constructor(file: string, from = 0) {
    this.fd = fs.openSync(file, "r");
    this.position = from;
  }

  /**
   * Reads whole frames up to `to` (or the end of the file) and gives each to `visit`, whose payload is valid until it
   * returns; it may return `false` to stop. Goes on where the last call ended.
   */
  read(visit: (frame: Frame) => unknown, to = Number.POSITIVE_INFINITY): ReadEnd {
    if (this.position === 0) {
      const wrong = this.checkFileHeader();
      if (wrong !== null) return wrong;
      this.position = fileHeaderBytes;
    }
    for (;;) {
      const offset = this.position;
      if (offset >= to) return { kind: "end", offset };
      const head = this.bytesAt(offset, frameHeadBytes);
      if (head.length === 0) {
        this.block = Buffer.alloc(0);
        return { kind: "end", offset };
      }
      if (head.length < frameHeadBytes) return this.torn("the file ends inside a frame's head");
      const length = head.readUInt32LE(0);
      if (length > maxFramePayload) return { kind: "damaged", offset, reason: `a frame claims ${length} bytes` };
      const whole = frameHeadBytes + length + frameTailBytes;
      const frame = this.bytesAt(offset, whole);
      if (frame.length < whole) return this.torn("the file ends inside a frame");
      if (crc32(frame.subarray(0, whole - frameTailBytes)) !== frame.readUInt32LE(whole - frameTailBytes)) {
        return { kind: "damaged", offset, reason: "a frame's checksum does not match its bytes" };
      }
      const atNs = frame.readBigUInt64LE(5);
      this.position = offset + whole;
      this.lastFrame = frame;
      const payload = frame.subarray(frameHeadBytes, whole - frameTailBytes);
      const goOn = visit({ kind: frame[4] as number, at: microsOf(frame), atNs, payload, offset, end: this.position });
      if (goOn === false) return { kind: "end", offset: this.position };
    }
  }

  close(): void {
    fs.closeSync(this.fd);
  }

  private checkFileHeader(): ReadEnd | null {
    const header = this.bytesAt(0, fileHeaderBytes);
    if (header.length < fileHeaderBytes) return this.torn("the file is shorter than its header");
    if (!header.subarray(0, 8).equals(fileMagic)) return { kind: "damaged", offset: 0, reason: "this is not a recording" };
    const version = header.readUInt32LE(8);
    if (version !== fileVersion)
      return { kind: "damaged", offset: 0, reason: `this recording has version ${version}; this program reads version ${fileVersion}` };
    return null;
  }

  /** Forgets what was read ahead: a writer may take a half-written frame back and write another in its place. */
  private torn(reason: string): ReadEnd {
    this.block = Buffer.alloc(0);
    return { kind: "torn", offset: this.position, reason };
  }

  /** Up to `length` bytes from `offset`; fewer only where the file ends. Reads ahead in blocks. */
  private bytesAt(offset: number, length: number): Buffer {
    const start = offset - this.blockStart;
    if (start >= 0 && start + length <= this.block.length) return this.block.subarray(start, start + length);
    const wanted = Math.max(length, blockBytes);
    const block = Buffer.allocUnsafe(wanted);
    let filled = 0;
    if (start >= 0 && start < this.block.length) filled = this.block.copy(block, 0, start);
    while (filled < wanted) {
      const read = fs.readSync(this.fd, block, filled, wanted - filled, offset + filled);
      if (read === 0) break;
      filled += read;
    }
    this.block = block.subarray(0, filled);
    this.blockStart = offset;
    return this.block.subarray(0, Math.min(length, filled));
  }
}

/** Microseconds of a frame's time, exact, without a BigInt division: the u64's high word weighs 4 294 967 296 ns. */
function microsOf(frame: Buffer): number {
  const low = frame.readUInt32LE(5);
  const high = frame.readUInt32LE(9);
  return high * 4294967 + Math.floor((high * 296 + low) / 1000);
}
