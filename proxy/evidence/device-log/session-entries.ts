import type { Actor } from "../../model/actor.ts";
import { type SealStated, sealStatementBytes } from "../seal/seal-statement.ts";
import { pae } from "../signing/dsse.ts";
import { inTotoPayloadType } from "../signing/in-toto.ts";
import type { Signer } from "../signing/signer.ts";
import type { DeviceLog } from "./device-log.ts";
import { type LoggedSignature, loggedActor, type OpeningSignature } from "./entry.ts";
import { GrowingDigest } from "./growing-digest.ts";
import { type Opening, openingBytes } from "./opening.ts";
import { readOpening } from "./recording-opening.ts";

/** How far a recording of this process has grown. */
export interface GrownRecording {
  readonly session: string;
  readonly path: string;
  /** Bytes of whole frames. */
  readonly size: number;
  readonly closed: boolean;
}

/** A seal as it stands at the end of its recording. `root` and `events` are absent in those from before there were any. */
export interface WrittenSeal {
  readonly sha256: string;
  readonly bytes: number;
  readonly root?: string;
  readonly events?: number;
  readonly signatures?: readonly LoggedSignature[];
}

export interface SessionEntriesOptions {
  readonly log: Pick<DeviceLog, "append">;
  readonly device: Signer;
  /** The identity key of a sign-in, as long as it is there. */
  identityOf(signIn: string): Signer | null;
}

interface Tracked {
  readonly path: string;
  /** The sign-in that it runs under; `null` where it is no person's who signed in here. */
  readonly signIn: string | null;
  /** Heartbeats since it was opened. */
  beats: number;
  size: number;
  closed: boolean;
  digest: GrowingDigest | null;
}

/** How much of a session that is open for long is digested at each heartbeat; more comes at the next. */
const mostHeadBytes = 256 * 1024 * 1024;

/** What the device log says of sessions that this process records: their openings, how far long ones have come, and their seals. */
export class SessionEntries {
  readonly #options: SessionEntriesOptions;
  readonly #sessions = new Map<string, Tracked>();
  readonly #waits = new Set<() => void>();

  constructor(options: SessionEntriesOptions) {
    this.#options = options;
  }

  /** Takes note of what was recorded: enters the opening of what is new. */
  grew(recordings: readonly GrownRecording[]): void {
    for (const recording of recordings) {
      const tracked = this.#sessions.get(recording.session) ?? this.#opened(recording);
      if (tracked === null) continue;
      tracked.size = recording.size;
      tracked.closed ||= recording.closed;
    }
  }

  /** Whether this process recorded the session, as far as it was told. */
  knows(session: string): boolean {
    return this.#sessions.has(session);
  }

  /**
   * Signs what a seal states: by the device key, and by the identity key of the session's sign-in while it is there. That only for
   * what this process has recorded itself: who can write files here could otherwise get a person's signature for any of them.
   */
  sign(session: string, actor: Actor, stated: SealStated): readonly LoggedSignature[] {
    const bytes = pae(inTotoPayloadType, sealStatementBytes(session, stated));
    const signatures: LoggedSignature[] = [{ by: "device", ...signatureBy(this.#options.device, bytes) }];
    const signIn = this.#sessions.get(session)?.signIn ?? null;
    const identity = signIn === signInOf(actor) ? this.#identityOf(signIn) : null;
    if (identity !== null && signIn !== null) signatures.push({ by: "identity", ...signatureBy(identity, bytes), signIn });
    return signatures;
  }

  /** A seal was written. `late`: of a session of an earlier run, which may not have come to enter its opening. */
  sealed(session: string, { sha256, bytes, root, events, signatures }: WrittenSeal, late = !this.#sessions.has(session)): void {
    const facts = { session, root: root ?? null, events: events ?? null, sha256, bytes, signatures: signatures ?? [] };
    this.#options.log.append({ kind: "seal", ...facts, ...(late && { late }) });
    this.#sessions.delete(session);
    for (const look of [...this.#waits]) look();
  }

  /** Enters how far the sessions have come that were already open at the last heartbeat. Never rejects. */
  async beat(): Promise<void> {
    for (const [session, tracked] of [...this.#sessions]) {
      tracked.beats += 1;
      if (tracked.closed || tracked.beats < 2) continue;
      tracked.digest ??= new GrowingDigest(tracked.path, mostHeadBytes);
      // What cannot be read now is entered at the next heartbeat, or sealed.
      const head = await tracked.digest.head(tracked.size).catch(() => null);
      if (head !== null && this.#sessions.has(session)) this.#options.log.append({ kind: "head", session, ...head });
    }
  }

  /**
   * Resolves when no session of a sign-in is left that still has to be sealed; `open`: whether those that are still open count,
   * because they are about to end.
   */
  settled(signIn: string, open: boolean): Promise<void> {
    const isSettled = (): boolean => ![...this.#sessions.values()].some((one) => one.signIn === signIn && (one.closed || open));
    if (isSettled()) return Promise.resolve();
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isSettled()) return;
        this.#waits.delete(look);
        resolve();
      };
      this.#waits.add(look);
    });
  }

  #opened({ session, path, size, closed }: GrownRecording): Tracked | null {
    const read = readOpening(path);
    if (read === null || read.open.session !== session) return null;
    const { connection, actor } = read.open;
    const opening: Opening = { session, connection, actor: loggedActor(actor), ...read.head };
    const signIn = signInOf(actor);
    const identity = this.#signedOpening(opening, signIn);
    this.#options.log.append({ kind: "session-open", ...opening, ...(identity !== null && { identity }) });
    const tracked: Tracked = { path, signIn, beats: 0, size, closed, digest: null };
    this.#sessions.set(session, tracked);
    return tracked;
  }

  #signedOpening(opening: Opening, signIn: string | null): OpeningSignature | null {
    const identity = this.#identityOf(signIn);
    if (identity === null || signIn === null) return null;
    const { keyId, sig } = signatureBy(identity, pae(inTotoPayloadType, openingBytes(opening)));
    return { signIn, keyId, sig };
  }

  #identityOf(signIn: string | null): Signer | null {
    return signIn === null ? null : this.#options.identityOf(signIn);
  }
}

function signInOf(actor: Actor): string | null {
  return actor.kind === "person" ? actor.signIn : null;
}

function signatureBy(signer: Signer, bytes: Uint8Array): Pick<LoggedSignature, "keyId" | "algorithm" | "sig"> {
  return { keyId: signer.keyId, algorithm: signer.algorithm, sig: signer.sign(bytes).toString("base64") };
}
