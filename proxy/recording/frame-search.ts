/** Looks for whole frames where none is known to start: behind damage, or in what a crash left of a file's end. */
import fs from "node:fs";
import { crc32 } from "node:zlib";
import { FrameKind, frameHeadBytes, frameTailBytes, maxFramePayload } from "./frame.ts";

const blockBytes = 256 * 1024;
const lastKind = Math.max(...Object.values(FrameKind));

/** High words of the times from 2020 to 2119, in nanoseconds. */
const firstHighWord = 367_365_000;
const lastHighWord = 1_102_000_000;

/** Whether a whole frame with a good checksum starts anywhere from `from` on. Throws where the file cannot be read. */
export function holdsFrame(file: string, from: number): boolean {
  const fd = fs.openSync(file, "r");
  try {
    const { size } = fs.fstatSync(fd);
    const block = Buffer.allocUnsafe(blockBytes);
    for (let at = from; at + frameHeadBytes + frameTailBytes <= size; at += blockBytes - frameHeadBytes + 1) {
      const read = fs.readSync(fd, block, 0, blockBytes, at);
      for (let start = 0; start + frameHeadBytes <= read; start += 1) {
        const end = plausibleEnd(block, start, at);
        if (end !== null && end <= size && isWhole(fd, at + start, end)) return true;
      }
    }
    return false;
  } finally {
    fs.closeSync(fd);
  }
}

/** Where in the file the frame ends whose head is at `start` of `block`, which starts at `at`; `null` where that is no head. */
function plausibleEnd(block: Buffer, start: number, at: number): number | null {
  const kind = block[start + 4] as number;
  if (kind === 0 || kind > lastKind) return null;
  const highWord = block.readUInt32LE(start + 9);
  if (highWord < firstHighWord || highWord > lastHighWord) return null;
  const length = block.readUInt32LE(start);
  return length > maxFramePayload ? null : at + start + frameHeadBytes + length + frameTailBytes;
}

function isWhole(fd: number, start: number, end: number): boolean {
  const frame = Buffer.allocUnsafe(end - start);
  for (let filled = 0; filled < frame.length; ) {
    const read = fs.readSync(fd, frame, filled, frame.length - filled, start + filled);
    if (read === 0) return false;
    filled += read;
  }
  const tail = frame.length - frameTailBytes;
  return crc32(frame.subarray(0, tail)) === frame.readUInt32LE(tail);
}
