import { createHash, type Hash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import type { BagFile } from "./bag.ts";

/** Bytes in pieces, read only as fast as they are written. */
export type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * How many times smaller a file may become in the ZIP. Readers take what grows 200-fold when it is unpacked for a bomb, so what
 * could is stored as it is.
 */
export const greatestRatio = 100;

/** What yazl knows of an entry that it has written. */
interface WrittenEntry {
  readonly compressedSize: number;
  readonly uncompressedSize: number;
}

/** A ZIP file that is written from front to back, with the digest of each of its files. One file is added after the other. */
export class BundleWriter {
  readonly #zip = new ZipFile();
  readonly #files: BagFile[] = [];
  readonly #written: Promise<void>;
  readonly #at: Date;

  /** Writes to a new file; what has been there is an error. `at`: the time that all entries have. */
  constructor(file: string, at: Date, signal: AbortSignal) {
    this.#at = at;
    const sink = createWriteStream(file, { flags: "wx", mode: 0o600, flush: true });
    this.#written = pipeline(this.#output, sink, { signal });
    // Whoever adds or finishes hears of it.
    this.#written.catch(() => undefined);
    this.#zip.on("error", (cause: Error) => this.#output.destroy(cause));
  }

  /** yazl's types know only an older kind of stream. */
  get #output(): Readable {
    return this.#zip.outputStream as Readable;
  }

  /** The files so far, in the order of adding. */
  get files(): readonly BagFile[] {
    return this.#files;
  }

  /** Adds a file, and reads its pieces to the end before it returns. Rejects with what reading or writing failed with. */
  async add(path: string, pieces: Pieces, compress = false): Promise<BagFile> {
    const digest = new Digest();
    const stream = Readable.from(digest.over(pieces), { objectMode: false, highWaterMark: 256 * 1024 });
    try {
      const read = finished(stream, { writable: false });
      this.#zip.addReadStreamLazy(path, { mtime: this.#at, mode: 0o100600, compress }, (give) => give(null, stream));
      await Promise.race([read, this.#written]);
    } finally {
      stream.destroy();
    }
    const file = { path, sha256: digest.hex(), bytes: digest.bytes };
    this.#files.push(file);
    return file;
  }

  /** Adds a text or a few bytes. */
  addWhole(path: string, content: string | Uint8Array): Promise<BagFile> {
    return this.add(path, [typeof content === "string" ? Buffer.from(content, "utf8") : content]);
  }

  /** Writes the directory of the ZIP, and waits until all is on the disk. */
  async finish(): Promise<void> {
    this.#zip.end();
    await this.#written;
  }

  /** Gives up; what is written so far is left behind. */
  async abandon(): Promise<void> {
    this.#output.destroy();
    await this.#written.catch(() => undefined);
  }

  /** Whether a file that has been followed by another one became so small that readers would take it for a bomb. */
  hasBomb(): boolean {
    const { entries } = this.#zip as unknown as { readonly entries: readonly WrittenEntry[] };
    return entries.some(({ compressedSize, uncompressedSize }) => uncompressedSize > greatestRatio * Math.max(compressedSize, 1));
  }
}

/** Digests what passes through. */
class Digest {
  readonly #hash: Hash = createHash("sha256");
  bytes = 0;

  async *over(pieces: Pieces): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      this.#hash.update(piece);
      this.bytes += piece.length;
      yield piece;
    }
  }

  hex(): string {
    return this.#hash.digest("hex");
  }
}
