import { createHash } from "node:crypto";
import fs from "node:fs";
import canonicalize from "canonicalize";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalBytes, canonicalText } from "../../../../../proxy/evidence/canonical/canonical.ts";
import { doubles } from "../../../../support/es6-doubles.ts";

const vectors = new URL("../../../../fixtures/vectors/rfc8785/", import.meta.url);
const read = (name: string): string => fs.readFileSync(new URL(name, vectors), "utf8");

describe("canonical JSON", () => {
  it.each(["arrays", "french", "structures", "unicode", "values", "weird"])("is RFC 8785's for its vector %s", (name) => {
    const bytes = canonicalBytes(JSON.parse(read(`input/${name}.json`)));
    expect(bytes.toString("utf8")).toBe(read(`output/${name}.json`).replace(/\n$/, ""));
    expect(bytes.toString("hex")).toBe(read(`outhex/${name}.txt`).replace(/\s/g, ""));
  });

  it("writes numbers as RFC 8785's test file of 100,000 doubles has them", () => {
    const hash = createHash("sha256");
    for (const { hex, value } of doubles(100_000)) hash.update(`${hex},${canonicalText(value)}\n`);
    expect(hash.digest("hex")).toBe("22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7");
  });

  it("writes a negative zero as 0 and leaves out members that are undefined", () => {
    expect(canonicalText({ b: -0, a: undefined, c: [undefined] })).toBe('{"b":0,"c":[null]}');
  });

  it("orders members by UTF-16 code units", () => {
    expect(canonicalText({ "\u{1f600}": 1, "\ufb33": 2, a: 3, A: 4, "": 5 })).toBe('{"":5,"A":4,"a":3,"\u{1f600}":1,"\ufb33":2}');
  });

  it.each([
    ["NaN", Number.NaN],
    ["infinity", [Number.POSITIVE_INFINITY]],
    ["a lone surrogate in a text", { a: "\ud800" }],
    ["a lone surrogate in a name", { "\udfff": 1 }],
    ["nothing", undefined],
    ["a big integer", 1n],
  ])("is refused to %s", (_what, value) => {
    expect(() => canonicalBytes(value)).toThrow(TypeError);
  });

  it("is refused to a circle", () => {
    const circle: unknown[] = [];
    circle.push(circle);
    expect(() => canonicalBytes(circle)).toThrow(TypeError);
  });

  it("is what the package for it writes, whatever the order of members", () => {
    const values = fc.oneof(fc.jsonValue(), fc.object({ withNullPrototype: true, withSparseArray: true, withDate: true }));
    fc.assert(fc.property(values, (value) => void expect(canonicalText(value)).toBe(canonicalize(value))));
    const names = fc.constantFrom("a", "b", "A", "", "10", "9", "__proto__x", "\u00e9", "\ufb33", "\u{1f600}", "toJSON");
    const small = fc.dictionary(names, fc.oneof(fc.string(), fc.integer(), fc.constantFrom(null, -0, true, "\\ud800", "\\\\ud", [])));
    fc.assert(fc.property(small, (value) => void expect(canonicalText(value)).toBe(canonicalize(value))));
  });

  it("is the same for the value that is read from it", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalText(value);
        expect(canonicalText(JSON.parse(text))).toBe(text);
      }),
    );
  });
});
