import { closeSync, createReadStream, openSync, writeSync } from "node:fs";

/** Bytes that are gathered before they are written. */
const writeAtOnce = 256 * 1024;

/** Text that is written while something else goes into the ZIP, which takes one file after the other. */
export class SpooledText {
  readonly path: string;
  readonly #fd: number;
  #pieces: Buffer[] = [];
  #waiting = 0;
  bytes = 0;

  /** Makes the file; throws the system's error where it cannot. */
  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, "wx", 0o600);
  }

  write(piece: Buffer | string): void {
    const bytes = typeof piece === "string" ? Buffer.from(piece, "utf8") : piece;
    this.#pieces.push(bytes);
    this.#waiting += bytes.length;
    this.bytes += bytes.length;
    if (this.#waiting >= writeAtOnce) this.#flush();
  }

  /** Writes what is left. Nothing can be written afterwards. */
  close(): void {
    try {
      this.#flush();
    } finally {
      closeSync(this.#fd);
    }
  }

  /** All of it, after `close`. */
  read(): AsyncIterable<Uint8Array> {
    return createReadStream(this.path, { highWaterMark: writeAtOnce });
  }

  #flush(): void {
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#waiting = 0;
    for (let at = 0; at < all.length; ) at += writeSync(this.#fd, all, at);
  }
}
