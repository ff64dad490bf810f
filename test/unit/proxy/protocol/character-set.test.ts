import { describe, expect, it } from "vitest";
import { decodeStatementText, decodeText, encodingOf } from "../../../../proxy/protocol/character-set.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

describe("text in the character set of a collation", () => {
  it.each([
    ["utf8mb4_0900_ai_ci", 255, "f09f9880", "😀"],
    ["utf8mb3_general_ci", 33, "c3a9", "é"],
    ["latin1_swedish_ci, which is windows-1252", 8, "80e9", "€é"],
    ["latin2_general_ci", 9, "b1", "ą"],
    ["big5_chinese_ci", 1, "a4a4", "中"],
    ["gbk_chinese_ci", 28, "d6d0", "中"],
    ["gb18030_chinese_ci", 248, "9439fc36", "😀"],
    ["sjis_japanese_ci", 13, "93fa", "日"],
    ["ujis_japanese_ci", 12, "c6fc", "日"],
    ["euckr_korean_ci", 19, "c7d1", "한"],
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
    ["half a character of UTF-32", 60, "0001f6"],
    ["what is no character of UTF-32", 60, "0011000000000041"],
    ["a surrogate in UTF-32", 60, "0000d800"],
    ["binary", 63, "41"],
  ])("is not what %s are", (_, collation, bytes) => {
    expect(decodeText(hex(bytes), collation)).toBeNull();
  });

  it("of a collation that nobody knows is read as UTF-8 where it is that", () => {
    expect([encodingOf(65000), decodeText(hex("c3a9"), 65000), decodeText(hex("e9"), 65000)]).toEqual(["unknown", "é", null]);
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
