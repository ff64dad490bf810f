import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Alarm } from "../../../../proxy/identity/alarm.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const day = 24 * 3600 * 1000;

describe("An alarm", () => {
  it("rings once, at its time", () => {
    const ring = vi.fn();
    new Alarm().set(Date.now() + 1000, ring);
    vi.advanceTimersByTime(999);
    expect(ring).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10_000);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  it("rings at once where its time is over", () => {
    const ring = vi.fn();
    new Alarm().set(Date.now() - 1, ring);
    vi.advanceTimersByTime(1);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  it("rings after more days than a timer of Node can count", () => {
    const ring = vi.fn();
    new Alarm().set(Date.now() + 90 * day, ring);
    vi.advanceTimersByTime(90 * day - 1);
    expect(ring).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  it("does not ring where it was cleared, or set to another time", () => {
    const ring = vi.fn();
    const alarm = new Alarm();
    alarm.set(Date.now() + 1000, ring);
    alarm.set(Date.now() + 5000, ring);
    vi.advanceTimersByTime(2000);
    alarm.clear();
    vi.advanceTimersByTime(10_000);
    expect(ring).not.toHaveBeenCalled();
  });
});
