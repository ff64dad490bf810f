/**
 * The end of a ZIP file (APPNOTE 6.3.10, 4.3.14–4.3.16), read strictly: no comment, nothing behind it, one disk, and where it
 * says that the central directory ends is where itself begins.
 */
import fs from "node:fs";
import { BundleFault } from "./verdict.ts";

const endBytes = 22;
const locatorBytes = 20;
const zip64EndBytes = 56;

/** Where a ZIP's central directory lies, and how many entries it has. */
export interface ZipEnd {
  readonly directoryAt: number;
  readonly directoryBytes: number;
  readonly entries: number;
}

/** Whether a file begins as a ZIP does, so that it is one that may be damaged, and not something else. */
export function looksLikeZip(fd: number): boolean {
  const head = bytesAt(fd, 0, 4);
  return head.length === 4 && (head.readUInt32LE(0) === 0x04034b50 || head.readUInt32LE(0) === 0x06054b50);
}

/** Reads the end of a ZIP. Throws a `BundleFault` (`E_CONTAINER`). */
export function readZipEnd(fd: number): ZipEnd {
  const endAt = fs.fstatSync(fd).size - endBytes;
  const end = endAt < 0 ? Buffer.alloc(0) : bytesAt(fd, endAt, endBytes);
  if (end.length < endBytes || end.readUInt32LE(0) !== 0x06054b50 || end.readUInt16LE(20) !== 0) {
    throw refused("does not end as a ZIP file does: it is cut off, or something was put behind it");
  }
  const disks = [end.readUInt16LE(4), end.readUInt16LE(6)];
  if (disks.some((disk) => disk !== 0)) throw refused("is a ZIP file of several disks");
  const here = end.readUInt16LE(8);
  const entries = end.readUInt16LE(10);
  const bytes = end.readUInt32LE(12);
  const directoryAt = end.readUInt32LE(16);
  if (here !== entries) throw refused("counts its files in two ways");
  const isZip64 = entries === 0xffff || bytes === 0xffffffff || directoryAt === 0xffffffff || hasLocator(fd, endAt);
  if (isZip64) return zip64End(fd, endAt, { entries, bytes, directoryAt });
  if (directoryAt + bytes !== endAt) throw refused("has bytes between its list of files and its end");
  return { directoryAt, directoryBytes: bytes, entries };
}

interface Counted {
  readonly entries: number;
  readonly bytes: number;
  readonly directoryAt: number;
}

function zip64End(fd: number, endAt: number, short: Counted): ZipEnd {
  const locatorAt = endAt - locatorBytes;
  const at = locatorAt - zip64EndBytes;
  if (at < 0 || !hasLocator(fd, endAt)) throw refused("says that it is a long ZIP file, and is not");
  const locator = bytesAt(fd, locatorAt, locatorBytes);
  const end = bytesAt(fd, at, zip64EndBytes);
  const whole = Number(locator.readBigUInt64LE(8)) === at && locator.readUInt32LE(4) === 0 && locator.readUInt32LE(16) === 1;
  if (!whole || end.readUInt32LE(0) !== 0x06064b50 || Number(end.readBigUInt64LE(4)) !== zip64EndBytes - 12) {
    throw refused("has an end that does not lead to its list of files");
  }
  if (end.readUInt32LE(16) !== 0 || end.readUInt32LE(20) !== 0) throw refused("is a ZIP file of several disks");
  const entries = Number(end.readBigUInt64LE(32));
  if (Number(end.readBigUInt64LE(24)) !== entries) throw refused("counts its files in two ways");
  const long = { entries, bytes: Number(end.readBigUInt64LE(40)), directoryAt: Number(end.readBigUInt64LE(48)) };
  if (!agrees(short, long)) throw refused("says in two places where its list of files is, and they disagree");
  if (long.directoryAt + long.bytes !== at) throw refused("has bytes between its list of files and its end");
  return { directoryAt: long.directoryAt, directoryBytes: long.bytes, entries };
}

/** The short end repeats what the long one says, or has the mark that stands for it. */
function agrees(short: Counted, long: Counted): boolean {
  const same = (one: number, mark: number, other: number): boolean => one === mark || one === other;
  return (
    same(short.entries, 0xffff, long.entries) &&
    same(short.bytes, 0xffffffff, long.bytes) &&
    same(short.directoryAt, 0xffffffff, long.directoryAt)
  );
}

function hasLocator(fd: number, endAt: number): boolean {
  const locatorAt = endAt - locatorBytes;
  return locatorAt >= 0 && bytesAt(fd, locatorAt, 4).readUInt32LE(0) === 0x07064b50;
}

function bytesAt(fd: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, fs.readSync(fd, bytes, 0, length, at));
}

function refused(reason: string): BundleFault {
  return new BundleFault("E_CONTAINER", reason);
}
