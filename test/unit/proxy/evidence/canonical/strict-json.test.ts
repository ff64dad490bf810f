import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseStrict } from "../../../../../proxy/evidence/canonical/strict-json.ts";

const reasonOf = (json: Uint8Array | string): string => {
  const read = parseStrict(json);
  return read.ok ? `read as ${JSON.stringify(read.value)}` : read.reason;
};

describe("strict reading of JSON", () => {
  it("reads what JSON.parse reads, where nothing is ambiguous", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        expect(parseStrict(text)).toEqual({ ok: true, value: JSON.parse(text) });
        expect(parseStrict(Buffer.from(text))).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  it("never throws, and never reads what JSON.parse does not", () => {
    const pieces = ["{", "}", "[", "]", '"', ":", ",", "\\", "1", "-", "e9", "null", " ", '"a"', "\\u0061", "\\ud800", "\n", "tru"];
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (json) => {
        const read = parseStrict(json);
        if (read.ok) expect(read.value).toEqual(JSON.parse(json));
      }),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void parseStrict(bytes)));
  });

  it.each([
    ["at the top", '{"a":1,"a":2}'],
    ["inside", '[{"x":{"a":1,"b":{"a":3},"a":2}}]'],
    ["written with an escape", '{"a":1,"\\u0061":2}'],
    ["with blanks before the colon", '{"a" \n: 1, "a"\t:2}'],
    ["behind a text that looks like one", '{"a":"\\"a\\":","a":2}'],
  ])("refuses a name twice in one object, %s", (_where, json) => {
    expect(reasonOf(json)).toContain('the member "a" twice');
  });

  it("takes a name again in another object, and a text that is like a name", () => {
    expect(parseStrict('[{"a":1},{"a":{"a":"a"}},"a","a"]').ok).toBe(true);
  });

  it("keeps a member that is named __proto__ as a member", () => {
    const read = parseStrict('{"__proto__":{"polluted":true}}');
    expect(read.ok && Object.keys(read.value as object)).toEqual(["__proto__"]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it("refuses depths beyond its limit, however deep, without running out of anything", () => {
    const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
    expect(parseStrict(nested(32)).ok).toBe(true);
    expect(reasonOf(nested(33))).toContain("deeper than 32");
    expect(reasonOf("[".repeat(5_000_000))).toContain("deeper than 32");
    expect(reasonOf('{"a":'.repeat(1_000_000))).toContain("deeper than 32");
    expect(parseStrict(nested(3), { maxDepth: 2 }).ok).toBe(false);
  });

  it.each([
    ["an overlong form", [0x22, 0xc0, 0xaf, 0x22]],
    ["a surrogate", [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ["half a character", [0x22, 0xe2, 0x82, 0x22]],
    ["beyond Unicode", [0x22, 0xf5, 0x80, 0x80, 0x80, 0x22]],
  ])("refuses bytes that are not UTF-8: %s", (_what, bytes) => {
    expect(reasonOf(Uint8Array.from(bytes))).toBe("it is not UTF-8");
  });

  it.each([
    ["a byte order mark", "\ufeff{}"],
    ["something behind the value", "{} {}"],
    ["a comma too many", "[1,]"],
    ["a comment", "/**/1"],
    ["NaN", "NaN"],
    ["nothing", ""],
    ["a leading zero", "01"],
    ["a control character in a text", '"\n"'],
    ["a text that does not end", '{"a'],
  ])("refuses %s", (_what, json) => {
    expect(parseStrict(json).ok).toBe(false);
    expect(parseStrict(Buffer.from(json)).ok).toBe(false);
  });

  it.each(['"\\ud800"', '{"\\udc00":1}', '["\\ud83d\\u0041"]'])("refuses a lone surrogate: %s", (json) => {
    expect(reasonOf(json)).toContain("lone surrogate");
  });

  it("takes a pair of surrogates for the character that it is", () => {
    expect(parseStrict('"\\ud83d\\ude00"')).toEqual({ ok: true, value: "😀" });
  });

  it.each(["9007199254740993", "-9007199254740993", "18446744073709551615", "1e999", "-1e400"])(
    "refuses a number that is not exact: %s",
    (json) => {
      expect(reasonOf(`[${json}]`)).toContain("too large");
    },
  );

  it.each(["9007199254740991", "1764000000000000", "0.1", "-12.5e-3", "1e21"])("takes %s", (json) => {
    expect(parseStrict(json)).toEqual({ ok: true, value: Number(json) });
  });

  it("reads 4 MiB of quotes, backslashes, or texts in time that grows with their length only", () => {
    const bytes = 4 * 1024 * 1024;
    expect(parseStrict(`"${"\\".repeat(bytes)}"`).ok).toBe(true);
    expect(parseStrict(`"${'\\"'.repeat(bytes / 2)}"`).ok).toBe(true);
    expect(parseStrict(`["${'a","'.repeat(bytes / 4)}"]`).ok).toBe(true);
    expect(parseStrict(`"${"\\".repeat(bytes + 1)}"`).ok).toBe(false);
  });
});
