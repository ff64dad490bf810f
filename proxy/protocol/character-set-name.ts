/** Character sets by name, as statements and session variables give them. */

/** The default collation's id of each character set that a session can have. */
const defaultCollations: ReadonlyMap<string, number> = new Map([
  ["armscii8", 32],
  ["ascii", 11],
  ["big5", 1],
  ["binary", 63],
  ["cp1250", 26],
  ["cp1251", 51],
  ["cp1256", 57],
  ["cp1257", 59],
  ["cp850", 4],
  ["cp852", 40],
  ["cp866", 36],
  ["cp932", 95],
  ["dec8", 3],
  ["eucjpms", 97],
  ["euckr", 19],
  ["gb18030", 248],
  ["gb2312", 24],
  ["gbk", 28],
  ["geostd8", 92],
  ["greek", 25],
  ["hebrew", 16],
  ["hp8", 6],
  ["keybcs2", 37],
  ["koi8r", 7],
  ["koi8u", 22],
  ["latin1", 8],
  ["latin2", 9],
  ["latin5", 30],
  ["latin7", 41],
  ["macce", 38],
  ["macroman", 39],
  ["sjis", 13],
  ["swe7", 10],
  ["tis620", 18],
  ["ucs2", 35],
  ["ujis", 12],
  ["utf16", 54],
  ["utf16le", 56],
  ["utf32", 60],
  ["utf8", 33],
  ["utf8mb3", 33],
  ["utf8mb4", 45],
]);

/** A collation id for the character set of that name, in any case; `null` where there is none of that name. */
export function collationOfCharacterSet(name: string): number | null {
  return defaultCollations.get(name.toLowerCase()) ?? null;
}
