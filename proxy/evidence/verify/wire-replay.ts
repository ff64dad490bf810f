/**
 * The recording in a bundle, decoded again: it must be the one that was sealed, and tell what the events and their parts tell. So
 * neither can say something that the other does not.
 */
import { createHash, type Hash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { FailureError, failureOf } from "../../model/failure.ts";
import { type Frame, FrameKind, fileHeaderBytes } from "../../recording/frame.ts";
import type { ReadEnd } from "../../recording/frame-reader.ts";
import { canonicalText } from "../canonical/canonical.ts";
import { EventPass } from "../events/event-pass.ts";
import type { LeafHeader } from "../events/leaf.ts";
import type { BundleFiles } from "./bundle-files.ts";
import type { DisclosedPart } from "./disclosed-part.ts";
import { type SessionHeader, sessionFile } from "./seals.ts";
import { BundleFault, type Place } from "./verdict.ts";

/** The bytes of a recording up to somewhere; in hex. */
export interface WireHead {
  readonly bytes: number;
  readonly sha256: string;
}

type Told =
  | { readonly kind: "part"; readonly path: string; readonly json: string }
  | { readonly kind: "event"; readonly header: LeafHeader };

/** What salts and commitments are does not follow from a recording: its facts are compared, and parts by their values. */
const notFacts: ReadonlySet<string> = new Set(["prev", "claimed", "details", "definitions", "root", "value", "detail"]);

const noKey = Buffer.alloc(32);

/** Decodes a recording step by step, as its events are read. */
export class WireReplay {
  readonly #file: string;
  readonly #place: Place;
  readonly #header: SessionHeader;
  readonly #heads: Map<number, string>;
  readonly #pass: EventPass;
  readonly #hash: Hash = createHash("sha256");
  readonly #told: Told[] = [];
  #next = 0;
  #ended = false;
  #frames = 0;
  #bytes = fileHeaderBytes;
  #sealed: string | null = null;

  /** `heads`: what the device log says that the recording was, while the session was open. Throws where the file cannot be read. */
  constructor(file: string, header: SessionHeader, heads: readonly WireHead[]) {
    this.#file = file;
    this.#place = { file: sessionFile(header.session, "wire.steno") };
    this.#header = header;
    this.#heads = new Map(heads.map(({ bytes, sha256 }) => [bytes, sha256]));
    this.#hash.update(this.#fileHeader());
    this.#pass = new EventPass(file, noKey, {
      frame: (frame, bytes) => this.#frame(frame, bytes),
      part: ({ path: of, json }) => this.#told.push({ kind: "part", path: of, json }),
      event: ({ header: leaf }) => this.#told.push({ kind: "event", header: leaf }),
    });
  }

  /** The bundle opens this part. */
  part(part: DisclosedPart, place: Place): void {
    const told = this.#take();
    if (told?.kind !== "part" || told.path !== part.path || told.json !== part.valueBytes.toString("utf8")) {
      throw new BundleFault("E_DISCLOSE", `${part.path} is not what the recording says`, place);
    }
  }

  /** The bundle has this leaf. */
  leaf(leaf: Buffer, place: Place): void {
    const told = this.#take();
    if (told?.kind !== "event" || factsOf(told.header) !== factsOf(JSON.parse(leaf.toString("utf8")))) {
      throw new BundleFault("E_DISCLOSE", "the event is not what the recording says", place);
    }
  }

  /** The bundle has no more. Throws a `BundleFault`: `E_DISCLOSE`, `E_ROOT` where it is not the recording that was sealed. */
  end(): void {
    if (this.#take() !== null) throw new BundleFault("E_DISCLOSE", "the recording says more than the events", this.#place);
    const { seal } = this.#header;
    const isSealed = this.#sealed === seal.sha256 && this.#bytes === seal.bytes && this.#frames === seal.frames;
    if (!isSealed) throw new BundleFault("E_ROOT", "it is not the recording that was sealed", this.#place);
    for (const bytes of this.#heads.keys()) {
      throw new BundleFault("E_FORK", `the device log knew it when it had ${bytes} bytes, and it was cut or changed since`, this.#place);
    }
  }

  close(): void {
    this.#pass.close();
  }

  #take(): Told | null {
    while (this.#next === this.#told.length && !this.#ended) {
      this.#told.length = 0;
      this.#next = 0;
      const end = this.#read();
      if (end !== null && end.kind !== "end") throw new BundleFault("E_ROOT", `${end.reason} at byte ${end.offset}`, this.#place);
      this.#ended = end !== null;
    }
    const told = this.#told[this.#next] ?? null;
    this.#next += 1;
    return told;
  }

  /** What cannot be decoded is no recording that a recorder wrote, whatever its checksums say. */
  #read(): ReadEnd | null {
    try {
      return this.#pass.read(() => this.#told.length > 0);
    } catch (thrown) {
      if (thrown instanceof BundleFault || isOfSystem(thrown)) throw thrown;
      throw new BundleFault("E_ROOT", `it cannot be decoded: ${failureOf(thrown).message}`, this.#place);
    }
  }

  #frame(frame: Frame, bytes: Buffer): void {
    if (this.#sealed !== null) throw new BundleFault("E_ROOT", "something follows its seal", this.#place);
    if (frame.kind === FrameKind.seal) {
      this.#sealed = this.#hash.copy().digest("hex");
      if (frame.payload.toString("utf8") !== this.#sealText(frame))
        throw new BundleFault("E_ROOT", "its seal is not the session's", this.#place);
      return;
    }
    this.#hash.update(bytes);
    this.#frames += 1;
    this.#bytes = frame.end;
    const head = this.#heads.get(frame.end);
    if (head === undefined) return;
    if (this.#hash.copy().digest("hex") !== head) {
      throw new BundleFault("E_FORK", `its first ${frame.end} bytes are not those that the device log knows`, this.#place);
    }
    this.#heads.delete(frame.end);
  }

  /** The seal's members may stand in any order. */
  #sealText(frame: Frame): string {
    const text = frame.payload.toString("utf8");
    try {
      return canonicalText(JSON.parse(text)) === canonicalText(this.#header.seal) ? text : "";
    } catch {
      return "";
    }
  }

  #fileHeader(): Buffer {
    const fd = fs.openSync(this.#file, "r");
    const header = Buffer.alloc(fileHeaderBytes);
    try {
      return header.subarray(0, fs.readSync(fd, header, 0, fileHeaderBytes, 0));
    } finally {
      fs.closeSync(fd);
    }
  }
}

/**
 * Gives `use` the recording of a session as a file that nobody else can read; `null` where the bundle has none. It is gone afterwards.
 * Rejects with a `FailureError` (`no-room`) where there is no place for it.
 */
export async function withWire<T>(files: BundleFiles, session: string, use: (file: string | null) => Promise<T>): Promise<T> {
  const name = sessionFile(session, "wire.steno");
  if (!files.has(name)) return use(null);
  let folder: string | null = null;
  try {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "stenograph-verify-"));
    const file = path.join(folder, "wire.steno");
    await unpack(files, name, file);
    return await use(file);
  } catch (cause) {
    throw isOfSystem(cause) ? noRoom(cause) : cause;
  } finally {
    if (folder !== null) fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function unpack(files: BundleFiles, name: string, file: string): Promise<void> {
  const fd = fs.openSync(file, "wx", 0o600);
  try {
    for await (const piece of files.pieces(name)) for (let at = 0; at < piece.length; ) at += fs.writeSync(fd, piece, at);
  } finally {
    fs.closeSync(fd);
  }
}

function noRoom(cause: unknown): FailureError {
  const message = `The recording in the bundle could not be unpacked into ${os.tmpdir()}: ${failureOf(cause).message}. Set TMPDIR to where there is room.`;
  return new FailureError("no-room", message, { cause });
}

function isOfSystem(thrown: unknown): boolean {
  return thrown instanceof Error && "syscall" in thrown;
}

function factsOf(header: unknown): string {
  return canonicalText(JSON.parse(JSON.stringify(header, (name, value: unknown) => (notFacts.has(name) ? undefined : value))));
}
