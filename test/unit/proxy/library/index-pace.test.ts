import { describe, expect, it } from "vitest";
import { IndexPace } from "../../../../proxy/library/index-pace.ts";
import { MachineLoad, type ProcessorTimes } from "../../../../proxy/library/machine-load.ts";

const mebibyte = 1024 * 1024;

/** A machine of two processors whose times a test sets. */
class Machine {
  idle = 0;
  all = 0;
  own = 0;

  readonly times = (): ProcessorTimes => ({ idle: this.idle, all: this.all, own: this.own });

  /** `ms` pass, of which others use `others` and this thread `own` of both processors' time. */
  pass(ms: number, others: number, own: number): void {
    this.all += 2 * ms;
    this.own += 2 * ms * own;
    this.idle += 2 * ms * (1 - others - own);
  }
}

describe("the load of a machine", () => {
  it("is what others use, whatever this thread uses itself", () => {
    const machine = new Machine();
    const load = new MachineLoad(0, machine.times);
    machine.pass(250, 0.3, 0.5);
    expect(load.others(250)).toBeCloseTo(0.3);
    machine.pass(250, 0.9, 0.1);
    expect(load.others(500)).toBeCloseTo(0.9);
  });

  it("is measured over windows, not from one call to the next", () => {
    const machine = new Machine();
    const load = new MachineLoad(0, machine.times);
    machine.pass(10, 1, 0);
    expect(load.others(10)).toBe(0);
    machine.pass(240, 1, 0);
    expect(load.others(250)).toBe(1);
  });

  it("is that of the machine the tests run on where nothing else is said", () => {
    const load = new MachineLoad(0);
    for (const until = performance.now() + 60; performance.now() < until; );
    const others = load.others(250);
    expect(others).toBeGreaterThanOrEqual(0);
    expect(others).toBeLessThanOrEqual(1);
  });
});

describe("indexing", () => {
  function pace(others: number, recordedBytes: number): { pace: IndexPace; now: number } {
    const machine = new Machine();
    const made = new IndexPace(0, new MachineLoad(0, machine.times));
    machine.pass(300, others, 0);
    made.recorded(recordedBytes, 250);
    return { pace: made, now: 300 };
  }

  it("goes on at once where there is a processor to spare", () => {
    const { pace: made, now } = pace(0.5, 10 * mebibyte);
    made.worked(40, now);
    expect(made.rests(now)).toBe(false);
    expect(made.sliceMs).toBe(40);
  });

  it("rests most of the time where the relay is busy and the machine saturated, and never altogether", () => {
    const { pace: made, now } = pace(0.95, 10 * mebibyte);
    expect(made.rests(now)).toBe(false);
    expect(made.sliceMs).toBe(10);
    made.worked(10, now);
    expect(made.rests(now + 189)).toBe(true);
    expect(made.rests(now + 190)).toBe(false);
  });

  it("does not rest for others' work where the relay has little to do", () => {
    const { pace: made, now } = pace(0.95, 10_000);
    made.worked(40, now);
    expect(made.rests(now)).toBe(false);
  });

  it("goes on at full speed a second after the relay was busy last", () => {
    const { pace: made, now } = pace(0.95, 10 * mebibyte);
    expect(made.rests(now)).toBe(false);
    made.worked(1000, now);
    expect(made.rests(now + 900)).toBe(true);
    expect(made.rests(250 + 1000)).toBe(false);
    expect(made.sliceMs).toBe(40);
  });
});
