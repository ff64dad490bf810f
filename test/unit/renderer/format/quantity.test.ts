import { describe, expect, it } from "vitest";
import { bytes, count, counted, duration } from "../../../../renderer/format/quantity.ts";

describe("quantities", () => {
  it.each([
    [0, "0 µs"],
    [999, "999 µs"],
    [1_234, "1.23 ms"],
    [56_780, "56.8 ms"],
    [999_499, "999 ms"],
    [999_500, "1.00 s"],
    [59_940_000, "59.9 s"],
    [59_960_000, "1 min 00 s"],
    [123_000_000, "2 min 03 s"],
    [3_900_000_000, "1 h 05 min"],
  ])("writes %d µs as %s", (micros, text) => {
    expect(duration(micros)).toBe(text);
  });

  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.00 KiB"],
    [1536, "1.50 KiB"],
    [1024 * 1024 - 1, "1.00 MiB"],
    [25 * 1024 * 1024, "25.0 MiB"],
  ])("writes %d bytes as %s", (number, text) => {
    expect(bytes(number)).toBe(text);
  });

  it("sets thousands apart and counts in the singular and the plural", () => {
    expect(count(1_234_567)).toBe("1,234,567");
    expect([counted(1, "row"), counted(2, "row"), counted(0, "entry", "entries")]).toEqual(["1 row", "2 rows", "0 entries"]);
  });
});
