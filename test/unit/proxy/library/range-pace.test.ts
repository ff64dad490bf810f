import { expect, it } from "vitest";
import { RangePace } from "../../../../proxy/library/range-pace.ts";

it("comes to ranges that take about 15 ms, and stays there", () => {
  const pace = new RangePace(100_000, 500, 2_000_000);
  const msPerId = 0.004;
  for (let range = 0; range < 5; range++) pace.took(pace.size * msPerId);
  expect(pace.size * msPerId).toBeCloseTo(15, 1);
  pace.took(15);
  expect(pace.size * msPerId).toBeCloseTo(15, 1);
});

it("changes by no more than four times at once, and keeps within its bounds", () => {
  const pace = new RangePace(1_000, 500, 5_000);
  pace.took(0);
  expect(pace.size).toBe(4_000);
  pace.took(0);
  expect(pace.size).toBe(5_000);
  pace.took(10_000);
  expect(pace.size).toBe(1_250);
  pace.took(10_000);
  expect(pace.size).toBe(500);
});
