import fs from "node:fs";
import type { SessionOpen } from "../../model/session.ts";
import { FrameKind, fileHeaderBytes } from "../../recording/frame.ts";
import { FrameReader } from "../../recording/frame-reader.ts";
import { sessionOpenIn } from "../../recording/session-frames.ts";
import { sha256 } from "../merkle/hash.ts";
import type { FileHead } from "./entry.ts";

/** The facts with which a recording begins, and the digest of its bytes up to there. */
export interface RecordingOpening {
  readonly open: SessionOpen;
  readonly head: FileHead;
}

/** Reads the beginning of a recording; `null` where its open frame is not there, or cannot be read. */
export function readOpening(path: string): RecordingOpening | null {
  try {
    const reader = new FrameReader(path, 0, "transient");
    try {
      let opening: RecordingOpening | null = null;
      reader.read(({ kind, payload, end }) => {
        const open = kind === FrameKind.open ? sessionOpenIn(JSON.parse(payload.toString("utf8"))) : null;
        if (open !== null) opening = { open, head: headOf(path, end) };
        return false;
      });
      return opening;
    } finally {
      reader.close();
    }
  } catch {
    // What is wrong with it, whoever reads the recording says.
    return null;
  }
}

function headOf(path: string, bytes: number): FileHead {
  const head = Buffer.alloc(bytes);
  const fd = fs.openSync(path, "r");
  try {
    if (bytes < fileHeaderBytes || fs.readSync(fd, head, 0, bytes, 0) < bytes) throw new Error("it got shorter");
  } finally {
    fs.closeSync(fd);
  }
  return { bytes, sha256: sha256(head).toString("hex") };
}
