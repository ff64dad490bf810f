import { createHash, type Hash } from "node:crypto";
import { open } from "node:fs/promises";
import type { FileHead } from "./entry.ts";

const pieceBytes = 1024 * 1024;

/** The digest of the first bytes of a file that only grows; each time only what was added is read. */
export class GrowingDigest {
  readonly #path: string;
  readonly #mostBytes: number;
  #hash: Hash = createHash("sha256");
  #bytes = 0;

  /** `mostBytes`: how much is read at once at most; what is more comes the next time. */
  constructor(path: string, mostBytes = Number.POSITIVE_INFINITY) {
    this.#path = path;
    this.#mostBytes = mostBytes;
  }

  /**
   * Reads on, up to `upTo` bytes of the file, and gives how far it came; `null` where the file is not there. A file that got shorter
   * is read anew. Rejects with the system's error.
   */
  async head(upTo = Number.POSITIVE_INFINITY): Promise<FileHead | null> {
    const file = await open(this.#path, "r").catch((cause: unknown) => {
      if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
      throw cause;
    });
    if (file === null) return null;
    try {
      if ((await file.stat()).size < this.#bytes) this.#startAnew();
      const end = Math.min(upTo, this.#bytes + this.#mostBytes);
      const piece = Buffer.allocUnsafe(pieceBytes);
      while (this.#bytes < end) {
        const { bytesRead } = await file.read(piece, 0, Math.min(pieceBytes, end - this.#bytes), this.#bytes);
        if (bytesRead === 0) break;
        this.#hash.update(piece.subarray(0, bytesRead));
        this.#bytes += bytesRead;
      }
    } finally {
      await file.close();
    }
    return { bytes: this.#bytes, sha256: this.#hash.copy().digest("hex") };
  }

  #startAnew(): void {
    this.#hash = createHash("sha256");
    this.#bytes = 0;
  }
}
