/** Random numbers and mutations that a seed repeats. */
import type { Stretch } from "./wire/transcript.ts";

const tellingBytes = [0x00, 0x01, 0x03, 0x11, 0x16, 0x17, 0x7f, 0x80, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff];

/** A generator (mulberry32). */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  /** One of `from`, which is not empty. */
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  /** A copy of `bytes` with a few changes: bytes set, cut, repeated, put in; or as it is. */
  mutated(bytes: Buffer): Buffer {
    let changed = Buffer.from(bytes);
    for (let changes = this.below(5); changes > 0; changes -= 1) changed = this.changed(changed);
    return changed;
  }

  /** Some of `stretches`, some of them mutated, cut into pieces, repeated or out of order. */
  mutatedStretches(stretches: readonly Stretch[]): Stretch[] {
    const start = this.below(stretches.length);
    return stretches.slice(start, start + 1 + this.below(30)).flatMap((stretch) => {
      const { from } = this.below(20) === 0 ? this.pick(stretches) : stretch;
      const bytes = this.below(3) === 0 ? this.mutated(stretch.bytes) : stretch.bytes;
      const cut = this.below(bytes.length + 1);
      const pieces = this.below(2) === 0 ? [bytes] : [bytes.subarray(0, cut), bytes.subarray(cut)];
      return pieces.filter(() => this.below(40) > 0).map((piece) => ({ from, bytes: Buffer.from(piece) }));
    });
  }

  private changed(bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
    const at = this.below(bytes.length + 1);
    switch (this.below(5)) {
      case 0:
        return bytes.subarray(0, at);
      case 1:
        return Buffer.concat([bytes.subarray(0, at), this.bytes(this.below(9)), bytes.subarray(at)]);
      case 2:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(this.below(at + 1))]);
      case 3:
        if (at < bytes.length) bytes[at] = this.pick(tellingBytes);
        return bytes;
      default:
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << this.below(8));
        return bytes;
    }
  }
}
