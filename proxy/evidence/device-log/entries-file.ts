import { type FileHandle, open } from "node:fs/promises";
import { type Entry, readEntry } from "./entry.ts";

const pieceBytes = 1024 * 1024;
/** A longer line is no entry. */
const mostLineBytes = 16 * 1024 * 1024;
const newline = 0x0a;

/** Bytes behind the last whole entry, which are none: a write that was cut short. `replaced`: it is another file, or got shorter. */
export type EntriesRead = { readonly kind: "read"; readonly tornBytes: number } | { readonly kind: "replaced" };

/**
 * The file of entries, a line each. It is read on from where it was read to last, so that what another process has added costs
 * no more than that. Whoever reads or writes holds the log's lock.
 */
export class EntriesFile {
  readonly #path: string;
  /** Bytes of whole entries that were read or written, and how many they are. */
  #bytes = 0;
  #entries = 0;
  /** Tells the file from another one of the same name; `null` where there was none yet. */
  #identity: string | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** Gives each whole entry that was not read before to `visit`, with the bytes of its leaf. Rejects with the system's error. */
  async read(visit: (leaf: Buffer, entry: Entry) => void): Promise<EntriesRead> {
    const file = await openWhereThere(this.#path);
    if (file === null) return this.#identity === null ? { kind: "read", tornBytes: 0 } : { kind: "replaced" };
    try {
      const { dev, ino, size } = await file.stat({ bigint: true });
      const identity = `${dev} ${ino}`;
      if ((this.#identity ?? identity) !== identity || size < this.#bytes) return { kind: "replaced" };
      this.#identity = identity;
      await this.#readLines(file, visit);
      return { kind: "read", tornBytes: Number(size) - this.#bytes };
    } finally {
      await file.close();
    }
  }

  /** Whether nothing was added since it was read. */
  async isUnchanged(): Promise<boolean> {
    const file = await openWhereThere(this.#path);
    if (file === null) return false;
    try {
      const { dev, ino, size } = await file.stat({ bigint: true });
      return this.#identity === `${dev} ${ino}` && Number(size) === this.#bytes;
    } finally {
      await file.close();
    }
  }

  /** Cuts what is behind the last whole entry. */
  async cutTorn(): Promise<void> {
    const file = await open(this.#path, "r+");
    try {
      await file.truncate(this.#bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** Adds entries; they are on the disk when it resolves. Where it rejects, with the system's error, none is in the file. */
  async append(leaves: readonly Buffer[]): Promise<void> {
    const lines = Buffer.concat(leaves.flatMap((leaf) => [leaf, Buffer.from([newline])]));
    const file = await open(this.#path, "a", 0o600);
    try {
      await file.appendFile(lines);
      await file.sync();
      const { dev, ino } = await file.stat({ bigint: true });
      this.#identity = `${dev} ${ino}`;
    } catch (cause) {
      // Where even that fails, what is left is found as torn, or as entries that are there twice.
      await file.truncate(this.#bytes).catch(() => undefined);
      throw cause;
    } finally {
      await file.close();
    }
    this.#bytes += lines.length;
    this.#entries += leaves.length;
  }

  /** Reads lines up to the first one that is not whole, or is no entry. */
  async #readLines(file: FileHandle, visit: (leaf: Buffer, entry: Entry) => void): Promise<void> {
    let rest: Buffer = Buffer.alloc(0);
    let at = this.#bytes;
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(pieceBytes), 0, pieceBytes, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      const piece = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      let start = 0;
      for (let end = piece.indexOf(newline); end !== -1; end = piece.indexOf(newline, start)) {
        const leaf = piece.subarray(start, end);
        const entry = readEntry(leaf.toString("utf8"), this.#entries);
        if (entry === null) return;
        visit(leaf, entry);
        this.#bytes += leaf.length + 1;
        this.#entries += 1;
        start = end + 1;
      }
      rest = piece.subarray(start);
      if (rest.length > mostLineBytes) return;
    }
  }
}

async function openWhereThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, "r");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw cause;
  }
}
