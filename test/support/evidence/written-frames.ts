/** Recordings made of any frames. */

import fs from "node:fs";
import type { SessionOpen } from "../../../proxy/model/session.ts";
import { encodeFileHeader, encodeFrame, FrameKind } from "../../../proxy/recording/frame.ts";

/** A frame: bytes of one side, or what is JSON in it. */
export type FrameToWrite = readonly [kind: keyof typeof FrameKind, payload: Buffer | object];

/** The close frame of a client that left. */
export const quit: FrameToWrite = [
  "close",
  { cause: "client-quit", detail: null, clientBytes: 1, clientPackets: 2, upstreamBytes: 3, upstreamPackets: 4 },
];

const startNs = 1_795_000_000_000_000_000n;

/** Writes `open` and `frames`, a millisecond apart: the same bytes for the same frames. */
export function writeFrames(file: string, open: SessionOpen, frames: readonly FrameToWrite[]): void {
  const all: FrameToWrite[] = [["open", open], ...frames];
  const bytes = all.map(([kind, payload], index) => {
    const body = Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload));
    return encodeFrame(FrameKind[kind], startNs + BigInt(index) * 1_000_000n, body);
  });
  fs.writeFileSync(file, Buffer.concat([encodeFileHeader(), ...bytes]));
}
