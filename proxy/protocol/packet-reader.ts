/**
 * Bounds-checked reading of a packet's payload. Inside `protocol/` a read past the end throws `MalformedPacket`;
 * `decoding` turns that into a value, so that nothing outside ever sees a throw for what a peer sent.
 */

/** A payload that does not have the layout its packet type prescribes. */
export class MalformedPacket extends Error {}

/** Result of decoding one packet: the value, or a sentence that says what was wrong with the bytes. */
export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly malformed: string };

/** Runs `read` over `payload`; whatever it finds malformed becomes the failed result. `what` names the packet. */
export function decoding<T>(what: string, payload: Buffer, read: (reader: PacketReader) => T): Decoded<T> {
  try {
    return { ok: true, value: read(new PacketReader(payload)) };
  } catch (thrown) {
    if (thrown instanceof MalformedPacket) return { ok: false, malformed: `${what}: ${thrown.message}` };
    throw thrown;
  }
}

/**
 * Reads the protocol's basic data types in order; see MySQL's "Protocol::Integer" and "Protocol::String" pages.
 * Every method throws `MalformedPacket` where the payload ends too early.
 */
export class PacketReader {
  readonly payload: Buffer;
  position: number;

  constructor(payload: Buffer, position = 0) {
    this.payload = payload;
    this.position = position;
  }

  get remaining(): number {
    return this.payload.length - this.position;
  }

  private claim(bytes: number): number {
    const start = this.position;
    if (bytes < 0 || bytes > this.payload.length - start) {
      throw new MalformedPacket(`${bytes} bytes expected at ${start}, ${this.payload.length - start} there`);
    }
    this.position = start + bytes;
    return start;
  }

  skip(bytes: number): void {
    this.claim(bytes);
  }

  /** int<1> without consuming it; -1 at the end. */
  peek(): number {
    return this.position < this.payload.length ? (this.payload[this.position] as number) : -1;
  }

  /** int<1> */
  uint8(): number {
    return this.payload[this.claim(1)] as number;
  }

  /** int<2> */
  uint16(): number {
    return this.payload.readUInt16LE(this.claim(2));
  }

  /** int<3> */
  uint24(): number {
    return this.payload.readUIntLE(this.claim(3), 3);
  }

  /** int<4> */
  uint32(): number {
    return this.payload.readUInt32LE(this.claim(4));
  }

  /** int<8> */
  uint64(): bigint {
    return this.payload.readBigUInt64LE(this.claim(8));
  }

  /** int<lenenc> of any size. */
  lengthEncodedBigInt(): bigint {
    const first = this.uint8();
    if (first < 0xfb) return BigInt(first);
    if (first === 0xfc) return BigInt(this.uint16());
    if (first === 0xfd) return BigInt(this.uint24());
    if (first === 0xfe) return this.uint64();
    throw new MalformedPacket(`0x${first.toString(16)} does not start a length-encoded integer`);
  }

  /** int<lenenc> that must be a safe integer, as lengths and counts are. */
  lengthEncoded(): number {
    const first = this.uint8();
    if (first < 0xfb) return first;
    if (first === 0xfc) return this.uint16();
    if (first === 0xfd) return this.uint24();
    if (first !== 0xfe) throw new MalformedPacket(`0x${first.toString(16)} does not start a length-encoded integer`);
    const wide = this.uint64();
    if (wide > BigInt(Number.MAX_SAFE_INTEGER)) throw new MalformedPacket(`${wide} is too large for a length`);
    return Number(wide);
  }

  /** string<n> as bytes, without copying. */
  bytes(length: number): Buffer {
    const start = this.claim(length);
    return this.payload.subarray(start, start + length);
  }

  /** string<lenenc> as bytes, without copying. */
  lengthEncodedBytes(): Buffer {
    return this.bytes(this.lengthEncoded());
  }

  /** string<lenenc> as UTF-8. */
  lengthEncodedText(): string {
    return this.lengthEncodedBytes().toString("utf8");
  }

  /** string<NUL> as bytes, the NUL consumed. */
  nulTerminatedBytes(): Buffer {
    const end = this.payload.indexOf(0, this.position);
    if (end < 0) throw new MalformedPacket(`no NUL ends the string at ${this.position}`);
    const found = this.payload.subarray(this.position, end);
    this.position = end + 1;
    return found;
  }

  /** string<NUL> as UTF-8, the NUL consumed. */
  nulTerminatedText(): string {
    return this.nulTerminatedBytes().toString("utf8");
  }

  /** string<NUL> as bytes where a sender may leave out the NUL of the payload's last field. */
  bytesToNulOrEnd(): Buffer {
    return this.payload.indexOf(0, this.position) < 0 ? this.rest() : this.nulTerminatedBytes();
  }

  /** `bytesToNulOrEnd` as UTF-8. */
  textToNulOrEnd(): string {
    return this.bytesToNulOrEnd().toString("utf8");
  }

  /** string<EOF> as bytes, without copying. */
  rest(): Buffer {
    return this.bytes(this.remaining);
  }

  /** string<EOF> as UTF-8. */
  restText(): string {
    return this.rest().toString("utf8");
  }
}
