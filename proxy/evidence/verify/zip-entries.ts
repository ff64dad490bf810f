/**
 * The files of a ZIP, held to one reading: each byte belongs to one file, its header before it says what the central directory says,
 * and nothing lies between, before or behind them. What two programs could unpack differently is refused.
 */
import fs from "node:fs";
import type { Entry, LocalFileHeader, ZipFile } from "yauzl";
import { harmInName } from "./entry-names.ts";
import { bundleLimits } from "./limits.ts";
import { BundleFault, type Place } from "./verdict.ts";
import type { ZipEnd } from "./zip-end.ts";

const stored = 0;
const deflated = 8;

/** Bits of the general purpose flag that a bundle's files may have: sizes told behind the content, names in UTF-8, and hints for deflate. */
const descriptorFlag = 0x0008;
const allowedFlags = descriptorFlag | 0x0800 | 0x0006;

/** Extra fields that do not change what a file is: ZIP64 sizes, and times. */
const allowedExtraFields: ReadonlySet<number> = new Set([0x0001, 0x5455, 0x7875, 0x000a]);

/** They are all held until the list of files is read. */
const mostExtraBytes = 256;

const localHeaderBytes = 30;
const centralHeaderBytes = 46;
const regularFile = 0o100000;
const fileTypeMask = 0o170000;

/** Reads and checks all entries; by name. Throws a `BundleFault` (`E_CONTAINER`). */
export async function readEntries(fd: number, zip: ZipFile, end: ZipEnd): Promise<ReadonlyMap<string, Entry>> {
  if (end.entries > bundleLimits.entries) throw refused(`holds ${end.entries} files; more than ${bundleLimits.entries} are not read`);
  const entries = new Map<string, Entry>();
  const namesInSmall = new Set<string>();
  let directoryBytes = 0;
  let totalBytes = 0;
  for await (const entry of zip.eachEntry()) {
    const name = checkedName(entry);
    if (namesInSmall.has(name.toLowerCase())) throw refused("is there twice, or another name differs from it in case only", { file: name });
    namesInSmall.add(name.toLowerCase());
    checkKind(entry, name);
    totalBytes += entry.uncompressedSize;
    if (totalBytes > bundleLimits.totalBytes) throw refused(`would be more than ${bundleLimits.totalBytes} bytes when unpacked`);
    directoryBytes += centralHeaderBytes + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
    entries.set(name, entry);
  }
  checkFolders(namesInSmall);
  if (directoryBytes !== end.directoryBytes || entries.size !== end.entries) throw refused("counts its files in two ways");
  await checkLayout(fd, zip, entries, end.directoryAt);
  return entries;
}

function checkedName({ fileNameRaw }: Entry): string {
  const harm = harmInName(fileNameRaw);
  const name = fileNameRaw.toString("latin1");
  if (harm === null) return name;
  throw refused(`${harm}`, { file: JSON.stringify(name.slice(0, bundleLimits.nameBytes)) });
}

function checkKind(entry: Entry, name: string): void {
  const place = { file: name };
  const { generalPurposeBitFlag: flags, compressionMethod: method, compressedSize, uncompressedSize } = entry;
  if ((flags & ~allowedFlags) !== 0) throw refused("is encrypted or packed in a way that is not read", place);
  if (method !== stored && method !== deflated) throw refused(`is packed by method ${method}, which is not read`, place);
  const type = (entry.externalFileAttributes >>> 16) & fileTypeMask;
  if (type !== 0 && type !== regularFile) throw refused("is a link or another thing that is not a plain file", place);
  if (entry.fileCommentLength > 0) throw refused("has a comment", place);
  if (entry.extraFieldLength > mostExtraBytes) throw refused("has fields that are longer than any that is known", place);
  if (!entry.extraFields.every(({ id }) => allowedExtraFields.has(id))) throw refused("has fields that could give it another name", place);
  if (![compressedSize, uncompressedSize, entry.relativeOffsetOfLocalHeader].every(Number.isSafeInteger))
    throw refused("has no possible size", place);
  if (uncompressedSize > bundleLimits.ratio * compressedSize) {
    throw refused(`would grow more than ${bundleLimits.ratio}-fold when unpacked, as no file of a bundle does`, place);
  }
}

