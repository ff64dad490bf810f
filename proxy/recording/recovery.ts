/**
 * After a crash: a recording whose recorder is gone is cut behind its last whole frame, and gets a close frame with cause
 * `crashed`. A torn tail is cut, never guessed. Who has a key to sign it with seals it then.
 */
import fs from "node:fs";
import type { SessionClose, SessionOpen } from "../model/session.ts";
import { nowNs } from "./clock.ts";
import { encodeJsonFrame, FrameKind } from "./frame.ts";
import { FrameReader, type ReadEnd } from "./frame-reader.ts";
import { holdsFrame } from "./frame-search.ts";
import { recorderIsAlive } from "./recorder-lock.ts";
import { keepingFailure } from "./recording-failure.ts";
import { takeBack } from "./seal.ts";

/** What recovery did with one recording. */
export type Recovery =
  | { readonly kind: "untouched"; readonly why: "sealed" | "closed" | "being recorded" }
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
  const reader = new FrameReader(file, 0, "transient");
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
 * Recovers one recording where its recorder is gone. Bytes that are no frame, with whole frames behind them, are damage
 * and not a torn tail, and nothing is cut. What is cut is kept beside the recording, in a file that ends in `.torn`. Throws a
 * `FailureError` where the file cannot be read or written.
 */
export function recoverRecording(dataDirectory: string, file: string): Recovery {
  try {
    const { found, end } = inspect(file);
    if (found.open === null) return { kind: "damaged", reason: end.kind === "end" ? "it has no open frame" : end.reason };
    if (found.sealed) return { kind: "untouched", why: "sealed" };
    if (recorderIsAlive(dataDirectory, found.open.recorder)) return { kind: "untouched", why: "being recorded" };
    if (found.closed && end.kind === "end") return { kind: "untouched", why: "closed" };
    return closeRecording(file, found, end);
  } catch (thrown) {
    throw keepingFailure(thrown, file, "recovered");
  }
}

/**
 * Ends a recording whose writer is known to be gone though its process runs. It is sealed by who seals what this process
 * recorded: two at once would seal it twice. Throws like `recoverRecording`.
 */
export function closeCrashed(file: string): Recovery {
  try {
    const { found, end } = inspect(file);
    if (found.closed) return { kind: "untouched", why: found.sealed ? "sealed" : "closed" };
    return closeRecording(file, found, end);
  } catch (thrown) {
    throw keepingFailure(thrown, file, "recovered");
  }
}

function closeRecording(file: string, found: Inspection, end: ReadEnd): Recovery {
  const size = fs.statSync(file).size;
  if (end.kind !== "end" && holdsFrame(file, end.offset + 1)) return { kind: "damaged", reason: `${end.reason} at byte ${end.offset}` };
  if (end.offset < size) cutTail(file, end.offset);
  if (!found.closed) appendClose(file, found, end.offset);
  return { kind: "recovered", cutBytes: size - end.offset };
}

function appendClose(file: string, found: Inspection, size: number): void {
  try {
    fs.appendFileSync(file, encodeJsonFrame(FrameKind.close, nowNs(), crashed(found)), { flush: true });
  } catch (thrown) {
    takeBack(file, size);
    throw thrown;
  }
}

/** Cuts what lies behind the last whole frame, after it has been copied: a length that was damaged must cost nobody the rest. */
function cutTail(file: string, from: number): void {
  const source = fs.openSync(file, "r");
  const kept = fs.openSync(`${file}.torn`, "w", 0o600);
  try {
    const block = Buffer.allocUnsafe(256 * 1024);
    let at = from;
    for (let read = fs.readSync(source, block, 0, block.length, at); read > 0; read = fs.readSync(source, block, 0, block.length, at)) {
      // The disk may take less than it is given, and the rest or nothing at the next try.
      for (let written = 0; written < read; ) written += fs.writeSync(kept, block, written, read - written);
      at += read;
    }
    fs.fsyncSync(kept);
  } finally {
    fs.closeSync(source);
    fs.closeSync(kept);
  }
  fs.truncateSync(file, from);
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
