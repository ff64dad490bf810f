/** How the text of each character set of MySQL and MariaDB is decoded, by the name that the servers give it. */
import { isUtf8 } from "node:buffer";
import { type Decode, multiByteDecoder, singleByteDecoder, standardDecoder } from "./coded-characters.ts";
import {
  big5Character,
  cp932Character,
  eucjpmsCharacter,
  gb2312Character,
  gb18030Character,
  gbkCharacter,
  ownBytes,
  sjisCharacter,
  ujisCharacter,
} from "./own-characters.ts";

function utf8(bytes: Buffer): string | null {
  return isUtf8(bytes) ? bytes.toString("utf8") : null;
}

/** UTF-32, which no library here has with its errors. */
function utf32(bytes: Buffer): string | null {
  if (bytes.length % 4 !== 0) return null;
  const text: string[] = [];
  for (let at = 0; at < bytes.length; at += 4) {
    const point = bytes.readUInt32BE(at);
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return null;
    text.push(String.fromCodePoint(point));
  }
  return text.join("");
}

const pairs = (): number => 2;

function shiftJisLength(bytes: Buffer, at: number): number {
  const first = bytes[at] as number;
  return (first >= 0xa1 && first <= 0xdf) || first === 0x80 ? 1 : 2;
}

function eucJpLength(bytes: Buffer, at: number): number {
  const first = bytes[at] as number;
  return first === 0x8f ? 3 : first < 0xa1 && first !== 0x8e ? 1 : 2;
}

function gb18030Length(bytes: Buffer, at: number): number {
  if (bytes[at] === 0x80) return 1;
  const second = bytes[at + 1] ?? 0;
  return second >= 0x30 && second <= 0x39 ? 4 : 2;
}

/** A lone byte 0x80 begins nothing. */
function gbkLength(bytes: Buffer, at: number): number {
  return bytes[at] === 0x80 ? 1 : 2;
}

const decoders = {
  armscii8: singleByteDecoder("armscii8", ownBytes.armscii8),
  ascii: utf8,
  big5: multiByteDecoder("cp950", pairs, big5Character),
  cp1250: singleByteDecoder("windows-1250"),
  cp1251: singleByteDecoder("windows-1251"),
  cp1256: singleByteDecoder("windows-1256", ownBytes.cp1256),
  cp1257: singleByteDecoder("windows-1257"),
  cp850: singleByteDecoder("cp850"),
  cp852: singleByteDecoder("cp852"),
  cp866: singleByteDecoder("cp866", ownBytes.cp866),
  cp932: multiByteDecoder("shift_jis", shiftJisLength, cp932Character),
  dec8: singleByteDecoder("latin1", ownBytes.dec8),
  eucjpms: multiByteDecoder("euc-jp", eucJpLength, eucjpmsCharacter),
  euckr: multiByteDecoder("cp949", pairs, () => undefined),
  gb18030: multiByteDecoder("gb18030", gb18030Length, gb18030Character),
  gb2312: multiByteDecoder("gbk", gbkLength, gb2312Character),
  gbk: multiByteDecoder("cp936", gbkLength, gbkCharacter),
  geostd8: singleByteDecoder("georgianps", ownBytes.geostd8),
  greek: singleByteDecoder("iso-8859-7", ownBytes.greek),
  hebrew: singleByteDecoder("iso-8859-8", ownBytes.hebrew),
  hp8: singleByteDecoder("hproman8"),
  keybcs2: singleByteDecoder("cp437", ownBytes.keybcs2),
  koi8r: standardDecoder("koi8-r"),
  koi8u: singleByteDecoder("koi8-u", ownBytes.koi8u),
  latin1: standardDecoder("windows-1252"),
  latin2: standardDecoder("iso-8859-2"),
  latin5: singleByteDecoder("iso-8859-9"),
  latin7: standardDecoder("iso-8859-13"),
  macce: singleByteDecoder("maccenteuro"),
  macroman: standardDecoder("macintosh"),
  sjis: multiByteDecoder("shift_jis", shiftJisLength, sjisCharacter),
  swe7: singleByteDecoder("ascii", ownBytes.swe7),
  tis620: singleByteDecoder("iso-8859-11", ownBytes.tis620),
  ujis: multiByteDecoder("euc-jp", eucJpLength, ujisCharacter),
  utf16: standardDecoder("utf-16be"),
  utf16le: standardDecoder("utf-16le"),
  utf32,
  utf8,
} as const satisfies { readonly [name: string]: Decode };

/** A character set as servers name it; all forms of UTF-8 are one, and UCS-2 is UTF-16. */
export type CharacterSetName = keyof typeof decoders;

/** The text that `bytes` are in `set`; `null` where some of them are no character of it. */
export function decodeIn(set: CharacterSetName, bytes: Buffer): string | null {
  return decoders[set](bytes);
}
