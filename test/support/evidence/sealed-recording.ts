/** Seals a recording in one go, as the library's thread does in slices. */
import path from "node:path";
import { RecordingSealing } from "../../../proxy/evidence/seal/recording-sealing.ts";
import type { SealSignature, SignedSeal } from "../../../proxy/recording/frame.ts";
import { FrameReader } from "../../../proxy/recording/frame-reader.ts";
import { testSaltKey } from "./events.ts";

/** The seal; `null` where it was sealed before. Rejects with a `FailureError` where it cannot be sealed. */
export async function sealRecording(file: string, signatures: readonly SealSignature[] = []): Promise<SignedSeal | null> {
  const woken = Promise.withResolvers<void>();
  const options = { session: sessionIn(file), path: file, saltKey: testSaltKey };
  const sealing = new RecordingSealing({ ...options, sign: () => Promise.resolve(signatures), wake: woken.resolve });
  try {
    let step = sealing.step(() => false);
    if (step.kind === "waiting") {
      await woken.promise;
      step = sealing.step(() => false);
    }
    if (step.kind !== "sealed") throw new Error(`Sealing is still ${step.kind}.`);
    return step.seal;
  } finally {
    sealing.close();
  }
}

/** The session that a recording says that it is; else the one that its name says. */
function sessionIn(file: string): string {
  const reader = new FrameReader(file);
  let session = path.basename(file, ".steno");
  reader.read((frame) => {
    session = (JSON.parse(frame.payload.toString("utf8")) as { session?: string }).session ?? session;
    return false;
  });
  reader.close();
  return session;
}
