/**
 * Compressed packets, the envelope around the Command phase's bytes once `CLIENT_COMPRESS` or
 * `CLIENT_ZSTD_COMPRESSION_ALGORITHM` is in force:
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_compression_packet.html
 *
 *     int<3> length of the payload | int<1> sequence id | int<3> length before compression, 0 where it is not compressed | payload
 *
 * Where an envelope begins and ends has nothing to do with where the packets in it do.
 */
import { promisify } from "node:util";
import zlib from "node:zlib";

/** The algorithms of the protocol, by MySQL's own words. */
export type CompressionAlgorithm = "zlib" | "zstd";

/** Length of an envelope's header. */
export const compressedHeaderBytes = 7;

/** Most bytes that one envelope carries, compressed or not: what its lengths of three bytes can say. */
export const maxCompressedPayload = 0xffffff;

/** Shorter payloads are sent as they are, as MySQL does (`MIN_COMPRESS_LENGTH`). */
const worthCompressing = 50;

/** One envelope as it came. */
export interface CompressedPacket {
  readonly sequenceId: number;
  readonly payload: Buffer;
  /** What the payload's length is once decompressed; 0 where it is not compressed. */
  readonly announced: number;
}

/** An envelope whose payload is not what its header says. */
export class MalformedCompression extends Error {}

/** Finds envelopes in chunks as they come. Holds no more than one that is not whole. */
export class CompressedPacketFramer {
  private parts: Buffer[] = [];
  private held = 0;
  private wanted = compressedHeaderBytes;

  /** True where the last pushed chunk ended between two envelopes. */
  get atBoundary(): boolean {
    return this.held === 0;
  }

  /** Takes the next chunk and gives the envelopes that are whole by now. The chunk is kept where one is not. */
  push(chunk: Buffer): CompressedPacket[] {
    this.parts.push(chunk);
    this.held += chunk.length;
    const found: CompressedPacket[] = [];
    if (this.held < this.wanted) return found;
    const bytes = this.parts.length === 1 ? chunk : Buffer.concat(this.parts);
    let at = 0;
    for (;;) {
      const left = bytes.length - at;
      this.wanted = left < compressedHeaderBytes ? compressedHeaderBytes : compressedHeaderBytes + bytes.readUIntLE(at, 3);
      if (left < this.wanted) break;
      const payload = bytes.subarray(at + compressedHeaderBytes, at + this.wanted);
      found.push({ sequenceId: bytes[at + 3] as number, payload, announced: bytes.readUIntLE(at + 4, 3) });
      at += this.wanted;
    }
    this.held = bytes.length - at;
    this.parts = this.held === 0 ? [] : [bytes.subarray(at)];
    return found;
  }
}

const inflate = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate);
const zstdDecompress = promisify<Buffer, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress);
const deflate = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.deflate);
const zstdCompress = promisify<Buffer, zlib.ZstdOptions, Buffer>(zlib.zstdCompress);

/** Both sides are near each other more often than not: time counts for more than size. */
const fast: zlib.ZlibOptions = { level: zlib.constants.Z_BEST_SPEED };
const zstdFast: zlib.ZstdOptions = { params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } };

/** What the payload of `packet` holds, worked out on this thread. Throws `MalformedCompression`. */
export function decompressNow(packet: CompressedPacket, algorithm: CompressionAlgorithm): Buffer {
  if (packet.announced === 0) return packet.payload;
  const limit = { maxOutputLength: packet.announced };
  try {
    const plain = algorithm === "zlib" ? zlib.inflateSync(packet.payload, limit) : zlib.zstdDecompressSync(packet.payload, limit);
    return exactly(plain, packet);
  } catch (thrown) {
    throw malformed(thrown, algorithm);
  }
}

/** `decompressNow` on another thread. Rejects with `MalformedCompression`. */
export async function decompress(packet: CompressedPacket, algorithm: CompressionAlgorithm): Promise<Buffer> {
  if (packet.announced === 0) return packet.payload;
  const limit = { maxOutputLength: packet.announced };
  try {
    return exactly(await (algorithm === "zlib" ? inflate(packet.payload, limit) : zstdDecompress(packet.payload, limit)), packet);
  } catch (thrown) {
    throw malformed(thrown, algorithm);
  }
}

function exactly(plain: Buffer, { announced }: CompressedPacket): Buffer {
  if (plain.length !== announced) throw new MalformedCompression(`${announced} bytes were announced, ${plain.length} came out`);
  return plain;
}

function malformed(thrown: unknown, algorithm: CompressionAlgorithm): MalformedCompression {
  if (thrown instanceof MalformedCompression) return thrown;
  const why = thrown instanceof Error && "code" in thrown ? String(thrown.code) : String(thrown);
  return new MalformedCompression(`a compressed packet cannot be decompressed (${algorithm}: ${why})`);
}

/** An envelope around `plain`, which is at most `maxCompressedPayload` bytes; made on this thread. */
export function compressNow(plain: Buffer, sequenceId: number, algorithm: CompressionAlgorithm): Buffer {
  if (plain.length < worthCompressing) return envelope(plain, sequenceId, 0);
  const payload = algorithm === "zlib" ? zlib.deflateSync(plain, fast) : zlib.zstdCompressSync(plain, zstdFast);
  return smaller(plain, payload, sequenceId);
}

/** `compressNow` on another thread. */
export async function compress(plain: Buffer, sequenceId: number, algorithm: CompressionAlgorithm): Promise<Buffer> {
  if (plain.length < worthCompressing) return envelope(plain, sequenceId, 0);
  const payload = await (algorithm === "zlib" ? deflate(plain, fast) : zstdCompress(plain, zstdFast));
  return smaller(plain, payload, sequenceId);
}

function smaller(plain: Buffer, payload: Buffer, sequenceId: number): Buffer {
  return payload.length < plain.length ? envelope(payload, sequenceId, plain.length) : envelope(plain, sequenceId, 0);
}

function envelope(payload: Buffer, sequenceId: number, announced: number): Buffer {
  const bytes = Buffer.allocUnsafe(compressedHeaderBytes + payload.length);
  bytes.writeUIntLE(payload.length, 0, 3);
  bytes[3] = sequenceId & 0xff;
  bytes.writeUIntLE(announced, 4, 3);
  payload.copy(bytes, compressedHeaderBytes);
  return bytes;
}
