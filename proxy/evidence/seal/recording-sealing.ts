/** Seals one closed recording in slices: reads it once, for its digest and its events, has the facts signed, and writes the seal. */
import { createHash } from "node:crypto";
import type { Actor } from "../../model/actor.ts";
import { program } from "../../model/program.ts";
import { nowNs } from "../../recording/clock.ts";
import {
  encodeFileHeader,
  type Frame,
  FrameKind,
  fileHeaderBytes,
  type SealFacts,
  type SealSignature,
  type SignedSeal,
} from "../../recording/frame.ts";
import { appendSeal, notSealed } from "../../recording/seal.ts";
import { EventPass } from "../events/event-pass.ts";
import { CompactTree } from "../merkle/compact-tree.ts";

/** A seal's facts before they are signed, and who ran the session. */
export interface SealRequest {
  readonly session: string;
  readonly path: string;
  readonly actor: Actor;
  readonly facts: SealFacts;
}

/** Signs a seal's facts. Rejects where that cannot be now. */
export type SignsSeals = (request: SealRequest) => Promise<readonly SealSignature[]>;

type Step = { readonly kind: "reading" | "waiting" } | { readonly kind: "sealed"; readonly seal: SignedSeal | null };

type Signing =
  | { readonly kind: "asked" }
  | { readonly kind: "signed"; readonly signatures: readonly SealSignature[] }
  | { readonly kind: "refused"; readonly why: unknown };

export interface SealingOptions {
  readonly session: string;
  readonly path: string;
  readonly saltKey: Uint8Array;
  readonly sign: SignsSeals;
  /** The signatures have come, or will not come. */
  readonly wake: () => void;
}

export class RecordingSealing {
  readonly #options: SealingOptions;
  readonly #pass: EventPass;
  readonly #hash = createHash("sha256").update(encodeFileHeader());
  readonly #tree = new CompactTree();
  #bytes = fileHeaderBytes;
  #frames = 0;
  #actor: Actor | null = null;
  #closed = false;
  #sealedBefore = false;
  #facts: SealFacts | null = null;
  #signing: Signing | null = null;

  /** Throws where the recording cannot be opened. */
  constructor(options: SealingOptions) {
    this.#options = options;
    this.#pass = new EventPass(options.path, options.saltKey, {
      frame: (frame, bytes) => this.#frame(frame, bytes),
      open: ({ session, actor }) => {
        if (session !== options.session) throw notSealed(options.path, `it says that it is the session ${session}`);
        this.#actor = actor;
      },
      event: ({ hash }) => this.#tree.append(hash),
    });
  }

  /** Goes on until `enough`. Throws a `FailureError` where the recording is damaged or not closed, and where it cannot be signed or written. */
  step(enough: () => boolean): Step {
    if (this.#sealedBefore) return { kind: "sealed", seal: null };
    if (this.#facts === null) return this.#read(enough);
    switch (this.#signing?.kind) {
      case "signed":
        return this.#write(this.#facts, this.#signing.signatures);
      case "refused":
        throw this.#signing.why;
      default:
        return { kind: "waiting" };
    }
  }

  close(): void {
    this.#pass.close();
  }

  #frame({ kind, end }: Frame, bytes: Buffer): void {
    const { path } = this.#options;
    if (this.#sealedBefore) throw notSealed(path, "a frame follows its seal");
    if (kind === FrameKind.seal) {
      this.#sealedBefore = true;
      return;
    }
    this.#hash.update(bytes);
    this.#bytes = end;
    this.#frames += 1;
    if (kind === FrameKind.close) this.#closed = true;
  }

  #read(enough: () => boolean): Step {
    const { path } = this.#options;
    const end = this.#pass.read(enough);
    if (end === null) return { kind: "reading" };
    if (end.kind !== "end") throw notSealed(path, `${end.reason} at byte ${end.offset}`);
    if (this.#sealedBefore) return { kind: "sealed", seal: null };
    if (!this.#closed) throw notSealed(path, "its session has not ended");
    if (this.#actor === null) throw notSealed(path, "its open frame does not tell what it should");
    this.#ask(this.#actor);
    return { kind: "waiting" };
  }

  #ask(actor: Actor): void {
    const { session, path, sign } = this.#options;
    const facts: SealFacts = {
      sha256: this.#hash.digest("hex"),
      bytes: this.#bytes,
      frames: this.#frames,
      events: this.#tree.size,
      root: this.#tree.root().toString("hex"),
      sealedAt: Number(nowNs() / 1000n),
      program,
    };
    this.#facts = facts;
    this.#signing = { kind: "asked" };
    sign({ session, path, actor, facts }).then(
      (signatures) => this.#answered({ kind: "signed", signatures }),
      (why: unknown) => this.#answered({ kind: "refused", why }),
    );
  }

  #answered(signing: Signing): void {
    this.#signing = signing;
    this.#options.wake();
  }

  #write(facts: SealFacts, signatures: readonly SealSignature[]): Step {
    const seal: SignedSeal = { version: 2, ...facts, signatures };
    appendSeal(this.#options.path, seal);
    return { kind: "sealed", seal };
  }
}

/** Begins sealings in one data directory. `saltKey` is asked when the first one begins. */
export function sealsWith(saltKey: () => Uint8Array) {
  let key: Uint8Array | null = null;
  return (recording: { readonly session: string; readonly path: string }, sign: SignsSeals, wake: () => void): RecordingSealing => {
    key ??= saltKey();
    return new RecordingSealing({ session: recording.session, path: recording.path, saltKey: key, sign, wake });
  };
}
