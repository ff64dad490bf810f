import os from "node:os";

/** Processor time since the machine and this thread started, in milliseconds, over all processors. */
export interface ProcessorTimes {
  readonly idle: number;
  readonly all: number;
  /** What this thread has used of `all`. */
  readonly own: number;
}

/** Shorter windows say little: the system counts in ticks of up to 10 ms. */
const windowMs = 250;

/** How busy others keep the machine's processors: what this thread uses itself does not count. */
export class MachineLoad {
  readonly #times: () => ProcessorTimes;
  #before: ProcessorTimes;
  #next: number;
  #others = 0;

  constructor(now: number, times: () => ProcessorTimes = processorTimes) {
    this.#times = times;
    this.#before = times();
    this.#next = now + windowMs;
  }

  /** The part of all processors' time that others used in the last window: 0 to 1. `now`: milliseconds of a clock that never goes back. */
  others(now: number): number {
    if (now < this.#next) return this.#others;
    this.#next = now + windowMs;
    const before = this.#before;
    const after = this.#times();
    this.#before = after;
    const all = after.all - before.all;
    const used = all - (after.idle - before.idle) - (after.own - before.own);
    if (all > 0) this.#others = Math.min(1, Math.max(0, used / all));
    return this.#others;
  }
}

function processorTimes(): ProcessorTimes {
  let idle = 0;
  let all = 0;
  for (const { times } of os.cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  const { user, system } = process.threadCpuUsage();
  return { idle, all, own: (user + system) / 1000 };
}
