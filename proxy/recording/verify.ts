/** Checks that a recording is whole: every frame's checksum, the close, and the seal over all of it. */
import { digestRecording } from "./seal.ts";

/** The outcome for one recording; `reason` is a sentence for a person. */
export type RecordingVerdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Verifies one recording file. Never throws for what the file holds. */
export function verifyRecording(file: string): RecordingVerdict {
  let digest: ReturnType<typeof digestRecording>;
  try {
    digest = digestRecording(file);
  } catch (thrown) {
    return { ok: false, reason: `it cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}` };
  }
  const { end, seal } = digest;
  if (end.kind !== "end") return { ok: false, reason: `${end.reason} at byte ${end.offset}` };
  if (seal === null) return { ok: false, reason: digest.closed ? "it is closed but not sealed yet" : "its session has not ended" };
  if (seal.sha256 !== digest.sha256) return { ok: false, reason: "its bytes are not those that were sealed" };
  if (seal.bytes !== digest.bytes || seal.frames !== digest.frames)
    return { ok: false, reason: "its length is not the one that was sealed" };
  return { ok: true };
}
