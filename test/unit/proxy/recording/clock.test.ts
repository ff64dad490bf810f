import { describe, expect, it } from "vitest";
import { RecordingClock } from "../../../../proxy/recording/clock.ts";

const start = 1_795_000_000_000;
const hourMs = 3_600_000;
const ns = (millis: number): bigint => BigInt(millis) * 1_000_000n;

/** A machine's two clocks, in milliseconds: the one that people set, and the one that stands still while it sleeps. */
function machine() {
  const clocks = { wall: start, steady: 5000 };
  const clock = new RecordingClock(
    () => clocks.wall,
    () => ns(clocks.steady),
  );
  return {
    clock,
    passes(millis: number): void {
      clocks.wall += millis;
      clocks.steady += millis;
    },
    sleeps(millis: number): void {
      clocks.wall += millis;
    },
    isSet(millis: number): void {
      clocks.wall += millis;
    },
  };
}

describe("the clock of recordings", () => {
  it("begins with the system's time and goes on with time, for days", () => {
    const { clock, passes } = machine();
    expect(clock.nowNs()).toBe(ns(start));
    passes(48 * hourMs);
    expect(clock.nowNs()).toBe(ns(start + 48 * hourMs));
  });

  it("tells the time of day again after the machine has slept", () => {
    const { clock, passes, sleeps } = machine();
    passes(1000);
    clock.nowNs();
    sleeps(8 * hourMs);
    expect(clock.nowNs()).toBe(ns(start + 1000 + 8 * hourMs));
    passes(1000);
    expect(clock.nowNs()).toBe(ns(start + 2000 + 8 * hourMs));
  });

  it("never goes back where the system's clock is set back, and goes on", () => {
    const { clock, passes, isSet } = machine();
    passes(10_000);
    const before = clock.nowNs();
    isSet(-2 * hourMs);
    expect(clock.nowNs()).toBe(before);
    passes(500);
    expect(clock.nowNs()).toBe(before + ns(500));
  });

  it("does not follow a clock that is ahead by less than a second, which is how finely two clocks agree", () => {
    const { clock, isSet } = machine();
    isSet(900);
    expect(clock.nowNs()).toBe(ns(start));
  });
});
