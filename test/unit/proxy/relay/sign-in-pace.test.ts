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

const waitMs = (user: string, address: string): number => pace.waitOf(user, address).milliseconds;

describe("the pace of sign-ins", () => {
  it("lets people mistype, then makes each next try of a name from there wait twice as long, up to two seconds", () => {
    const waits = Array.from({ length: 12 }, () => {
      wrong(1);
      return waitMs("anna", "10.0.0.1");
    });
    expect(waits).toEqual([0, 0, 50, 100, 200, 400, 800, 1600, 2000, 2000, 2000, 2000]);
    expect(waitMs("bob", "10.0.0.1")).toBe(0);
    expect(waitMs("anna", "10.0.0.2")).toBe(0);
  });

  it("slows a name down that is tried from many addresses, a little and without a place to wait in, for who has it", () => {
    for (let count = 0; count < 1000; count += 1) wrong(1, "anna", `10.0.${count >> 8}.${count & 255}`);
    expect(pace.waitOf("anna", "10.1.0.1")).toEqual({ milliseconds: 250, needsPlace: false });
    expect(waitMs("bob", "10.1.0.1")).toBe(0);
  });

  it("slows down an address that tries many names, later, because many may share it", () => {
    for (let count = 0; count < 29; count += 1) wrong(1, `name ${count}`);
    expect(waitMs("another", "10.0.0.1")).toBe(0);
    wrong(1, "name 30");
    expect(pace.waitOf("another", "10.0.0.1")).toEqual({ milliseconds: 50, needsPlace: true });
    expect(waitMs("another", "10.0.0.2")).toBe(0);
  });

  it.each([
    ["2001:db8::1", "2001:db8::ffff:2", true],
    ["2001:db8::1", "2001:db8:0:0:1:2:3:4", true],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::", true],
    ["2001:db8:0:1::1", "2001:db8::1", false],
    ["::1", "::2", true],
  ])("takes %s and %s for one machine: %s", (one, other, same) => {
    wrong(10, "anna", one);
    expect(waitMs("anna", other)).toBe(same ? 2000 : 0);
  });

  it.each(["127.0.0.1", "::1", "localhost"])("does not slow down all programs of this machine (%s) for one of them", (address) => {
    for (let count = 0; count < 100; count += 1) wrong(1, `name ${count}`, address);
    expect(waitMs("another", address)).toBe(0);
    wrong(10, "anna", address);
    expect(waitMs("anna", address)).toBe(2000);
  });

  it("forgets within seconds after many wrong tries", () => {
    wrong(1000);
    const waits = [0, 4, 8, 12, 12.1].map((seconds) => {
      now = seconds * 1000;
      return waitMs("anna", "10.0.0.1");
    });
    expect(waits).toEqual([2000, 800, 200, 50, 0]);
  });

  it("is not slowed down for a name by a program that tries an old password now and then", () => {
    for (let count = 0; count < 100; count += 1) {
      wrong(1);
      now += 2000;
    }
    expect(waitMs("anna", "10.0.0.1")).toBe(0);
  });

  it("has a limit of clients that wait, of one name from one address and of one address", () => {
    const entered = (user: string, times: number, address = "10.0.0.1"): number =>
      Array.from({ length: times }, () => pace.enter(user, address)).filter((isIn) => isIn).length;
    expect(entered("anna", 100)).toBe(32);
    expect(entered("bob", 100)).toBe(32);
    expect(entered("c", 100) + entered("d", 100) + entered("e", 100)).toBe(64);
    expect(entered("anna", 100, "10.0.0.2")).toBe(32);
    pace.leave("anna", "10.0.0.1");
    expect([pace.enter("e", "10.0.0.1"), pace.enter("anna", "10.0.0.1")]).toEqual([true, false]);
    for (let count = 0; count < 31; count += 1) pace.leave("anna", "10.0.0.1");
    expect(pace.enter("anna", "10.0.0.1")).toBe(true);
  });

  it("remembers a bounded number of names, however long they are", () => {
    wrong(5, "anna", "127.0.0.1");
    for (let count = 0; count < 4095; count += 1) wrong(5, `${count}${"x".repeat(10_000)}`, "127.0.0.1");
    expect(waitMs("anna", "127.0.0.1")).toBe(200);
    wrong(5, "one more", "127.0.0.1");
    expect(waitMs("anna", "127.0.0.1")).toBe(0);
    expect(waitMs("one more", "127.0.0.1")).toBe(200);
  });
});
