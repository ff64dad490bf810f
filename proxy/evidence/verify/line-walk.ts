/** Reads a file of a bundle line by line, in memory that is bounded by the longest line. */
import type { BundleFiles } from "./bundle-files.ts";
import { bundleLimits } from "./limits.ts";
import { BundleFault } from "./verdict.ts";

const lineFeed = 0x0a;

/** A line without its line feed. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly bytes: Buffer;
}

/** Goes over the lines of one file, one after the other. */
export class LineWalk {
  readonly file: string;
  readonly #pieces: AsyncGenerator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  #at = 0;
  #number = 0;
  #ended = false;

  constructor(files: BundleFiles, file: string) {
    this.file = file;
    this.#pieces = files.pieces(file);
  }

  /** The next line; `null` behind the last, when all bytes have been found to be right. Rejects with a `BundleFault`. */
  async next(): Promise<Line | null> {
    for (;;) {
      const end = this.#rest.indexOf(lineFeed, this.#at);
      if (end !== -1) return this.#line(end);
      if (this.#rest.length - this.#at > bundleLimits.lineBytes) throw this.#tooLong();
      if (!(await this.#more())) return null;
    }
  }

  /** Stops before the end. */
  async close(): Promise<void> {
    await this.#pieces.return(undefined);
  }

  #line(end: number): Line {
    if (end - this.#at > bundleLimits.lineBytes) throw this.#tooLong();
    const bytes = this.#rest.subarray(this.#at, end);
    this.#at = end + 1;
    this.#number += 1;
    return { number: this.#number, bytes };
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false;
    const pieces = [this.#rest.subarray(this.#at)];
    let bytes = 0;
    let piece = await this.#pieces.next();
    // A line over many pieces is put together once.
    while (piece.done !== true) {
      pieces.push(piece.value);
      bytes += piece.value.length;
      if (piece.value.includes(lineFeed) || bytes > bundleLimits.lineBytes) break;
      piece = await this.#pieces.next();
    }
    this.#rest = pieces.length === 2 && pieces[0]?.length === 0 ? (pieces[1] as Buffer) : Buffer.concat(pieces);
    this.#at = 0;
    this.#ended = piece.done === true;
    if (this.#ended && this.#rest.length > 0 && !this.#rest.includes(lineFeed)) {
      throw new BundleFault("E_TYPE", "the last line does not end", { file: this.file, position: `line ${this.#number + 1}` });
    }
    return this.#rest.length > 0;
  }

  #tooLong(): BundleFault {
    const reason = `the line is longer than ${bundleLimits.lineBytes} bytes`;
    return new BundleFault("E_CONTAINER", reason, { file: this.file, position: `line ${this.#number + 1}` });
  }
}