/** A name that is another one's folder could not be unpacked. */
function checkFolders(names: ReadonlySet<string>): void {
  for (const name of names) {
    for (let slash = name.indexOf("/"); slash !== -1; slash = name.indexOf("/", slash + 1)) {
      if (names.has(name.slice(0, slash))) throw refused("lies in a folder that is a file", { file: name });
    }
  }
}

/** Walks the files as they lie, from the first byte to the central directory. */
async function checkLayout(fd: number, zip: ZipFile, entries: ReadonlyMap<string, Entry>, directoryAt: number): Promise<void> {
  const inOrder = [...entries].sort(([, a], [, b]) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  let at = 0;
  for (const [name, entry] of inOrder) {
    const place = { file: name };
    if (entry.relativeOffsetOfLocalHeader !== at)
      throw refused("overlaps another file, or there are bytes before it that belong to none", place);
    const header = await zip.readLocalFileHeaderPromise(entry).catch((cause: Error) => {
      throw refused(`cannot be read: ${cause.message}`, place);
    });
    checkLocalHeader(header, entry, place);
    const contentAt = at + localHeaderBytes + header.fileNameLength + header.extraFieldLength;
    at = behindDescriptor(fd, entry, contentAt + entry.compressedSize, place);
  }
  if (at !== directoryAt) throw refused("has bytes before its list of files that belong to no file");
}

function checkLocalHeader(local: LocalFileHeader, entry: Entry, place: Place): void {
  const same =
    local.fileName.equals(entry.fileNameRaw) &&
    local.generalPurposeBitFlag === entry.generalPurposeBitFlag &&
    local.compressionMethod === entry.compressionMethod &&
    local.lastModFileTime === entry.lastModFileTime &&
    local.lastModFileDate === entry.lastModFileDate;
  if (!same || !sizesAgree(local, entry)) throw refused("has a header that disagrees with the list of files", place);
  for (let at = 0; at < local.extraField.length; ) {
    const id = at + 4 <= local.extraField.length ? local.extraField.readUInt16LE(at) : -1;
    if (!allowedExtraFields.has(id)) throw refused("has fields that could give it another name", place);
    at += 4 + local.extraField.readUInt16LE(at + 2);
    if (at > local.extraField.length) throw refused("has a header that ends too early", place);
  }
}

/** Sizes and checksum stand before the content; or zeros, where they stand behind it; or the mark that they are too large to stand there. */
function sizesAgree(local: LocalFileHeader, entry: Entry): boolean {
  const isLater = (entry.generalPurposeBitFlag & descriptorFlag) !== 0;
  const matches = (told: number, known: number): boolean => told === known || (isLater && told === 0) || told === 0xffffffff;
  const sameSum = local.crc32 === entry.crc32 || (isLater && local.crc32 === 0);
  return sameSum && matches(local.compressedSize, entry.compressedSize) && matches(local.uncompressedSize, entry.uncompressedSize);
}

/** Where the next file begins; checks what stands behind the content (APPNOTE 4.3.9). */
function behindDescriptor(fd: number, entry: Entry, at: number, place: Place): number {
  if ((entry.generalPurposeBitFlag & descriptorFlag) === 0) return at;
  const bytes = Buffer.alloc(24);
  const read = fs.readSync(fd, bytes, 0, bytes.length, at);
  const begins = read >= 16 && bytes.readUInt32LE(0) === 0x08074b50 && bytes.readUInt32LE(4) === entry.crc32;
  if (begins && bytes.readUInt32LE(8) === entry.compressedSize && bytes.readUInt32LE(12) === entry.uncompressedSize) return at + 16;
  const isLong = begins && read === 24 && Number(bytes.readBigUInt64LE(8)) === entry.compressedSize;
  if (isLong && Number(bytes.readBigUInt64LE(16)) === entry.uncompressedSize) return at + 24;
  throw refused("is followed by sizes that disagree with the list of files", place);
}

function refused(reason: string, place: Place = {}): BundleFault {
  return new BundleFault("E_CONTAINER", reason, place);
}
