/**
 * Character sets by collation id, and decoding of text in them.
 * Ids: `information_schema.collations` of MySQL; MariaDB adds 1024 for NOPAD and blocks of 256 from 2048 for UCA 14.
 * The Encoding Standard's tables differ from MySQL's in a few characters of East Asian sets (Cyrillic of big5, the full
 * backslash of sjis, the euro of euckr).
 */
import { isUtf8 } from "node:buffer";

/** Collation id of `binary`: such a string is bytes, not text. */
export const binaryCollation = 63;

type Encoding = "utf-8" | "bytes" | "unknown" | (string & {});

const encodingOfIds: readonly (readonly [Encoding, readonly number[]])[] = [
  ["big5", [1, 84]],
  ["iso-8859-2", [2, 9, 21, 27, 77]],
  ["windows-1252", [5, 8, 15, 31, 47, 48, 49, 94]],
  ["koi8-r", [7, 74]],
  ["utf-8", [11, 65, 33, 76, 83, 45, 46, 223]],
  ["euc-jp", [12, 91, 97, 98]],
  ["shift_jis", [13, 88, 95, 96]],
  ["windows-1251", [14, 23, 50, 51, 52]],
  ["iso-8859-8", [16, 71]],
  ["windows-874", [18, 89]],
  ["euc-kr", [19, 85]],
  ["iso-8859-13", [20, 41, 42, 79]],
  ["koi8-u", [22, 75]],
  ["gbk", [24, 86, 28, 87]],
  ["iso-8859-7", [25, 70]],
  ["windows-1250", [26, 34, 44, 66, 99]],
  ["windows-1257", [29, 58, 59]],
  ["windows-1254", [30, 78]],
  ["ibm866", [36, 68]],
  ["macintosh", [39, 53]],
  ["windows-1256", [57, 67]],
  ["utf-16be", [35, 90, 159, 54, 55]],
  ["utf-16le", [56, 62]],
  ["utf-32be", [60, 61]],
  ["gb18030", [248, 249, 250]],
  ["bytes", [binaryCollation]],
];

const ranges: readonly (readonly [Encoding, number, number])[] = [
  ["utf-16be", 101, 151],
  ["utf-32be", 160, 183],
  ["utf-8", 192, 215],
  ["utf-8", 224, 247],
  ["utf-8", 255, 323],
  ["utf-8", 576, 578],
  ["utf-8", 608, 610],
  ["utf-16be", 640, 642],
  ["utf-16be", 672, 674],
  ["utf-32be", 736, 738],
  ["utf-8", 2048, 2559],
  ["utf-16be", 2560, 3071],
  ["utf-32be", 3072, 3327],
];

const known = new Map<number, Encoding>(encodingOfIds.flatMap(([encoding, ids]) => ids.map((id) => [id, encoding] as const)));
const decoders = new Map<Encoding, TextDecoder | null>();

/** Encoding of a collation id as the WHATWG Encoding Standard names it; `bytes` for binary, `unknown` where it has none. */
export function encodingOf(collation: number): Encoding {
  const id = collation >= 1024 && collation < 2048 ? collation - 1024 : collation;
  return known.get(id) ?? ranges.find(([, first, last]) => id >= first && id <= last)?.[0] ?? "unknown";
}

function decoderFor(encoding: Encoding): TextDecoder | null {
  let decoder = decoders.get(encoding);
  if (decoder === undefined) {
    try {
      decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
    } catch {
      decoder = null;
    }
    decoders.set(encoding, decoder);
  }
  return decoder;
}

/** UTF-32, which the Encoding Standard does not have. */
function decodeUtf32(bytes: Buffer): string | null {
  if (bytes.length % 4 !== 0) return null;
  let text = "";
  for (let at = 0; at < bytes.length; at += 4) {
    const point = bytes.readUInt32BE(at);
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return null;
    text += String.fromCodePoint(point);
  }
  return text;
}

/** The text that `bytes` are in the given collation's character set; `null` where they are not text in it. */
export function decodeText(bytes: Buffer, collation: number): string | null {
  const encoding = encodingOf(collation);
  if (encoding === "bytes") return null;
  if (encoding === "utf-8" || encoding === "unknown") return isUtf8(bytes) ? bytes.toString("utf8") : null;
  if (encoding === "utf-32be") return decodeUtf32(bytes);
  try {
    return decoderFor(encoding)?.decode(bytes) ?? null;
  } catch {
    return null;
  }
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
