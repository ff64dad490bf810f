/**
 * After a crash: a recording whose recorder is gone is cut behind its last whole frame, gets a close frame with cause
 * `crashed`, and is sealed. A torn tail is cut, never guessed.
 */
import fs from "node:fs";
import type { SessionClose, SessionOpen } from "../model/session.ts";
import { nowNs } from "./clock.ts";
import { encodeJsonFrame, FrameKind } from "./frame.ts";
import { FrameReader, type ReadEnd } from "./frame-reader.ts";
import { recorderIsAlive } from "./recorder-lock.ts";
import { recordingFailure } from "./recording-writer.ts";
import { sealRecording } from "./seal.ts";

/** What recovery did with one recording. */
export type Recovery =
  | { readonly kind: "untouched"; readonly why: "sealed" | "being recorded" }
  | { readonly kind: "sealed" }
  | { readonly kind: "recovered"; readonly cutBytes: number }
  /** Not a recording, or damaged before its end: left as it is for a person to look at. */
  | { readonly kind: "damaged"; readonly reason: string };

interface Inspection {
  open: SessionOpen | null;
  closed: boolean;
  sealed: boolean;
  clientBytes: number;
  upstreamBytes: number;
}

function inspect(file: string): { found: Inspection; end: ReadEnd } {
  const found: Inspection = { open: null, closed: false, sealed: false, clientBytes: 0, upstreamBytes: 0 };
  const reader = new FrameReader(file);
  try {
    const end = reader.read((frame) => {
      if (frame.kind === FrameKind.open) found.open = JSON.parse(frame.payload.toString("utf8")) as SessionOpen;
      if (frame.kind === FrameKind.client) found.clientBytes += frame.payload.length;
      if (frame.kind === FrameKind.upstream) found.upstreamBytes += frame.payload.length;
      if (frame.kind === FrameKind.close) found.closed = true;
      if (frame.kind === FrameKind.seal) found.sealed = true;
    });
    return { found, end };
  } finally {
    reader.close();
  }
}

/**
 * Recovers one recording where its recorder is gone. A checksum that fails with whole frames behind it is damage, not
 * a torn tail, and nothing is cut. What is cut is kept beside the recording, in a file that ends in `.torn`. Throws a
 * `FailureError` where the file cannot be read or written.
 */
export function recoverRecording(dataDirectory: string, file: string): Recovery {
  try {
    const { found, end } = inspect(file);
    if (found.open === null) return { kind: "damaged", reason: end.kind === "end" ? "it has no open frame" : end.reason };
    if (found.sealed) return { kind: "untouched", why: "sealed" };
    if (recorderIsAlive(dataDirectory, found.open.recorder)) return { kind: "untouched", why: "being recorded" };
    return endRecording(file, found, end);
  } catch (thrown) {
    throw recordingFailure(thrown, file);
  }
}

/** Ends a recording whose writer is known to be gone though its process runs. Throws like `recoverRecording`. */
export function closeCrashed(file: string): Recovery {
  try {
    const { found, end } = inspect(file);
    return found.sealed ? { kind: "untouched", why: "sealed" } : endRecording(file, found, end);
  } catch (thrown) {
    throw recordingFailure(thrown, file);
  }
}

function endRecording(file: string, found: Inspection, end: ReadEnd): Recovery {
  const size = fs.statSync(file).size;
  if (end.kind === "damaged" && !reachesEnd(file, end.offset, size))
    return { kind: "damaged", reason: `${end.reason} at byte ${end.offset}` };
  if (end.offset < size) cutTail(file, end.offset);
  if (!found.closed) fs.appendFileSync(file, encodeJsonFrame(FrameKind.close, nowNs(), crashed(found)), { flush: true });
  sealRecording(file);
  return found.closed ? { kind: "sealed" } : { kind: "recovered", cutBytes: size - end.offset };
}

/** Cuts what lies behind the last whole frame, after it has been copied: a length that was damaged must cost nobody the rest. */
function cutTail(file: string, from: number): void {
  const source = fs.openSync(file, "r");
  const kept = fs.openSync(`${file}.torn`, "w", 0o600);
  try {
    const block = Buffer.allocUnsafe(256 * 1024);
    let at = from;
    for (let read = fs.readSync(source, block, 0, block.length, at); read > 0; read = fs.readSync(source, block, 0, block.length, at)) {
      fs.writeSync(kept, block, 0, read);
      at += read;
    }
    fs.fsyncSync(kept);
  } finally {
    fs.closeSync(source);
    fs.closeSync(kept);
  }
  fs.truncateSync(file, from);
}

/** Whether the frame at `offset` is the last thing in the file, as a frame is that was being written at a power loss. */
function reachesEnd(file: string, offset: number, size: number): boolean {
  const fd = fs.openSync(file, "r");
  try {
    const head = Buffer.alloc(4);
    if (fs.readSync(fd, head, 0, 4, offset) < 4) return true;
    return offset + head.readUInt32LE(0) + 17 >= size;
  } finally {
    fs.closeSync(fd);
  }
}

function crashed(found: Inspection): SessionClose {
  return {
    cause: "crashed",
    detail: "The recorder ended without closing this session; found at a later start.",
    clientBytes: found.clientBytes,
    clientPackets: 0,
    upstreamBytes: found.upstreamBytes,
    upstreamPackets: 0,
  };
}
