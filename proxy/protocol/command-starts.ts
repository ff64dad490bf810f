/** Where commands start in bytes that a client sends: each of them begins a count of sequence ids. */
import { maxPayload } from "./packet-writer.ts";

const headerBytes = 4;

/** Bytes that can go on, and the offsets in them at which a command starts, ascending. */
export interface StartedCommands {
  readonly bytes: Buffer;
  readonly starts: readonly number[];
}

/** Finds them over chunks as they come. A header that is not whole yet is kept back for the next chunk. */
export class CommandStarts {
  private kept: Buffer = Buffer.alloc(0);
  private missing = 0;
  private continues = false;
  private lastId = 0;
  private answeredSince = true;

  /** Something came from the other side: an id of 0 is no longer the one that follows 255. */
  answered(): void {
    this.answeredSince = true;
  }

  /** Takes the next chunk. */
  push(chunk: Buffer): StartedCommands {
    const bytes = this.kept.length === 0 ? chunk : Buffer.concat([this.kept, chunk]);
    const starts: number[] = [];
    let at = Math.min(this.missing, bytes.length);
    this.missing -= at;
    while (this.missing === 0 && bytes.length - at >= headerBytes) {
      const length = bytes.readUIntLE(at, 3);
      if (this.isCommand(bytes[at + 3] as number, length)) starts.push(at);
      const end = Math.min(at + headerBytes + length, bytes.length);
      this.missing = at + headerBytes + length - end;
      at = end;
    }
    this.kept = bytes.subarray(at);
    return { bytes: bytes.subarray(0, at), starts };
  }

  private isCommand(id: number, length: number): boolean {
    const wrapped = id === 0 && this.lastId === 0xff && !this.answeredSince;
    const starts = id === 0 && !this.continues && !wrapped;
    this.continues = length === maxPayload;
    this.lastId = id;
    this.answeredSince = false;
    return starts;
  }
}
