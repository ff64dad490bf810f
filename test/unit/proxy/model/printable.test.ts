import fc from "fast-check";
import { expect, it } from "vitest";
import { printable } from "../../../../proxy/model/printable.ts";

it("nothing is left that a terminal obeys", () => {
  expect(printable("\u001b[2J\u009b31m\r\b\u0007\u007f")).toBe("\\u001b[2J\\u009b31m\\u000d\\u0008\\u0007\\u007f");
  expect(printable("DROP \u202eELBAT")).toBe("DROP \\u202eELBAT");
});

it("text of any language stays as it is", () => {
  expect(printable("SELECT 'naïve 日本語 שלום 🦀'")).toBe("SELECT 'naïve 日本語 שלום 🦀'");
});

it("JSON still says the same", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(JSON.parse(printable(JSON.stringify(text)))).toBe(text);
    }),
  );
});
