import fs from "node:fs";
import { expect, it } from "vitest";
import { generateParser, grammarFile, parserFile } from "../../../../proxy/filter/generate-grammar.ts";

it("The committed parser is made from the grammar as it is (else run node proxy/filter/generate-grammar.ts)", () => {
  const made = generateParser(fs.readFileSync(grammarFile, "utf8"));
  expect(fs.readFileSync(parserFile, "utf8") === made).toBe(true);
});

it("The parser makes no code when it runs, which the user interface's content policy forbids", () => {
  expect(fs.readFileSync(parserFile, "utf8")).not.toMatch(/\beval\s*\(|new Function\b/);
});
