/**
 * The characters that MySQL and MariaDB have elsewhere in a set than iconv-lite's set of the same origin, or have not at
 * all: found by comparing every code with what the servers' own CONVERT gives.
 */
import type { OwnCharacters } from "./coded-characters.ts";

/** `pairs`: each character behind its byte in hexadecimal. `none`: bytes, and ranges of them, that are no characters. */
function bytes(pairs: string, none = ""): OwnCharacters {
  const own = new Map<number, string | null>();
  for (const pair of words(pairs)) own.set(Number.parseInt(pair.slice(0, 2), 16), pair.slice(2));
  for (const range of words(none)) {
    const [first = "", last = first] = range.split("-");
    for (let byte = Number.parseInt(first, 16); byte <= Number.parseInt(last, 16); byte += 1) own.set(byte, null);
  }
  return own;
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** Sets of single bytes, by MySQL's names. */
export const ownBytes = {
  armscii8: bytes("a1❁ a2§ ad՟ fe’ ff'"),
  cp1256: bytes("", "8a 8f 98 9a 9f aa c0 ff"),
  cp866: bytes("fcⁿ fd²"),
  dec8: bytes("a8¤ d7Œ ddŸ f7œ fdÿ", "a4 a6 ac-af b4 b8 be d0 de f0 fe ff"),
  geostd8: bytes("80€ fd№", "81 83 88 8a 8c-90 98-9a 9c-9f e6-fc fe ff"),
  greek: bytes("a1\u02bd a2\u02bc", "a4 a5 aa"),
  hebrew: bytes("af‾"),
  keybcs2: bytes(
    `80Č 83ď 85Ď 86Ť 87č 88ě 89Ě 8aĹ 8bÍ 8cľ 8dĺ 8fÁ 91ž 92Ž 95Ó 96ů 97Ú 98ý 9bŠ 9cĽ 9dÝ 9eŘ 9fť a4ň a5Ň a6Ů a7Ô a8š a9ř aaŕ abŔ`,
  ),
  koi8u: bytes("95•"),
  swe7: bytes("40É 5bÄ 5cÖ 5dÅ 5eÜ 60é 7bä 7cö 7då 7eü", "7f"),
  tis620: bytes("", "a0"),
} as const;

/** Characters of Japanese sets that are ASCII's and Unicode's own, where Microsoft has full-width ones. */
const japaneseSigns = ["\\", "〜", "‖", "−", "¢", "£", "¬"];

function coded(codes: readonly number[], characters: readonly string[]): ReadonlyMap<number, string> {
  return new Map(codes.map((code, index) => [code, characters[index] ?? ""]));
}

const sjisSigns = coded([0x815f, 0x8160, 0x8161, 0x817c, 0x8191, 0x8192, 0x81ca], japaneseSigns);
const ujisSigns = coded([0xa1c0, 0xa1c1, 0xa1c2, 0xa1dd, 0xa1f1, 0xa1f2, 0xa2cc], japaneseSigns);

/** cp932 without what Microsoft, NEC and IBM added. */
export function sjisCharacter(code: number): string | null | undefined {
  if (code === 0x80 || (code >= 0x8740 && code < 0x8800) || code >= 0xeb40) return null;
  return sjisSigns.get(code);
}

/** Microsoft's extensions of JIS: a byte 0x80 is none, and the last row is for users' own characters, Unicode's private use. */
export function cp932Character(code: number): string | null | undefined {
  if (code === 0x80) return null;
  const cell = code & 0xff;
  if (code < 0xf940 || code > 0xf9fc || cell === 0x7f) return undefined;
  return String.fromCharCode(0xe000 + 9 * 188 + cell - (cell > 0x7f ? 0x41 : 0x40));
}

/** The ten last rows of both planes, which are for users' own characters: Unicode's private use. */
function privateUse(code: number): string | undefined {
  const row = (code >> 8) & 0xff;
  const cell = code & 0xff;
  if (row < 0xf5 || row > 0xfe || cell < 0xa1 || cell > 0xfe || (code > 0xffff && code >> 16 !== 0x8f)) return undefined;
  return String.fromCharCode((code > 0xffff ? 0xe3ac : 0xe000) + (row - 0xf5) * 94 + cell - 0xa1);
}

export function ujisCharacter(code: number): string | null | undefined {
  if (code >> 8 === 0xad || (code >= 0x80 && code < 0x100)) return null;
  return ujisSigns.get(code) ?? (code === 0x8fa2b7 ? "~" : privateUse(code));
}

/** IBM's characters, which eucjpms has from 0x8FF3F3 on. */
const ibmCharacters = [
  ..."ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ＇＂㈱№℡炻仼僴凬匇匤﨎咊坙﨏塚增寬峵嵓﨑德悅愠敎昻晥晴朗栁﨓﨔橫櫢淸淲瀨凞猪甁皂皞益礰礼神祥福竧靖精綠緖羽荢﨟薰蘒﨡蠇諸譿賴赶﨣﨤逸郞都鄕﨧﨨閒隆﨩霻靍靑飯飼館馞髙魲鶴黑",
];

export function eucjpmsCharacter(code: number): string | null | undefined {
  if (code === 0x8fa2c3) return "￤";
  if (code >= 0x8ff3f3 && code <= 0x8ff3fe) return ibmCharacters[code - 0x8ff3f3];
  if (code >= 0x8ff4a1 && code <= 0x8ff4fe) return ibmCharacters[12 + code - 0x8ff4a1];
  return privateUse(code);
}

/** ETEN's characters from 0xC6A1 on. */
const etenCharacters = [
  ...("ヾゝゞ々ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんァアィイゥウェエォオカガキギクグケゲコゴサザシ" +
    "ジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポマミムメモャヤュユョヨラリルレロヮワヰヱヲンヴヵヶДЕЁЖЗИЙКЛМУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхц" +
    "чшщъыьэюя①②③④⑤⑥⑦⑧⑨⑩⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽"),
];

const big5Signs: ReadonlyMap<number, string | null> = new Map<number, string | null>([
  ...coded(
    [0xa145, 0xa14e, 0xa1c2, 0xa1e3, 0xa1f2, 0xa1f3, 0xa241, 0xa242, 0xa244, 0xa246, 0xa247],
    ["•", "､", "‾", "∼", "♁", "☉", "／", "＼", "¥", "¢", "£"],
  ),
  ...[0xa15a, 0xa1c3, 0xa1c5, 0xa1fe, 0xa240, 0xa2cc, 0xa2ce, 0xa3e1].map((code) => [code, null] as const),
]);

export function big5Character(code: number): string | null | undefined {
  if (code >= 0xf9dd) return null;
  if (code < 0xc6a1 || code > 0xc8fe) return big5Signs.get(code);
  const cell = code & 0xff;
  if (cell < 0x40 || cell === 0xff || (cell > 0x7e && cell < 0xa1)) return null;
  const index = ((code >> 8) - 0xc6) * 157 + (cell >= 0xa1 ? cell - 0xa1 + 63 : cell - 0x40) - 63;
  return etenCharacters[index] ?? null;
}

/** Codes in GB 2312's range that GBK added, first and last. */
const addedToGb2312 = words(
  "a2a1-a2b0 a2e3-a2e4 a2ef-a2f0 a2fd-a2fe a4f4-a4fe a5f7-a5fe a6b9-a6c0 a6d9-a6fe a7c2-a7d0 a7f2-a7fe a8bb-a8c4 a8ea-a9a3 a9f0-affe d7fa-d7fe",
).map((range) => range.split("-").map((code) => Number.parseInt(code, 16)));

/** GBK without what is not in GB 2312. */
export function gb2312Character(code: number): string | null | undefined {
  if (code === 0xa1a4) return "・";
  if (code === 0xa1aa) return "―";
  if (code < 0x80) return undefined;
  const outside = code < 0xa1a1 || code > 0xf7fe || (code & 0xff) < 0xa1;
  return outside || addedToGb2312.some(([first = 0, last = 0]) => code >= first && code <= last) ? null : undefined;
}

export function gbkCharacter(code: number): string | null | undefined {
  return code === 0x80 ? null : undefined;
}

export function gb18030Character(code: number): string | null | undefined {
  if (code === 0xa3a0) return "\ue5e5";
  const beyond = (code > 0x8431a439 && code < 0x90308130) || code > 0xe3329a35;
  return beyond ? null : gbkCharacter(code);
}
