import { describe, expect, it } from "vitest";
import { characterSetOf, decodeStatementText, decodeText } from "../../../../proxy/protocol/character-set.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

describe("text in the character set of a collation", () => {
  it.each([
    ["utf8mb4_0900_ai_ci", 255, "f09f9880", "😀"],
    ["utf8mb3_general_ci", 33, "c3a9", "é"],
    ["latin1_swedish_ci, which is windows-1252", 8, "80e9", "€é"],
    ["latin2_general_ci", 9, "b1", "ą"],
    ["big5_chinese_ci", 1, "a4a4c6a541", "中ぁA"],
    ["dec8_swedish_ci", 3, "d741fd", "ŒAÿ"],
    ["cp850_general_ci", 4, "80d0", "Çð"],
    ["cp852_general_ci", 40, "a5", "ą"],
    ["hp8_english_ci", 6, "c8", "à"],
    ["swe7_swedish_ci", 10, "5b5c5d", "ÄÖÅ"],
    ["armscii8_general_ci", 32, "b2b3", "Աա"],
    ["keybcs2_general_ci", 37, "80a8", "Čš"],
    ["macce_general_ci", 38, "8185", "ĀÖ"],
    ["geostd8_general_ci", 92, "c080", "ა€"],
    ["koi8u_general_ci", 22, "95a4", "•є"],
    ["latin5_turkish_ci, whose controls stay what they are", 30, "8082f0", "\u0080\u0082ğ"],
    ["gb2312_chinese_ci", 24, "a1a4d6d0", "・中"],
    ["gbk_chinese_ci", 28, "d6d0", "中"],
    ["gb18030_chinese_ci", 248, "9439fc36", "😀"],
    ["sjis_japanese_ci", 13, "93fab1815f5c", "日ｱ\\\\"],
    ["sjis_japanese_ci with control characters", 13, "1a1c7f93fa", "\u001a\u001c\u007f日"],
    ["cp932_japanese_ci", 95, "815f8740f941", "＼①\ue69d"],
    ["ujis_japanese_ci", 12, "c6fca1c08fb0a1f5a1", "日\\丂\ue000"],
    ["eucjpms_japanese_ci", 97, "c6fca1c08ff3f38ff4fe", "日＼ⅰ黑"],
    ["euckr_korean_ci", 19, "c7d1", "한"],
    ["euckr_korean_ci with a syllable that the Encoding Standard's native decoder does not have", 19, "818e", "걥"],
    ["koi8r_general_ci", 7, "c1", "а"],
    ["cp1251_general_ci", 51, "e0", "а"],
    ["cp866_general_ci", 36, "a0", "а"],
    ["hebrew_general_ci", 16, "e0", "א"],
    ["greek_general_ci", 25, "e1", "α"],
    ["tis620_thai_ci", 18, "a1", "ก"],
    ["ucs2_general_ci", 35, "00e9", "é"],
    ["utf16_general_ci", 54, "d83dde00", "😀"],
    ["utf16le_general_ci", 56, "3dd800de", "😀"],
    ["utf32_general_ci", 60, "0001f600000000e9", "😀é"],
    ["utf8mb4_nopad_general_ci of MariaDB", 1069, "c3a9", "é"],
    ["utf8mb4_uca1400_ai_ci of MariaDB", 2304, "c3a9", "é"],
  ])("%s (%d)", (_, collation, bytes, text) => {
    expect(decodeText(hex(bytes), collation)).toBe(text);
  });

  it("keeps a byte order mark, which is a character of the text", () => {
    expect(decodeText(hex("efbbbf41"), 45)).toBe("\ufeffA");
    expect(decodeText(hex("feff0041"), 54)).toBe("\ufeffA");
  });

  it.each([
    ["bytes that are not UTF-8", 45, "ff"],
    ["half a character of gbk", 28, "d6"],
    ["half a character of sjis", 13, "93"],
    ["half a character of ujis", 12, "8fb0"],
    ["a byte that is no character of dec8", 3, "41a4"],
    ["a byte that is no character of cp1250, where the Encoding Standard has a control character", 26, "81"],
    ["a code that is no character of gb2312", 24, "a2a1"],
    ["a code that cp932 has and sjis has not", 13, "8740"],
    ["a code of big5 without a character", 1, "f9fe"],
    ["half a character of UTF-32", 60, "0001f6"],
    ["what is no character of UTF-32", 60, "0011000000000041"],
    ["a surrogate in UTF-32", 60, "0000d800"],
    ["binary", 63, "41"],
  ])("is not what %s are", (_, collation, bytes) => {
    expect(decodeText(hex(bytes), collation)).toBeNull();
  });

  it("of a collation that nobody knows is read as UTF-8 where it is that", () => {
    expect([characterSetOf(65000), decodeText(hex("c3a9"), 65000), decodeText(hex("e9"), 65000)]).toEqual(["unknown", "é", null]);
  });
});

describe("a statement's text", () => {
  it.each([
    ["in the session's character set, also where its bytes are UTF-8 by chance", "c3a9", 8, "Ã©"],
    ["the session's character set where it is not UTF-8", "d6d0", 28, "中"],
    ["one character a byte where it is neither", "d6", 28, "Ö"],
    ["one character a byte where nothing is known", "e9", null, "é"],
  ])("is %s", (_, bytes, collation, text) => {
    expect(decodeStatementText(hex(bytes), collation)).toBe(text);
  });
});
