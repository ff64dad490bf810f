import fc from "fast-check";
import { expect, it } from "vitest";
import { FrameMerge } from "../../../../proxy/library/frame-merge.ts";

class Times {
  readonly #times: number[];

  constructor(times: number[]) {
    this.#times = [...times].sort((a, b) => a - b);
  }

  nextAt(): number | null {
    return this.#times[0] ?? null;
  }

  step(): void {
    this.#times.shift();
  }
}

it("Frames of several sources come in the order of their times, all of them", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(50), { maxLength: 20 }), { maxLength: 10 }), (sources) => {
      const merge = new FrameMerge<Times>();
      for (const times of sources) merge.add(new Times(times));
      const taken: number[] = [];
      for (let source = merge.take(); source !== null; source = merge.take()) {
        taken.push(source.nextAt() ?? Number.NaN);
        source.step();
        merge.add(source);
      }
      expect(taken).toEqual(sources.flat().sort((a, b) => a - b));
    }),
  );
});
