/** A workstation's data directory with sealed sessions that a test makes up, its device key and its device log, and exports of them. */
import fs from "node:fs";
import path from "node:path";
import { exportBundle } from "../../../proxy/evidence/bundle/export-bundle.ts";
import type { ExportOptions, ExportRequest, ExportResult, ExportTools } from "../../../proxy/evidence/bundle/export-request.ts";
import { RecordingSource } from "../../../proxy/evidence/bundle/recording-source.ts";
import { findSealed } from "../../../proxy/evidence/bundle/sealed-sessions.ts";
import type { SealSignature } from "../../../proxy/evidence/bundle/session-items.ts";
import type { DeviceLog } from "../../../proxy/evidence/device-log/device-log.ts";
import { loggedActor } from "../../../proxy/evidence/device-log/entry.ts";
import { openSaltKey } from "../../../proxy/evidence/events/salt-key.ts";
import { sealStatementBytes } from "../../../proxy/evidence/seal/seal-statement.ts";
import { pae } from "../../../proxy/evidence/signing/dsse.ts";
import { inTotoPayloadType } from "../../../proxy/evidence/signing/in-toto.ts";
import type { Signer } from "../../../proxy/evidence/signing/signer.ts";
import { signInRecordPath } from "../../../proxy/identity/sign-in-record.ts";
import { program } from "../../../proxy/model/program.ts";
import type { SessionOpen } from "../../../proxy/model/session.ts";
import { encodeJsonFrame, FrameKind } from "../../../proxy/recording/frame.ts";
import { digestRecording } from "../../../proxy/recording/seal.ts";
import { RecordedSession } from "../library/recorded-session.ts";
import { sessionOpenOf } from "../library/statement-of.ts";
import { rootOfEvents } from "./events.ts";
import { type MemoryDeviceKey, memoryDeviceKey } from "./memory-device-key.ts";
import { runDeviceLog } from "./running-device-log.ts";

/** When the first session began, unless told. */
const usualStart = 1_790_000_000_000_000;

/** Someone who is signed in. */
export interface SignedIn {
  readonly signIn: string;
  readonly signer: Signer;
}

export class EvidenceWorkstation implements AsyncDisposable {
  readonly dataDirectory: string;
  readonly key: MemoryDeviceKey;
  readonly log: DeviceLog;
  /** Microseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly #saltKey: Buffer<ArrayBuffer>;
  #sessions = 0;

  constructor(dataDirectory: string, key = memoryDeviceKey(), startedAt = usualStart) {
    this.startedAt = startedAt;
    this.dataDirectory = dataDirectory;
    this.key = key;
    this.log = runDeviceLog(dataDirectory, key);
    this.#saltKey = Buffer.from(openSaltKey(dataDirectory));
  }

  /** A session with what `fill` puts into it, closed, sealed and in the device log. Gives its id. */
  async record(fill: (session: RecordedSession, at: number) => unknown, given: Partial<SessionOpen> = {}, by?: SignedIn): Promise<string> {
    const at = this.startedAt + this.#sessions * 1_000_000;
    this.#sessions += 1;
    const session = new RecordedSession(this.dataDirectory, at, given);
    const { connection, actor } = sessionOpenOf(given);
    const opened = digestRecording(session.path);
    const head = { bytes: opened.bytes, sha256: opened.sha256 };
    await this.log.enter({ kind: "session-open", session: session.id, connection, actor: loggedActor(actor), ...head });
    fill(session, at + 1000);
    session.close();
    await this.#seal(session, by);
    return session.id;
  }

  /** The sealed sessions, as an export reads them. */
  sources(sessions: readonly string[]): RecordingSource[] {
    return sessions.map((session) => {
      const found = findSealed(this.dataDirectory, session);
      if (found.kind !== "sealed") throw new Error(`${session} is not sealed`);
      return new RecordingSource(found.sealed, this.#saltKey);
    });
  }

  /** Exports sessions into `out`, which is in the data directory where it is relative. */
  export(
    sessions: readonly string[],
    out: string,
    given: Partial<ExportRequest> = {},
    options: ExportOptions & Partial<ExportTools> = {},
  ): Promise<ExportResult> {
    const request: ExportRequest = {
      sources: this.sources(sessions),
      out: path.resolve(this.dataDirectory, out),
      exporter: { kind: "os-user", name: "anna", authenticated: false },
      rules: [],
      reason: null,
      recipients: [],
      timestampUrl: null,
      ...given,
    };
    const tools: ExportTools = {
      dataDirectory: this.dataDirectory,
      device: this.key,
      identity: null,
      enter: (body) => this.log.enter(body),
      signInRecordPath: (signIn) => signInRecordPath(this.dataDirectory, signIn),
      now: () => this.startedAt + 3_600_000_000,
      ...options,
    };
    return exportBundle(request, tools, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.log.close();
  }

  async #seal({ id, path: file }: RecordedSession, by: SignedIn | undefined): Promise<void> {
    const { sha256, bytes, frames } = digestRecording(file);
    const { events, root } = rootOfEvents(file, this.#saltKey);
    const facts = { sha256, bytes, frames, events, root, sealedAt: this.startedAt + 1_800_000_000, program };
    const signed = pae(inTotoPayloadType, sealStatementBytes(id, facts));
    const signatures: SealSignature[] = [{ by: "device", ...signatureOf(this.key, signed) }];
    if (by !== undefined) signatures.push({ by: "identity", ...signatureOf(by.signer, signed), signIn: by.signIn });
    fs.appendFileSync(file, encodeJsonFrame(FrameKind.seal, BigInt(facts.sealedAt) * 1000n, { version: 2, ...facts, signatures }));
    await this.log.enter({ kind: "seal", session: id, sha256, bytes, events, root, signatures });
  }
}

function signatureOf(signer: Signer, bytes: Uint8Array): { keyId: string; algorithm: Signer["algorithm"]; sig: string } {
  return { keyId: signer.keyId, algorithm: signer.algorithm, sig: signer.sign(bytes).toString("base64") };
}
