/** ZIP files byte by byte, so that they can be wrong in every way. */
import { crc32, deflateRawSync } from "node:zlib";

/** A file of the ZIP; what is given besides name and content is written in place of what would be right. */
export interface HandEntry {
  readonly name: string | Buffer;
  readonly content: string | Buffer;
  readonly deflate?: boolean;
  /** In the header before the content only. */
  readonly localName?: string;
  readonly localMethod?: number;
  readonly localSize?: number;
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
  /** Unpacked bytes, as told. */
  readonly size?: number;
  readonly externalAttributes?: number;
  readonly extra?: Buffer;
  /** Where its header is, as told. */
  readonly offset?: number;
  /** Told behind the content. */
  readonly descriptor?: Buffer;
  readonly comment?: string;
}

/** What stands around the files. */
export interface HandZip {
  readonly before?: Buffer;
  readonly between?: Buffer;
  readonly behind?: Buffer;
  /** Files, as the end tells. */
  readonly count?: number;
}

const regular = 0o100600 * 0x10000;

export function zipByHand(entries: readonly HandEntry[], around: HandZip = {}): Buffer {
  const pieces: Buffer[] = [around.before ?? Buffer.alloc(0)];
  const directory: Buffer[] = [];
  for (const entry of entries) {
    const offset = length(pieces);
    const content = Buffer.from(entry.content as string);
    const packed = entry.deflate === true ? deflateRawSync(content) : content;
    const facts = {
      crc: entry.crc ?? crc32(content),
      packed: packed.length,
      size: entry.size ?? content.length,
      method: entry.method ?? (entry.deflate === true ? 8 : 0),
      offset: entry.offset ?? offset,
    };
    pieces.push(localHeader(entry, facts), packed, entry.descriptor ?? Buffer.alloc(0));
    directory.push(centralHeader(entry, facts));
  }
  pieces.push(around.between ?? Buffer.alloc(0));
  const at = length(pieces);
  return Buffer.concat([
    ...pieces,
    ...directory,
    end(around.count ?? entries.length, length(directory), at),
    around.behind ?? Buffer.alloc(0),
  ]);
}

interface Facts {
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly method: number;
  readonly offset: number;
}

function localHeader(entry: HandEntry, { crc, packed, size, method }: Facts): Buffer {
  const name = Buffer.from((entry.localName ?? entry.name) as string);
  const extra = entry.extra ?? Buffer.alloc(0);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(entry.flags ?? 0, 6);
  header.writeUInt16LE(entry.localMethod ?? method, 8);
  header.writeUInt32LE(entry.descriptor === undefined ? crc : 0, 14);
  header.writeUInt32LE(entry.descriptor === undefined ? packed : 0, 18);
  header.writeUInt32LE(entry.localSize ?? (entry.descriptor === undefined ? size : 0), 22);
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, name, extra]);
}

function centralHeader(entry: HandEntry, { crc, packed, size, method, offset }: Facts): Buffer {
  const name = Buffer.from(entry.name as string);
  const extra = entry.extra ?? Buffer.alloc(0);
  const comment = Buffer.from(entry.comment ?? "");
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(0x031e, 4);
  header.writeUInt16LE(20, 6);
  header.writeUInt16LE(entry.flags ?? 0, 8);
  header.writeUInt16LE(method, 10);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(packed, 20);
  header.writeUInt32LE(size, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt16LE(comment.length, 32);
  header.writeUInt32LE(entry.externalAttributes ?? regular, 38);
  header.writeUInt32LE(offset, 42);
  return Buffer.concat([header, name, extra, comment]);
}

function end(count: number, bytes: number, at: number): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(bytes, 12);
  record.writeUInt32LE(at, 16);
  return record;
}

/** What stands behind a content whose header told nothing. */
export function descriptorOf(content: string, size = content.length): Buffer {
  const descriptor = Buffer.alloc(16);
  descriptor.writeUInt32LE(0x08074b50, 0);
  descriptor.writeUInt32LE(crc32(Buffer.from(content)), 4);
  descriptor.writeUInt32LE(content.length, 8);
  descriptor.writeUInt32LE(size, 12);
  return descriptor;
}

function length(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}
