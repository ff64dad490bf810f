/** The files of a bundle: their bytes are checked each time that they are read, so that nothing can change under the reader. */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { type Entry, fromFdPromise, type ZipFile } from "yauzl";
import { parseStrict } from "../canonical/strict-json.ts";
import { checkKnownName } from "./entry-names.ts";
import { bundleLimits } from "./limits.ts";
import { BundleFault } from "./verdict.ts";
import { readZipEnd } from "./zip-end.ts";
import { readEntries } from "./zip-entries.ts";

/** What is told while files are read: bytes that were unpacked since the last time. */
export type OnBytes = (bytes: number) => void;

/** The files of one bundle that is open as a descriptor, which is the caller's to close. */
export class BundleFiles {
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #digests = new Map<string, string>();
  readonly #onBytes: OnBytes;

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>, onBytes: OnBytes) {
    this.#zip = zip;
    this.#entries = entries;
    this.#onBytes = onBytes;
  }

  /** Checks the ZIP itself and the names in it. Rejects with a `BundleFault` (`E_CONTAINER`, `E_EXTRA`). */
  static async open(fd: number, onBytes: OnBytes = () => {}): Promise<BundleFiles> {
    const end = readZipEnd(fd);
    const options = { autoClose: false, lazyEntries: true, decodeStrings: false };
    try {
      const zip = await fromFdPromise(fd, options);
      // Of what it reads on by itself, failures come to who reads.
      zip.on("error", () => {});
      const entries = await readEntries(fd, zip, end);
      for (const name of entries.keys()) checkKnownName(name);
      return new BundleFiles(zip, entries, onBytes);
    } catch (thrown) {
      throw containerFault(thrown);
    }
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Bytes of a file, unpacked. */
  size(name: string): number {
    return this.#entryOf(name).uncompressedSize;
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** SHA-256 of a file in hex; it is read for it the first time. */
  async digest(name: string): Promise<string> {
    const known = this.#digests.get(name);
    if (known !== undefined) return known;
    for await (const _ of this.pieces(name));
    return this.#digests.get(name) as string;
  }

  /**
   * The bytes of a file. Ends with a `BundleFault` where they do not give the checksum that the ZIP has for them, or are not
   * those of the first time any more (`E_CONTAINER`, `E_HASH`): what was made of them before must not be believed until then.
   */
  async *pieces(name: string): AsyncGenerator<Buffer> {
    const entry = this.#entryOf(name);
    const hash = createHash("sha256");
    let sum = 0;
    try {
      const stream = await this.#zip.openReadStreamPromise(entry);
      for await (const piece of stream as AsyncIterable<Buffer>) {
        hash.update(piece);
        sum = crc32(piece, sum);
        this.#onBytes(piece.length);
        yield piece;
      }
    } catch (thrown) {
      throw containerFault(thrown, name);
    }
    if (sum !== entry.crc32) throw new BundleFault("E_CONTAINER", "its checksum in the ZIP is not that of its bytes", { file: name });
    this.#same(name, hash.digest("hex"));
  }

  /** A file at once. Rejects with a `BundleFault` where it is too long for that, or is not there (`E_CONTAINER`, `E_GAP`). */
  async whole(name: string): Promise<Buffer> {
    if (this.#entryOf(name).uncompressedSize > bundleLimits.smallFileBytes) {
      throw new BundleFault("E_CONTAINER", `it is longer than ${bundleLimits.smallFileBytes} bytes`, { file: name });
    }
    const pieces: Buffer[] = [];
    for await (const piece of this.pieces(name)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** A file that is one JSON text. Rejects with a `BundleFault` (`E_TYPE`) where it is none. */
  async json(name: string): Promise<unknown> {
    const read = parseStrict(await this.whole(name), { maxDepth: bundleLimits.jsonDepth });
    if (!read.ok) throw new BundleFault("E_TYPE", `it is not JSON that can be relied on: ${read.reason}`, { file: name });
    return read.value;
  }

  close(): void {
    this.#zip.close();
  }

  #same(name: string, digest: string): void {
    const known = this.#digests.get(name) ?? digest;
    this.#digests.set(name, known);
    if (known !== digest) throw new BundleFault("E_HASH", "it was changed while it was verified", { file: name });
  }

  #entryOf(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new BundleFault("E_GAP", "it is missing", { file: name });
    return entry;
  }
}

/** What yauzl and zlib find wrong, as a fault of the bundle; anything else is the program's own. */
function containerFault(thrown: unknown, name?: string): unknown {
  if (!(thrown instanceof Error) || thrown instanceof BundleFault || isOfSystem(thrown)) return thrown;
  return new BundleFault("E_CONTAINER", `cannot be unpacked: ${thrown.message}`, name === undefined ? {} : { file: name });
}

function isOfSystem(error: Error): boolean {
  return "syscall" in error;
}
