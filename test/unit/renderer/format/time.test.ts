import { describe, expect, it } from "vitest";
import { clockTime, dateTime, fullTime } from "../../../../renderer/format/time.ts";

const at = new Date(2026, 10, 22, 5, 4, 3).getTime() * 1000 + 7_089;

describe("times", () => {
  it("are local, to the millisecond in lists", () => {
    expect(clockTime(at)).toBe("05:04:03.007");
    expect(dateTime(at)).toBe("2026-11-22 05:04:03");
  });

  it("are local with their offset and UTC, to the microsecond, when asked for", () => {
    const [local, utc] = fullTime(at).split("\n");
    expect(local).toMatch(/^2026-11-22 05:04:03\.007089 (GMT|UTC)/);
    expect(utc).toBe(`${new Date(at / 1000).toISOString().slice(0, 19).replace("T", " ")}.007089 UTC`);
  });

  it("are 00 at midnight, not 24", () => {
    expect(clockTime(new Date(2026, 0, 1, 0, 0, 0).getTime() * 1000)).toBe("00:00:00.000");
  });
});
