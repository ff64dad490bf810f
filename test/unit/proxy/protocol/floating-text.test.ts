import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixedText, generalText, shortestFloat32 } from "../../../../proxy/protocol/floating-text.ts";

const general = (value: number): string => generalText(value, String(value));

describe("a number whose decimals are not fixed", () => {
  it.each([
    [0, "0"],
    [-0, "-0"],
    [1, "1"],
    [-2.25, "-2.25"],
    [0.30000000000000004, "0.30000000000000004"],
    [1e14, "100000000000000"],
    [1e15, "1e15"],
    [123456789012345680, "1.2345678901234568e17"],
    [1.25e-10, "0.000000000125"],
    [1e-15, "0.000000000000001"],
    [1.2345e-16, "1.2345e-16"],
    [1.7976931348623157e308, "1.7976931348623157e308"],
    [5e-324, "5e-324"],
  ])("%d is written as servers write it: %s", (value, text) => {
    expect(general(value)).toBe(text);
  });

  it("reads back as the same number", () => {
    fc.assert(fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), (value) => Object.is(Number(general(value)), value)));
  });
});

describe("a 32-bit float", () => {
  it("is written with no more digits than give it again", () => {
    expect([0.1, 16777216, 3.4e38, 1.17549435e-38].map((value) => shortestFloat32(Math.fround(value)))).toEqual([
      "0.1",
      "16777216",
      "3.4e+38",
      "1.1754944e-38",
    ]);
    fc.assert(
      fc.property(fc.float({ noDefaultInfinity: true, noNaN: true }), (value) => Math.fround(Number(shortestFloat32(value))) === value),
    );
  });
});

describe("a number with fixed decimals", () => {
  it.each([
    [0, 0, "0"],
    [0, 2, "0.00"],
    [-0, 3, "-0.000"],
    [1.5, 4, "1.5000"],
    [0.1, 20, "0.10000000000000000000"],
    [1e21, 2, "1000000000000000000000.00"],
    [-1.7e30, 1, "-1700000000000000000000000000000.0"],
  ])("%d, which %d decimals hold, is filled up with zeros: %s", (value, decimals, text) => {
    expect(fixedText(value, String(value), decimals)).toBe(text);
  });

  it.each([
    [Math.PI, 6, "3.141592653589793"],
    [1.005, 2, "1.005"],
    [-0.5, 0, "-0.5"],
    [999.9996, 3, "999.9996"],
    [1e-20, 2, "1e-20"],
  ])("%d, which %d decimals do not hold, keeps all its digits: %s", (value, decimals, text) => {
    expect(fixedText(value, String(value), decimals)).toBe(text);
  });

  it("reads back as the same number", () => {
    const numbers = fc.double({ noDefaultInfinity: true, noNaN: true });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 0, max: 30 }), (value, decimals) =>
        Object.is(Number(fixedText(value, String(value), decimals)), value),
      ),
    );
  });
});
