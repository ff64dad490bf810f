import { beforeEach, describe, expect, it } from "vitest";
import { SignInPace } from "../../../../proxy/relay/sign-in-pace.ts";

let now: number;
let pace: SignInPace;

beforeEach(() => {
  now = 0;
  pace = new SignInPace(() => now);
});

function wrong(times: number, user = "anna", address = "10.0.0.1"): void {
  for (let count = 0; count < times; count += 1) pace.wrong(user, address);
}

describe("the pace of sign-ins", () => {
  it("lets people mistype, then makes each next try of a name wait twice as long, up to two seconds", () => {
    const waits = Array.from({ length: 12 }, () => {
      wrong(1);
      return pace.waitMs("anna", "10.0.0.2");
    });
    expect(waits).toEqual([0, 0, 50, 100, 200, 400, 800, 1600, 2000, 2000, 2000, 2000]);
    expect(pace.waitMs("bob", "10.0.0.2")).toBe(0);
  });

  it("slows down an address that tries many names, later, because many may share it", () => {
    for (let count = 0; count < 29; count += 1) wrong(1, `name ${count}`);
    expect(pace.waitMs("another", "10.0.0.1")).toBe(0);
    wrong(1, "name 30");
    expect(pace.waitMs("another", "10.0.0.1")).toBe(50);
    expect(pace.waitMs("another", "10.0.0.2")).toBe(0);
  });

  it.each(["127.0.0.1", "::1", "localhost"])("does not slow down all programs of this machine (%s) for one of them", (address) => {
    for (let count = 0; count < 100; count += 1) wrong(1, `name ${count}`, address);
    expect(pace.waitMs("another", address)).toBe(0);
    wrong(10, "anna", address);
    expect(pace.waitMs("anna", address)).toBe(2000);
  });

  it("forgets within seconds after many wrong tries", () => {
    wrong(1000);
    const waits = [0, 4, 8, 12, 12.1].map((seconds) => {
      now = seconds * 1000;
      return pace.waitMs("anna", "10.0.0.2");
    });
    expect(waits).toEqual([2000, 800, 200, 50, 0]);
  });

  it("is not slowed down for a name by a program that tries an old password now and then", () => {
    for (let count = 0; count < 100; count += 1) {
      wrong(1);
      now += 2000;
    }
    expect(pace.waitMs("anna", "10.0.0.1")).toBe(0);
  });

  it("has a limit of clients that wait, of one name and of all", () => {
    const entered = (user: string, times: number): number =>
      Array.from({ length: times }, () => pace.enter(user)).filter((isIn) => isIn).length;
    expect(entered("anna", 100)).toBe(32);
    expect(entered("bob", 100)).toBe(32);
    expect(entered("c", 100) + entered("d", 100) + entered("e", 100)).toBe(64);
    pace.leave("anna");
    expect([pace.enter("e"), pace.enter("anna")]).toEqual([true, false]);
    for (let count = 0; count < 31; count += 1) pace.leave("anna");
    expect(pace.enter("anna")).toBe(true);
  });

  it("remembers a bounded number of names, however long they are", () => {
    wrong(5, "anna");
    for (let count = 0; count < 4095; count += 1) wrong(5, `${count}${"x".repeat(10_000)}`, "10.0.0.2");
    expect(pace.waitMs("anna", "10.0.0.3")).toBe(200);
    wrong(5, "one more", "10.0.0.2");
    expect(pace.waitMs("anna", "10.0.0.3")).toBe(0);
    expect(pace.waitMs("one more", "10.0.0.3")).toBe(200);
  });
});
