import { describe, expect, it } from "vitest";
import { visiblePieces, visibleText } from "../../../../renderer/format/visible-text.ts";

describe("visible text", () => {
  it("leaves text that can be seen as it is", () => {
    expect(visibleText("naïve 蜂蜜 👩 'x'")).toBe("naïve 蜂蜜 👩 'x'");
  });

  it("shows characters that reorder text by their names", () => {
    expect(visibleText("user\u202Eexe.png\u2066\u2069\u200F")).toBe("user[U+202E]exe.png[U+2066][U+2069][U+200F]");
  });

  it("shows control characters and separators, and line ends by signs", () => {
    expect(visibleText("a\0b\u001b[31m\r\n\t\u0085\u2028")).toBe("a[U+0000]b[U+001B][31m␍↵⇥[U+0085][U+2028]");
  });

  it("shows invisible characters and halves of surrogate pairs", () => {
    expect(visibleText("pay\u200Bpal \uD83D \uFEFF")).toBe("pay[U+200B]pal [U+D83D] [U+FEFF]");
  });

  it("leaves the joiners of an emoji, and shows all others", () => {
    expect(visibleText("👩‍👩‍👧 👩🏽‍🚒 ❤️‍🔥")).toBe("👩‍👩‍👧 👩🏽‍🚒 ❤️‍🔥");
    expect(visibleText("pay\u200Dpal \u200D👩 👩\u200D")).toBe("pay[U+200D]pal [U+200D]👩 👩[U+200D]");
  });

  it("marks what stands for something, so that it cannot be taken for the text itself", () => {
    expect(visiblePieces("a\nb")).toEqual([
      { text: "a", escaped: false },
      { text: "↵", escaped: true },
      { text: "b", escaped: false },
    ]);
    expect(visiblePieces("")).toEqual([]);
  });
});
