/** The seal, the last frame of a closed recording, which states the digest of all before it; who makes it is evidence/seal. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { FailureError } from "../model/failure.ts";
import { encodeJsonFrame, FrameKind, fileHeaderBytes, type Seal } from "./frame.ts";
import { FrameReader, type ReadEnd } from "./frame-reader.ts";
import { keepingFailure } from "./recording-failure.ts";

/** What a whole read of a recording found. */
export interface RecordingDigest {
  /** SHA-256 in hex over the bytes before the seal, or before the end of the last whole frame. */
  readonly sha256: string;
  readonly bytes: number;
  readonly frames: number;
  readonly closed: boolean;
  readonly seal: Seal | null;
  /** How reading ended; anything but `end` means torn or damaged bytes behind the last whole frame. */
  readonly end: ReadEnd;
}

/** Reads a whole recording, checks every frame and digests it. Throws where it cannot be opened. */
export function digestRecording(file: string): RecordingDigest {
  const hash = createHash("sha256");
  const fd = fs.openSync(file, "r");
  const header = Buffer.alloc(fileHeaderBytes);
  const headerBytes = fs.readSync(fd, header, 0, fileHeaderBytes, 0);
  fs.closeSync(fd);
  hash.update(header.subarray(0, headerBytes));
  const reader = new FrameReader(file, 0, "transient");
  let frames = 0;
  let bytes = headerBytes;
  let closed = false;
  let seal: Seal | null = null;
  try {
    let behindSeal: ReadEnd | null = null;
    const end = reader.read((frame) => {
      if (seal !== null) {
        behindSeal = { kind: "damaged", offset: frame.offset, reason: "a frame follows the seal" };
        return false;
      }
      if (frame.kind === FrameKind.seal) {
        seal = JSON.parse(frame.payload.toString("utf8")) as Seal;
        return true;
      }
      hash.update(reader.lastFrame);
      frames += 1;
      bytes = frame.end;
      if (frame.kind === FrameKind.close) closed = true;
      return true;
    });
    return { sha256: hash.digest("hex"), bytes, frames, closed, seal, end: behindSeal ?? end };
  } finally {
    reader.close();
  }
}

/** Why a recording is not sealed, as a failure that names it. */
export function notSealed(file: string, why: string): FailureError {
  return new FailureError("recording-not-kept", `The recording ${path.basename(file)} could not be sealed: ${why}.`);
}

/**
 * Puts a seal behind a recording, and has it on the disk when it returns. Throws a `FailureError`, and leaves the recording as it
 * was, where it cannot be written, or where the file has other bytes than the seal is over.
 */
export function appendSeal(file: string, seal: Seal): void {
  try {
    if (fs.statSync(file).size !== seal.bytes) throw notSealed(file, "something was written behind what was read of it");
    fs.appendFileSync(file, encodeJsonFrame(FrameKind.seal, BigInt(seal.sealedAt) * 1000n, seal), { flush: true });
  } catch (thrown) {
    if (thrown instanceof FailureError) throw thrown;
    takeBack(file, seal.bytes);
    throw keepingFailure(thrown, file, "sealed");
  }
}

/** Cuts a half-written frame behind `length`. Where even that fails, the next start finds it torn and cuts it. */
export function takeBack(file: string, length: number): void {
  try {
    if (fs.statSync(file).size > length) fs.truncateSync(file, length);
  } catch {
    // The failure that led here is the one to report.
  }
}
