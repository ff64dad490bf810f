/** Reads frames of a recording, in bounded memory, checking each one's CRC. */
import fs from "node:fs";
import { crc32 } from "node:zlib";
import {
  type Frame,
  fileHeaderBytes,
  fileMagic,
  fileVersion,
  frameHeadBytes,
  frameTailBytes,
  maxFramePayload,
  microsOfFrame,
} from "./frame.ts";

/** Where reading stopped, and why: behind the last frame (or where the visit stopped it), in the middle of a frame, or at damage. */
export type ReadEnd =
  | { readonly kind: "end"; readonly offset: number }
  | { readonly kind: "torn"; readonly offset: number; readonly reason: string }
  | { readonly kind: "damaged"; readonly offset: number; readonly reason: string };

const blockBytes = 256 * 1024;

/** The largest block that is used again. */
const reusedBytes = 1024 * 1024;

/** `kept`: frames stay as they are read; `transient`: their bytes are good until the next one is read, and memory is used again. */
export type FrameLife = "kept" | "transient";

/** A forward reader over one recording. Several may read the same file at once, also while it grows. */
export class FrameReader {
  private readonly fd: number;
  private block: Buffer = Buffer.alloc(0);
  private blockStart = 0;
  private reused: Buffer = Buffer.alloc(0);
  private readonly life: FrameLife;
  /** Offset of the next frame. */
  position: number;
  /** The frame being visited, head and checksum included. */
  lastFrame: Buffer = Buffer.alloc(0);

  /** Opens `file` for reading at `from`, which must be where a frame starts (or 0). Throws where it cannot be opened. */
  constructor(file: string, from = 0, life: FrameLife = "kept") {
    this.life = life;
    this.fd = fs.openSync(file, "r");
    this.position = from;
  }

  /**
   * Reads whole frames up to the end of the file and gives each to `visit`, which may return `false` to stop. Goes on
   * where the last call ended.
   */
  read(visit: (frame: Frame) => unknown): ReadEnd {
    if (this.position === 0) {
      const wrong = this.checkFileHeader();
      if (wrong !== null) return wrong;
      this.position = fileHeaderBytes;
    }
    for (;;) {
      const offset = this.position;
      let frame = this.frameAt(offset);
      if (!Buffer.isBuffer(frame) && this.forget()) frame = this.frameAt(offset);
      if (!Buffer.isBuffer(frame)) {
        this.forget();
        return frame;
      }
      this.position = offset + frame.length;
      this.lastFrame = frame;
      const payload = frame.subarray(frameHeadBytes, frame.length - frameTailBytes);
      const goOn = visit({ kind: frame[4] as number, at: microsOfFrame(frame), payload, offset, end: this.position });
      if (goOn === false) return { kind: "end", offset: this.position };
    }
  }

  close(): void {
    fs.closeSync(this.fd);
  }

  private checkFileHeader(): ReadEnd | null {
    const header = this.bytesAt(0, fileHeaderBytes);
    if (header.length < fileHeaderBytes) {
      this.forget();
      return { kind: "torn", offset: 0, reason: "the file is shorter than its header" };
    }
    if (!header.subarray(0, 8).equals(fileMagic)) return { kind: "damaged", offset: 0, reason: "this is not a recording" };
    const version = header.readUInt32LE(8);
    if (version !== fileVersion)
      return { kind: "damaged", offset: 0, reason: `this recording has version ${version}; this program reads version ${fileVersion}` };
    return null;
  }

  /** The whole frame at `offset`, or why there is none. */
  private frameAt(offset: number): Buffer | ReadEnd {
    const head = this.bytesAt(offset, frameHeadBytes);
    if (head.length === 0) return { kind: "end", offset };
    if (head.length < frameHeadBytes) return { kind: "torn", offset, reason: "the file ends inside a frame's head" };
    const length = head.readUInt32LE(0);
    if (length > maxFramePayload) return { kind: "damaged", offset, reason: `a frame claims ${length} bytes` };
    const whole = frameHeadBytes + length + frameTailBytes;
    if (this.endsBefore(offset + whole)) return { kind: "torn", offset, reason: "the file ends inside a frame" };
    const frame = this.bytesAt(offset, whole);
    if (frame.length < whole) return { kind: "torn", offset, reason: "the file ends inside a frame" };
    const payloadEnd = whole - frameTailBytes;
    if (crc32(frame.subarray(0, payloadEnd)) === frame.readUInt32LE(payloadEnd)) return frame;
    return { kind: "damaged", offset, reason: "a frame's checksum does not match its bytes" };
  }

  /** Whether the file is shorter than `end`. Asked before memory is taken for a length that may be damaged. */
  private endsBefore(end: number): boolean {
    return end > this.blockStart + this.block.length && end > fs.fstatSync(this.fd).size;
  }

  /**
   * Forgets what was read ahead, because a writer may have taken a half-written frame back and written another in its
   * place. False where nothing was.
   */
  private forget(): boolean {
    const forgotten = this.block.length > 0;
    this.block = Buffer.alloc(0);
    return forgotten;
  }

  /** Up to `length` bytes from `offset`; fewer only where the file ends. Reads ahead in blocks. */
  private bytesAt(offset: number, length: number): Buffer {
    const start = offset - this.blockStart;
    if (start >= 0 && start + length <= this.block.length) return this.block.subarray(start, start + length);
    const ahead = Math.min(fs.fstatSync(this.fd).size - offset, blockBytes);
    const wanted = Math.max(length, ahead);
    const block = this.room(wanted);
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

  /** Memory for a block. Where it is the present block's, what is left of that is moved to its front. */
  private room(bytes: number): Buffer {
    if (this.life === "kept" || bytes > reusedBytes) return Buffer.allocUnsafe(bytes);
    if (this.reused.length < bytes) this.reused = Buffer.allocUnsafe(Math.max(bytes, blockBytes));
    return this.reused.subarray(0, bytes);
  }
}
