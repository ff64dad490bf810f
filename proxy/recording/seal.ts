/** Sealing: a closed recording gets a last frame that states the digest of all before it. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { FailureError } from "../model/failure.ts";
import { program } from "../model/program.ts";
import { nowNs } from "./clock.ts";
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

/**
 * Seals a closed recording; does nothing where it is sealed already. Returns the seal. Throws a `FailureError` where
 * the recording is damaged, not closed, or cannot be written.
 */
export function sealRecording(file: string): Seal {
  const digest = digestRecording(file);
  if (digest.seal !== null) return digest.seal;
  if (!digest.closed || digest.end.kind !== "end") {
    const why = digest.end.kind === "end" ? "its session has not ended" : `${digest.end.reason} at byte ${digest.end.offset}`;
    throw new FailureError("recording-not-kept", `The recording ${path.basename(file)} could not be sealed: ${why}.`);
  }
  const seal: Seal = {
    version: 1,
    sha256: digest.sha256,
    bytes: digest.bytes,
    frames: digest.frames,
    sealedAt: Number(nowNs() / 1000n),
    program,
  };
  try {
    fs.appendFileSync(file, encodeJsonFrame(FrameKind.seal, nowNs(), seal), { flush: true });
  } catch (thrown) {
    takeBack(file, digest.bytes);
    throw keepingFailure(thrown, file, "sealed");
  }
  return seal;
}

/** Cuts a half-written frame behind `length`. Where even that fails, the next start finds it torn and cuts it. */
export function takeBack(file: string, length: number): void {
  try {
    fs.truncateSync(file, length);
  } catch {
    // The failure that led here is the one to report.
  }
}
