import { describe, expect, it } from "vitest";
import { PendingCommands } from "../../../../proxy/protocol/pending-commands.ts";

describe("commands that wait for their answers", () => {
  it("come back in order, each with its command byte and what is attached to it", () => {
    const pending = new PendingCommands<string | null>();
    const taken: (string | null | undefined)[] = [];
    for (let n = 0; n < 500; n += 1) {
      pending.push(n & 0xff, n % 7 === 0 ? `${n}` : null, 10);
      pending.push(0xfa, null, 10);
      expect(pending.first?.command).toBe(n % 2 === 0 ? (n / 2) & 0xff : 0xfa);
      taken.push(pending.shift()?.attachment);
    }
    expect(taken).toEqual(Array.from({ length: 500 }, (_, n) => (n % 14 === 0 ? `${n / 2}` : null)));
    expect([pending.length, pending.bytes]).toEqual([500, 5000]);
    for (let left = 500; left > 0; left -= 1) pending.shift();
    expect([pending.length, pending.bytes, pending.first, pending.shift()]).toEqual([0, 0, undefined, undefined]);
  });

  it("are listed where something is attached to them", () => {
    const pending = new PendingCommands<string | null>();
    for (const attachment of ["a", null, "b", null]) pending.push(3, attachment, 1);
    expect([...pending].map(({ attachment }) => attachment)).toEqual(["a", "b"]);
    pending.shift();
    expect([...pending].map(({ attachment }) => attachment)).toEqual(["b"]);
  });

  it("count no more than 16 MiB for one of them, and the same when it goes", () => {
    const pending = new PendingCommands<null>();
    pending.push(0x16, null, 2 ** 33);
    expect([pending.first?.command, pending.bytes]).toEqual([0x16, 0xffffff]);
    pending.shift();
    expect(pending.bytes).toBe(0);
  });

  it("take a few bytes each", () => {
    const pending = new PendingCommands<null>();
    const before = process.memoryUsage().arrayBuffers;
    for (let n = 0; n < 1_000_000; n += 1) pending.push(3, null, 40);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
    expect(pending.length).toBe(1_000_000);
  });
});
