/** What an export is asked for, what it needs, and what it tells. */
import type { Actor } from "../../model/actor.ts";
import type { UnixMicros } from "../../model/value.ts";
import type { EntryBody } from "../device-log/entry.ts";
import type { KeptKey } from "../signing/device-key.ts";
import type { Signer } from "../signing/signer.ts";
import type { SignInRecordPath } from "./identity-part.ts";
import type { SessionSource } from "./session-items.ts";
import type { WithheldCounts } from "./withheld-counts.ts";
import type { WithholdingRule } from "./withholding-rules.ts";

/** What is to be exported, and to where. */
export interface ExportRequest {
  readonly sources: readonly SessionSource[];
  /** A file that does not exist yet. */
  readonly out: string;
  readonly exporter: Actor;
  readonly rules: readonly WithholdingRule[];
  /** Why something is withheld, in the exporter's words. */
  readonly reason: string | null;
  /** Of age; where there are any, the whole bundle is encrypted to them. */
  readonly recipients: readonly string[];
  /** Address of an RFC 3161 authority. */
  readonly timestampUrl: string | null;
}

/** What an export needs of the workstation. */
export interface ExportTools {
  readonly dataDirectory: string;
  readonly device: Signer & { readonly kept: KeptKey };
  /** The exporter's identity key, where they are signed in. */
  readonly identity: { readonly signer: Signer; readonly signIn: string } | null;
  /** Enters it in the device log, on the disk and under a checkpoint. */
  enter(body: EntryBody): Promise<unknown>;
  readonly signInRecordPath: SignInRecordPath;
  readonly now: () => UnixMicros;
}

/** How far it is, in bytes of what is read. */
export interface ExportProgress {
  readonly phase: "looking" | "writing" | "encrypting";
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface ExportOptions {
  readonly progress?: (progress: ExportProgress) => void;
  readonly signal?: AbortSignal;
}

/** A session as it was exported. `root` in hex. */
export interface ExportedSession {
  readonly session: string;
  readonly events: number;
  readonly root: string;
  readonly withheld: WithheldCounts;
}

export interface ExportResult {
  readonly file: string;
  readonly bytes: number;
  readonly exportId: string;
  /** SHA-256 in hex of the manifest, by which the bundle is known to others. */
  readonly manifestSha256: string;
  readonly sessions: readonly ExportedSession[];
  readonly withheld: WithheldCounts;
  readonly encrypted: boolean;
}
