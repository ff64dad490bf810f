/** What is in the device log: each entry is one leaf of its tree, and one line of its file. */
import type { Actor } from "../../model/actor.ts";
import type { UnixMicros } from "../../model/value.ts";
import { canonicalBytes } from "../canonical/canonical.ts";
import type { KeptKey } from "../signing/device-key.ts";
import type { DeviceJwk, SignatureAlgorithm } from "../signing/public-key.ts";

/** Who a session is of, as far as it identifies. */
export interface LoggedActor {
  readonly kind: Actor["kind"];
  readonly name: string;
  readonly issuer?: string;
  readonly subject?: string;
}

/** A file as it was when it had this many bytes; the digest, in hex, is of those. */
export interface FileHead {
  readonly bytes: number;
  readonly sha256: string;
}

/** An identity key's signature over the opening of a session. `sig` in base64, over DSSE's encoding of the opening's statement. */
export interface OpeningSignature {
  /** Id of the sign-in. */
  readonly signIn: string;
  readonly keyId: string;
  readonly sig: string;
}

/** One of a seal's signatures. */
export interface LoggedSignature {
  readonly by: "device" | "identity";
  readonly keyId: string;
  readonly algorithm: SignatureAlgorithm;
  readonly sig: string;
  readonly signIn?: string;
}

/** What happened, by its kind. Each is a fact of the moment when it was entered, and no secret. */
export type EntryBody =
  /** From here on this key signs checkpoints and seals, too. The first entry of a log is of the key that began it. */
  | { readonly kind: "device-key"; readonly keyId: string; readonly publicKey: DeviceJwk; readonly kept: KeptKey }
  /** `bytes` and `sha256` are of the recording up to the end of its open frame. */
  | ({
      readonly kind: "session-open";
      readonly session: string;
      readonly connection: string;
      readonly actor: LoggedActor;
      readonly identity?: OpeningSignature;
    } & FileHead)
  /** How far the recording of a session that is open for long has come. */
  | ({ readonly kind: "head"; readonly session: string } & FileHead)
  /** `root` and `events` are `null` for recordings from before there were any. `late`: of a session of an earlier run. */
  | ({
      readonly kind: "seal";
      readonly session: string;
      readonly root: string | null;
      readonly events: number | null;
      readonly signatures: readonly LoggedSignature[];
      readonly late?: true;
    } & FileHead)
  | { readonly kind: "export"; readonly exportId: string; readonly sessions: readonly string[]; readonly manifestSha256?: string }
  /** A bundle was taken in. */
  | { readonly kind: "import"; readonly sessions: readonly string[]; readonly manifestSha256: string; readonly verdict: string }
  /** A recording was deleted. */
  | { readonly kind: "deletion"; readonly session: string; readonly reason: string }
  | { readonly kind: "recording-failure"; readonly message: string }
  | { readonly kind: "recording-resumed" }
  /** That it ran, and what the access log was. */
  | { readonly kind: "heartbeat"; readonly openSessions: number; readonly accessLog: FileHead | null }
  /** This log could not be written for a while. `lost`: how many entries had to be given up; seals are entered late. */
  | { readonly kind: "log-resumed"; readonly failedAt: UnixMicros; readonly message: string; readonly lost: number }
  /** So many bytes of an entry that was never whole were cut from the end. */
  | { readonly kind: "log-torn"; readonly bytes: number }
  /** What was here before did not fit its checkpoint, and is kept under `name`; `null` where it was gone. */
  | { readonly kind: "log-put-aside"; readonly name: string | null; readonly reason: string };

/** `i` is its index in the log, from 0. */
export type Entry = EntryBody & { readonly v: 1; readonly i: number; readonly at: UnixMicros };

/** The leaf of an entry: canonical JSON. */
export function leafOf(i: number, at: UnixMicros, body: EntryBody): Buffer {
  return canonicalBytes({ v: 1, i, at, ...body });
}

/** The entry in a line at this index; `null` where it is none. Only index and kind are sure: a reader checks what it relies on. */
export function readEntry(line: string, i: number): Entry | null {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null) return null;
    const { v, i: index, at, kind } = value as Readonly<Record<string, unknown>>;
    return v === 1 && index === i && typeof at === "number" && typeof kind === "string" ? (value as Entry) : null;
  } catch {
    return null;
  }
}

/** What of an actor goes into the log. */
export function loggedActor(actor: Actor): LoggedActor {
  const { kind, name } = actor;
  if (kind === "os-user") return { kind, name };
  const { issuer, subject } = actor;
  return { kind, name, subject, ...(issuer !== null && { issuer }) };
}
