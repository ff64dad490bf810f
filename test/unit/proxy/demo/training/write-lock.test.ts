import { describe, expect, it } from "vitest";
import { WriteLock } from "../../../../../proxy/demo/training/write-lock.ts";

describe("the lock for writing", () => {
  it("is given in the order in which it was asked for", async () => {
    const lock = new WriteLock(10_000);
    const [a, b, c] = [{}, {}, {}];
    const order: string[] = [];
    await lock.take(a);
    const waiting = [lock.take(b).then(() => order.push("b")), lock.take(c).then(() => order.push("c"))];
    lock.release(a);
    await waiting[0];
    expect(order).toEqual(["b"]);
    lock.release(b);
    await waiting[1];
    expect(order).toEqual(["b", "c"]);
  });

  it("is refused with error 1205 to who waits too long, and then goes on to others", async () => {
    const lock = new WriteLock(5);
    const [a, b, c] = [{}, {}, {}];
    await lock.take(a);
    await expect(lock.take(b)).rejects.toMatchObject({ errno: 1205, sqlstate: "HY000" });
    lock.release(a);
    await lock.take(c);
    expect(lock.heldBy(c)).toBe(true);
  });

  it("is not released by who does not hold it", async () => {
    const lock = new WriteLock(5);
    const a = {};
    await lock.take(a);
    lock.release({});
    expect(lock.heldBy(a)).toBe(true);
  });
});
