/**
 * Character sets by collation id, and decoding of text in them.
 * Ids: `information_schema.collations` of MySQL; MariaDB adds 1024 for NOPAD and blocks of 256 from 2048 for UCA 14.
 */
import { isUtf8 } from "node:buffer";
import { type CharacterSetName, decodeIn } from "./character-set-decoders.ts";

/** Collation id of `binary`: such a string is bytes, not text. */
export const binaryCollation = 63;

const idsOfSets: readonly (readonly [CharacterSetName, readonly number[]])[] = [
  ["big5", [1, 84]],
  ["latin2", [2, 9, 21, 27, 77]],
  ["dec8", [3, 69]],
  ["cp850", [4, 80]],
  ["latin1", [5, 8, 15, 31, 47, 48, 49, 94]],
  ["hp8", [6, 72]],
  ["koi8r", [7, 74]],
  ["swe7", [10, 82]],
  ["ascii", [11, 65]],
  ["utf8", [33, 76, 83, 45, 46, 223]],
  ["ujis", [12, 91]],
  ["sjis", [13, 88]],
  ["cp1251", [14, 23, 50, 51, 52]],
  ["hebrew", [16, 71]],
  ["tis620", [18, 89]],
  ["euckr", [19, 85]],
  ["latin7", [20, 41, 42, 79]],
  ["koi8u", [22, 75]],
  ["gb2312", [24, 86]],
  ["greek", [25, 70]],
  ["cp1250", [26, 34, 44, 66, 99]],
  ["gbk", [28, 87]],
  ["cp1257", [29, 58, 59]],
  ["latin5", [30, 78]],
  ["armscii8", [32, 64]],
  ["cp866", [36, 68]],
  ["keybcs2", [37, 73]],
  ["macce", [38, 43]],
  ["macroman", [39, 53]],
  ["cp852", [40, 81]],
  ["cp1256", [57, 67]],
  ["utf16", [35, 90, 159, 54, 55]],
  ["utf16le", [56, 62]],
  ["utf32", [60, 61]],
  ["geostd8", [92, 93]],
  ["cp932", [95, 96]],
  ["eucjpms", [97, 98]],
  ["gb18030", [248, 249, 250]],
];

const ranges: readonly (readonly [CharacterSetName, number, number])[] = [
  ["utf16", 101, 151],
  ["utf32", 160, 183],
  ["utf8", 192, 215],
  ["utf8", 224, 247],
  ["utf8", 255, 323],
  ["utf8", 576, 578],
  ["utf8", 608, 610],
  ["utf16", 640, 642],
  ["utf16", 672, 674],
  ["utf32", 736, 738],
  ["utf8", 2048, 2559],
  ["utf16", 2560, 3071],
  ["utf32", 3072, 3327],
];

const known = new Map(idsOfSets.flatMap(([set, ids]) => ids.map((id) => [id, set] as const)));

/** The character set of a collation id; `binary`, or `unknown` where nobody knows it. */
export function characterSetOf(collation: number): CharacterSetName | "binary" | "unknown" {
  const id = collation >= 1024 && collation < 2048 ? collation - 1024 : collation;
  if (id === binaryCollation) return "binary";
  return known.get(id) ?? ranges.find(([, first, last]) => id >= first && id <= last)?.[0] ?? "unknown";
}

/** The text that `bytes` are in the given collation's character set; `null` where they are not text in it. */
export function decodeText(bytes: Buffer, collation: number): string | null {
  const set = characterSetOf(collation);
  return set === "binary" ? null : decodeIn(set === "unknown" ? "utf8" : set, bytes);
}

/** The text of a name or a message: in its character set, else UTF-8 (with U+FFFD for what is not). */
export function decodeName(bytes: Buffer, collation: number | null): string {
  return (collation === null ? null : decodeText(bytes, collation)) ?? bytes.toString("utf8");
}

/**
 * The text of a statement: in the session's character set, else UTF-8 where it is valid UTF-8, else one character a
 * byte, so that a statement is always shown.
 */
export function decodeStatementText(bytes: Buffer, collation: number | null): string {
  const text = collation === null ? null : decodeText(bytes, collation);
  if (text !== null) return text;
  return bytes.toString(isUtf8(bytes) ? "utf8" : "latin1");
}
