import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { IdentityKey } from "../../../../proxy/identity/identity-key.ts";
import { RunningSignIn } from "../../../../proxy/identity/running-sign-in.ts";
import type { SignIn, SignInEnd, Vouched } from "../../../../proxy/identity/sign-in.ts";
import { FailureError } from "../../../../proxy/model/failure.ts";

const minute = 60_000;

let changes: SignIn[];
let ends: SignInEnd[];
let unseen: number[];

beforeEach(() => {
  vi.useFakeTimers();
  changes = [];
  ends = [];
  unseen = [];
});
afterEach(() => void vi.useRealTimers());

/** Good for an hour from now. */
function vouched(renew: Vouched["renew"], minutes = 60): Vouched {
  const until = (Date.now() + minutes * minute) * 1000;
  const person = { issuer: "https://id.example", subject: "u-1", name: "Anna", email: null, groups: ["dba"] };
  return { via: "oidc", ...person, claims: {}, until, keyBound: true, evidence: {}, renew, forget: () => Promise.resolve() };
}

function start(first: Vouched): RunningSignIn {
  return new RunningSignIn({
    id: "s-1",
    key: new IdentityKey(),
    vouched: first,
    since: 0,
    keyBinding: "file",
    roles: () => [{ group: "dba", role: "operator" }],
    changed: (signIn) => void changes.push(signIn),
    ended: (_signIn, end) => void ends.push(end),
    unseen: () => void unseen.push(Date.now()),
  });
}

describe("A sign-in whose person went away", () => {
  const hour = 60 * minute;

  it("is told of when they had no page open for 12 hours, and not before", async () => {
    const running = start(vouched(null, 60 * 48));
    running.seen(true);
    await vi.advanceTimersByTimeAsync(20 * hour);
    expect(running.seenAt).toBeNull();
    running.seen(false);
    expect(running.seenAt).toBe(Date.now() * 1000);
    await vi.advanceTimersByTimeAsync(11 * hour);
    running.seen(true);
    running.seen(false);
    await vi.advanceTimersByTimeAsync(12 * hour - 1);
    expect(unseen).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(unseen).toHaveLength(1);
  });

  it("is told of no more when it has ended", async () => {
    const running = start(vouched(null, 60 * 48));
    running.seen(false);
    running.end({ cause: "signed-out", message: "You signed out." });
    running.seen(false);
    await vi.advanceTimersByTimeAsync(24 * hour);
    expect(unseen).toEqual([]);
  });
});

const away = () => new FailureError("provider-unreachable", "The provider is away.");

describe("A sign-in that cannot be renewed", () => {
  it("ends when its time is over, and its key with it", async () => {
    const running = start(vouched(null));
    const signIn = running.current;
    await vi.advanceTimersByTimeAsync(60 * minute - 1);
    expect(running.current).toBe(signIn);
    await vi.advanceTimersByTimeAsync(1);
    expect(running.current).toBeNull();
    expect(ends).toEqual([{ cause: "expired", message: "Your sign-in has ended: its time is over. Sign in again." }]);
    expect(() => signIn?.sign(Buffer.from("x"))).toThrow("has ended");
  });

  it("is over for whoever looks first after the computer has slept, though no alarm rang", () => {
    const running = start(vouched(null));
    vi.setSystemTime(Date.now() + 61 * minute);
    expect(running.current).toBeNull();
    expect(ends).toHaveLength(1);
  });
});

describe("A sign-in that can be renewed", () => {
  it("asks the provider at least every five minutes, and goes on for as long as it says yes", async () => {
    const renew = vi.fn(() => Promise.resolve(vouched(renew)));
    const running = start(vouched(renew));
    await vi.advanceTimersByTimeAsync(3 * 60 * minute);
    expect(renew).toHaveBeenCalledTimes(36);
    expect(running.current?.until).toBeGreaterThan((Date.now() + 55 * minute) * 1000);
    expect([changes.length, ends]).toEqual([36, []]);
  });

  it("asks earlier where its time is short", async () => {
    const renew = vi.fn(() => Promise.resolve(vouched(renew, 1)));
    start(vouched(renew, 1));
    await vi.advanceTimersByTimeAsync(0.7 * minute);
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it("ends at once where the provider says no", async () => {
    start(vouched(() => Promise.reject(new FailureError("sign-in-refused", "It said no."))));
    await vi.advanceTimersByTimeAsync(5 * minute);
    expect(ends).toEqual([
      { cause: "refused", message: "Your sign-in has ended, because the identity provider did not renew it. It said no." },
    ]);
  });

  it("ends at once where what came of it is a mistake of this program", async () => {
    start(vouched(() => Promise.reject(new TypeError("undefined is not a function"))));
    await vi.advanceTimersByTimeAsync(5 * minute);
    expect(ends).toMatchObject([{ cause: "refused" }]);
  });

  it("tries again, more and more slowly, where the provider is away, and says so when its time is over", async () => {
    const renew = vi.fn(() => Promise.reject(away()));
    start(vouched(renew));
    await vi.advanceTimersByTimeAsync(5 * minute + 10_000);
    expect(renew).toHaveBeenCalledTimes(4);
    await vi.advanceTimersByTimeAsync(50 * minute);
    expect(renew.mock.calls.length).toBeLessThan(70);
    expect(ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(5 * minute);
    const message = "Your sign-in has ended: it could not be renewed in time. The provider is away. Sign in again.";
    expect(ends).toEqual([{ cause: "expired", message }]);
  });

  it("goes on where the provider comes back in time", async () => {
    let tries = 0;
    const renew: Vouched["renew"] = () => (++tries < 5 ? Promise.reject(away()) : Promise.resolve(vouched(renew)));
    const running = start(vouched(renew));
    await vi.advanceTimersByTimeAsync(70 * minute);
    expect(running.current).not.toBeNull();
    expect(ends).toEqual([]);
  });

  it("asks no more after its end, and takes no answer that comes late", async () => {
    const answer = Promise.withResolvers<Vouched>();
    const signals: AbortSignal[] = [];
    const running = start(
      vouched((signal) => {
        signals.push(signal);
        return answer.promise;
      }),
    );
    await vi.advanceTimersByTimeAsync(5 * minute);
    running.end({ cause: "signed-out", message: "You signed out." });
    running.end({ cause: "closed", message: "again" });
    answer.resolve(vouched(null));
    await vi.advanceTimersByTimeAsync(120 * minute);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect([running.current, changes, ends]).toEqual([null, [], [{ cause: "signed-out", message: "You signed out." }]]);
  });

  it("takes over other groups, and so other roles, with a renewal", async () => {
    const running = start(vouched(() => Promise.resolve({ ...vouched(null), groups: ["nobody"] })));
    expect(running.current?.roles).toEqual(["operator"]);
    await vi.advanceTimersByTimeAsync(5 * minute);
    expect(changes.map(({ roles }) => roles)).toEqual([[]]);
    expect(running.current?.actor.groups).toEqual(["nobody"]);
  });
});
