import { describe, expect, it } from "vitest";
import { Fifo } from "../../../../proxy/protocol/fifo.ts";

describe("a queue", () => {
  it("gives items in the order in which they came, and nothing when it is empty", () => {
    const queue = new Fifo<number>();
    for (let n = 0; n < 100; n += 1) {
      queue.push(2 * n);
      queue.push(2 * n + 1);
      expect(queue.shift()).toBe(n);
    }
    expect(queue.length).toBe(100);
    expect([...queue]).toEqual(Array.from({ length: 100 }, (_, n) => 100 + n));
    expect(queue.first).toBe(100);
    for (let n = 100; n < 200; n += 1) expect(queue.shift()).toBe(n);
    expect(queue.shift()).toBeUndefined();
    expect(queue.first).toBeUndefined();
    expect(queue.length).toBe(0);
  });

  it("is emptied at the same pace however long it is", () => {
    const queue = new Fifo<number>();
    for (let n = 0; n < 1_000_000; n += 1) queue.push(n);
    const started = performance.now();
    while (queue.shift() !== undefined);
    // An array takes minutes for this.
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
