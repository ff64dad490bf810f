/**
 * Builds a packet's payload from the protocol's basic data types, and frames payloads as packets. Everything the
 * proxy itself says on the wire is made here.
 */

/** Longest payload of one packet; a longer one continues in the next (MySQL: "Sending more than 16Mb"). */
export const maxPayload = 0xffffff;

/** Collects parts of one payload in order; `payload()` joins them. */
export class PacketWriter {
  private readonly parts: Buffer[] = [];

  uint8(value: number): this {
    this.parts.push(Buffer.of(value));
    return this;
  }

  uint16(value: number): this {
    const part = Buffer.allocUnsafe(2);
    part.writeUInt16LE(value);
    this.parts.push(part);
    return this;
  }

  uint32(value: number): this {
    const part = Buffer.allocUnsafe(4);
    part.writeUInt32LE(value >>> 0);
    this.parts.push(part);
    return this;
  }

  zeros(length: number): this {
    this.parts.push(Buffer.alloc(length));
    return this;
  }

  bytes(value: Uint8Array): this {
    this.parts.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    return this;
  }

  text(value: string): this {
    this.parts.push(Buffer.from(value, "utf8"));
    return this;
  }

  nulTerminated(value: string | Uint8Array): this {
    if (typeof value === "string") this.text(value);
    else this.bytes(value);
    return this.uint8(0);
  }

  lengthEncoded(value: number): this {
    if (value < 0xfb) return this.uint8(value);
    if (value <= 0xffff) return this.uint8(0xfc).uint16(value);
    if (value <= 0xffffff)
      return this.uint8(0xfd)
        .uint16(value & 0xffff)
        .uint8(value >>> 16);
    const part = Buffer.allocUnsafe(9);
    part[0] = 0xfe;
    part.writeBigUInt64LE(BigInt(value), 1);
    this.parts.push(part);
    return this;
  }

  lengthEncodedBytes(value: Uint8Array): this {
    return this.lengthEncoded(value.byteLength).bytes(value);
  }

  lengthEncodedText(value: string): this {
    return this.lengthEncodedBytes(Buffer.from(value, "utf8"));
  }

  payload(): Buffer {
    return Buffer.concat(this.parts);
  }
}

/**
 * Frames `payload` as one packet, or as several where it is `maxPayload` bytes or more. `sequenceId` is the first
 * packet's; it wraps at 256.
 */
export function toPackets(payload: Buffer, sequenceId: number): Buffer {
  const parts: Buffer[] = [];
  let sequence = sequenceId;
  let start = 0;
  for (;;) {
    const length = Math.min(payload.length - start, maxPayload);
    const header = Buffer.allocUnsafe(4);
    header.writeUIntLE(length, 0, 3);
    header[3] = sequence & 0xff;
    parts.push(header, payload.subarray(start, start + length));
    start += length;
    sequence += 1;
    if (length < maxPayload) return Buffer.concat(parts);
  }
}
