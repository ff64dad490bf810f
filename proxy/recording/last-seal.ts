import fs from "node:fs";
import { crc32 } from "node:zlib";
import { FrameKind, frameHeadBytes, frameTailBytes } from "./frame.ts";

/** No seal is longer. */
const mostSealBytes = 64 * 1024;

/** The JSON of the seal frame with which a file ends, and the file's length; a seal of `null` where it ends with something else. */
export interface LastSeal {
  readonly seal: unknown;
  readonly bytes: number;
}

/** Reads only the end of a recording: what is before the seal is not looked at. Throws the system's error. */
export function readLastSeal(file: string): LastSeal {
  const fd = fs.openSync(file, "r");
  try {
    const { size } = fs.fstatSync(fd);
    const tail = Buffer.alloc(Math.min(size, mostSealBytes));
    fs.readSync(fd, tail, 0, tail.length, size - tail.length);
    for (let start = tail.length - frameHeadBytes - frameTailBytes; start >= 0; start -= 1) {
      if (isSealFrame(tail, start)) {
        return { seal: JSON.parse(tail.toString("utf8", start + frameHeadBytes, tail.length - frameTailBytes)), bytes: size };
      }
    }
    return { seal: null, bytes: size };
  } finally {
    fs.closeSync(fd);
  }
}

function isSealFrame(tail: Buffer, start: number): boolean {
  const end = tail.length - frameTailBytes;
  if (tail[start + 4] !== FrameKind.seal || tail.readUInt32LE(start) !== end - start - frameHeadBytes) return false;
  return crc32(tail.subarray(start, end)) === tail.readUInt32LE(end);
}
