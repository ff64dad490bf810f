/** What went over one connection in its Command phase, and recordings made of it. */
import type { SessionOpen } from "../../../proxy/model/session.ts";
import { FrameKind } from "../../../proxy/recording/frame.ts";
import { newSessionId } from "../../../proxy/recording/recording-files.ts";
import { RecordingWriter } from "../../../proxy/recording/recording-writer.ts";

/** Bytes in one direction, in the order in which both directions were seen. */
export interface Stretch {
  readonly from: "client" | "upstream";
  readonly bytes: Buffer;
}

/** An open frame for tests; what matters to decoding is `capabilities` and `characterSet`. */
export function openFrame(capabilities: number, characterSet = 45): SessionOpen {
  return {
    session: newSessionId(Date.UTC(2026, 10, 22)),
    recorder: "00000000-0000-4000-8000-000000000000",
    connection: "test",
    upstream: { address: "127.0.0.1:3306", version: "9.7.0", threadId: 8 },
    tls: { client: null, upstream: null },
    capabilities,
    characterSet,
    authPlugin: "mysql_native_password",
    account: "app",
    schema: "test",
    client: "127.0.0.1:50000",
    actor: { kind: "os-user", name: "tester", authenticated: false },
    claimed: {},
    program: { name: "stenograph", version: "0" },
    host: "test",
    acceptedAt: 1_795_000_000_000_000,
    signedIn: true,
  };
}

const startNs = 1_795_000_000_000_000_000n;

/**
 * Writes a recording of `stretches` to `file`, one frame each, a millisecond apart, closed unless `closed` is false.
 * `file` must not exist.
 */
export function writeRecording(file: string, open: SessionOpen, stretches: readonly Stretch[], closed = true): void {
  const writer = RecordingWriter.create(file, open);
  stretches.forEach(({ from, bytes }, index) => {
    writer.append(FrameKind[from], startNs + BigInt(index + 1) * 1_000_000n, bytes);
  });
  if (closed) {
    writer.appendJson(FrameKind.close, {
      cause: "client-quit",
      detail: null,
      clientBytes: 0,
      clientPackets: 0,
      upstreamBytes: 0,
      upstreamPackets: 0,
    });
  }
  writer.close();
}
