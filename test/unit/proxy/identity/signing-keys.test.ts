import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { IdentityKey } from "../../../../proxy/identity/identity-key.ts";
import { SigningKeys } from "../../../../proxy/identity/signing-keys.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const bytes = Buffer.from("bytes");

function keyOf(keys: SigningKeys, signIn: string, bound = true): IdentityKey {
  const key = new IdentityKey();
  keys.add(signIn, { key, bound });
  return key;
}

describe("The keys of sign-ins", () => {
  it("sign while their sign-in goes on, where the provider vouches for them", () => {
    const keys = new SigningKeys();
    const key = keyOf(keys, "anna");
    keyOf(keys, "unbound", false);
    expect(keys.of("anna")?.clientInstance).toBe(key.clientInstance);
    expect(keys.of("anna")?.sign(bytes)).toHaveLength(64);
    expect([keys.of("unbound"), keys.of("nobody")]).toEqual([null, null]);
  });

  it("are wiped at once where nothing is to be sealed any more, also those that nobody vouches for", () => {
    const keys = new SigningKeys();
    for (const key of [keyOf(keys, "anna"), keyOf(keys, "unbound", false)]) {
      keys.end("anna");
      keys.end("unbound");
      expect(() => key.sign(bytes)).toThrow("The sign-in has ended");
    }
    expect(keys.of("anna")).toBeNull();
  });

  it("go on signing until the sessions that ended with the sign-in are sealed", async () => {
    const keys = new SigningKeys();
    const key = keyOf(keys, "anna");
    const sealed = Promise.withResolvers<void>();
    keys.keepUntil((signIn) => (signIn === "anna" ? sealed.promise : Promise.resolve()));
    keys.end("anna");
    await vi.advanceTimersByTimeAsync(4999);
    expect(keys.of("anna")?.sign(bytes)).toHaveLength(64);
    sealed.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(keys.of("anna")).toBeNull();
    expect(() => key.sign(bytes)).toThrow("The sign-in has ended");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("are wiped after five seconds, whatever is not sealed by then, and where that fails", async () => {
    const keys = new SigningKeys();
    const [late, failed] = [keyOf(keys, "late"), keyOf(keys, "failed")];
    keys.keepUntil((signIn) => (signIn === "late" ? new Promise(() => undefined) : Promise.reject(new Error("no"))));
    keys.end("late");
    keys.end("failed");
    await vi.advanceTimersByTimeAsync(0);
    expect(() => failed.sign(bytes)).toThrow("The sign-in has ended");
    await vi.advanceTimersByTimeAsync(5000);
    expect(() => late.sign(bytes)).toThrow("The sign-in has ended");
  });
});
