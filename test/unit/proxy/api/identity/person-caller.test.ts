import { describe, expect, it, vi } from "vitest";
import { PersonCaller } from "../../../../../proxy/api/identity/person-caller.ts";
import { begunByProgram, loopbackPlace } from "../../../../../proxy/identity/answers/loopback-listener.ts";
import { type IdentitySettings, noIdentitySettings } from "../../../../../proxy/identity/identity-settings.ts";
import type { SignIn, SignInEnd } from "../../../../../proxy/identity/sign-in.ts";
import type { BeginOptions } from "../../../../../proxy/identity/sign-ins.ts";
import { FailureError } from "../../../../../proxy/model/failure.ts";
import type { Role } from "../../../../../proxy/model/role.ts";
import { osUser, personOf } from "../../../../support/identity/actors.ts";

const withProvider: IdentitySettings = {
  ...noIdentitySettings,
  provider: {
    kind: "oidc",
    issuer: "https://id.example",
    clientId: "c",
    scopes: [],
    claims: { name: "name", email: "email", groups: "groups" },
    audience: null,
  },
};
const url = "https://id.example/authorize";

function signInOf(id: string, roles: readonly Role[] = ["operator"]): SignIn {
  const actor = personOf({ signIn: id });
  return { id, actor, roles, claims: { sub: actor.subject }, since: 5, until: 9, keyBinding: null, sign: () => new Uint8Array() };
}

/** Sign-ins that begin and end as the test says. */
function scripted(settings: IdentitySettings = withProvider) {
  const running = new Map<string, SignIn>();
  const changed: ((signIn: SignIn) => void)[] = [];
  const ended: ((signIn: SignIn, end: SignInEnd) => void)[] = [];
  const settingsChanged: (() => void)[] = [];
  const begun: { readonly options: BeginOptions; readonly outcome: PromiseWithResolvers<SignIn> }[] = [];
  const signIns = {
    begin: (options: BeginOptions) => {
      const outcome = Promise.withResolvers<SignIn>();
      options.signal?.addEventListener("abort", () => outcome.reject(new FailureError("sign-in-cancelled", "The sign-in was cancelled.")));
      begun.push({ options, outcome });
      return outcome.promise;
    },
    get: (id: string) => running.get(id) ?? null,
    onChange: (listener: (signIn: SignIn) => void) => {
      changed.push(listener);
      return () => undefined;
    },
    onEnd: (listener: (signIn: SignIn, end: SignInEnd) => void) => {
      ended.push(listener);
      return () => undefined;
    },
    seen: (id: string, isThere: boolean) => void seen.push([id, isThere]),
    signOut: (id: string) => {
      end(id, { cause: "signed-out", message: "You signed out." });
      return Promise.resolve();
    },
  };
  const seen: [id: string, isThere: boolean][] = [];
  const end = (id: string, why: SignInEnd) => {
    const signIn = running.get(id);
    running.delete(id);
    if (signIn !== undefined) for (const listener of ended) listener(signIn, why);
  };
  const holder = {
    value: settings,
    onChange: (listener: () => void) => {
      settingsChanged.push(listener);
      return () => undefined;
    },
  };
  const set = (value: IdentitySettings) => {
    holder.value = value;
    for (const listener of settingsChanged) listener();
  };
  const succeed = async (at: number, signIn: SignIn) => {
    running.set(signIn.id, signIn);
    begun[at]?.outcome.resolve(signIn);
    await begun[at]?.outcome.promise;
  };
  const change = (signIn: SignIn) => {
    running.set(signIn.id, signIn);
    for (const listener of changed) listener(signIn);
  };
  return { signIns, settings: holder, begun, end, set, succeed, change, running, seen };
}

function callerOf(part: ReturnType<typeof scripted>, openPage: ((url: string) => Promise<void>) | null = null) {
  return new PersonCaller({ settings: part.settings, signIns: part.signIns, osUser, openPage, answers: loopbackPlace(begunByProgram) });
}

async function signedIn() {
  const part = scripted();
  const caller = callerOf(part);
  const going = caller.begin();
  await part.begun[0]?.options.open(url, 7);
  await going;
  await part.succeed(0, signInOf("one"));
  return { part, caller };
}

describe("Where nobody signs in", () => {
  it("everybody is the OS user, not authenticated, and may do everything", () => {
    const caller = callerOf(scripted(noIdentitySettings));
    expect(caller.state()).toEqual({ state: "not-needed", actor: osUser });
    expect(caller.roles()).toEqual(["operator", "approver", "auditor", "admin"]);
    expect(caller.scope()).toEqual({ kind: "all" });
    expect(caller.actor()).toEqual(osUser);
  });
});

describe("Somebody at a user interface", () => {
  it("has no role and reads nothing before the sign-in", () => {
    const caller = callerOf(scripted());
    expect(caller.state()).toEqual({ state: "signed-out", provider: "https://id.example", message: null });
    expect(caller.roles()).toEqual([]);
    expect(caller.scope()).toEqual({ kind: "none" });
  });

  it("goes on at the provider's page, which the user interface opens", async () => {
    const part = scripted();
    const caller = callerOf(part);
    const going = caller.begin();
    await part.begun[0]?.options.open(url, 7);
    expect(await going).toEqual({ url, opened: false });
    expect(caller.state()).toEqual({ state: "signing-in", provider: "https://id.example", url, until: 7 });
  });

  it("has the page opened by the host that can, and gets its address where that fails", async () => {
    for (const [open, opened] of [
      [() => Promise.resolve(), true],
      [() => Promise.reject(new Error("no browser")), false],
    ] as const) {
      const part = scripted();
      const going = callerOf(part, open).begin();
      await part.begun[0]?.options.open(url, 7);
      expect(await going).toEqual({ url, opened });
    }
  });

  it("is who the provider says, with the roles of that, when the sign-in came to its end", async () => {
    const { caller } = await signedIn();
    expect(caller.state()).toMatchObject({ state: "signed-in", actor: { subject: "u-17" }, roles: ["operator"], since: 5, until: 9 });
    expect(caller.scope()).toEqual({ kind: "own", issuer: "https://id.example", subject: "u-17" });
    expect(caller.actor()).toMatchObject({ kind: "person", signIn: "one" });
  });

  it("is not signed in by somebody else's sign-in", async () => {
    const part = scripted();
    const [one, other] = [callerOf(part), callerOf(part)];
    const going = one.begin();
    await part.begun[0]?.options.open(url, 7);
    await going;
    await part.succeed(0, signInOf("one"));
    expect(one.state().state).toBe("signed-in");
    expect(other.state().state).toBe("signed-out");
    await other.signOut();
    expect(one.state().state).toBe("signed-in");
  });

  it("is told why a sign-in could not begin, or failed", async () => {
    const part = scripted();
    const caller = callerOf(part);
    const refused = caller.begin();
    part.begun[0]?.outcome.reject(new FailureError("provider-unreachable", "The provider is away."));
    await expect(refused).rejects.toThrow("The provider is away.");
    expect(caller.state()).toMatchObject({ state: "signed-out", message: "The provider is away." });
    const going = caller.begin();
    await part.begun[1]?.options.open(url, 7);
    await going;
    part.begun[1]?.outcome.reject(new FailureError("token-refused", "The token is wrong."));
    await vi.waitFor(() => expect(caller.state()).toMatchObject({ state: "signed-out", message: "The token is wrong." }));
  });

  it("can give up, and is not signed in by what comes too late", async () => {
    const part = scripted();
    const caller = callerOf(part);
    const going = caller.begin();
    await part.begun[0]?.options.open(url, 7);
    await going;
    await part.succeed(0, signInOf("late"));
    const again = scripted();
    const quick = callerOf(again);
    void quick.begin().catch(() => undefined);
    again.running.set("late", signInOf("late"));
    again.begun[0]?.outcome.resolve(signInOf("late"));
    quick.cancel();
    await vi.waitFor(() => expect(again.running.size).toBe(0));
    expect(quick.state()).toMatchObject({ state: "signed-out", message: null });
  });

  it("gives up the sign-in before when another is begun", async () => {
    const part = scripted();
    const caller = callerOf(part);
    const first = caller.begin();
    const refused = expect(first).rejects.toThrow("cancelled");
    void caller.begin().catch(() => undefined);
    expect(part.begun[0]?.options.signal?.aborted).toBe(true);
    await refused;
    expect(caller.state()).toMatchObject({ message: null });
  });

  it("signs out before signing in as somebody else", async () => {
    const { caller } = await signedIn();
    await expect(caller.begin()).rejects.toThrow("You are signed in already. Sign out first.");
    await caller.signOut();
    expect(caller.state()).toMatchObject({ state: "signed-out", message: null });
    expect(caller.roles()).toEqual([]);
  });

  it("is told why the sign-in ended by itself", async () => {
    const { part, caller } = await signedIn();
    part.end("one", { cause: "expired", message: "Your sign-in has ended." });
    expect(caller.state()).toMatchObject({ state: "signed-out", message: "Your sign-in has ended." });
  });

  it("hears of each change: of the sign-in, of its roles, of the settings", async () => {
    const { part, caller } = await signedIn();
    const heard = vi.fn();
    const unsubscribe = caller.onChange(heard);
    part.change(signInOf("one", ["auditor"]));
    expect(caller.roles()).toEqual(["auditor"]);
    part.change(signInOf("somebody-else"));
    expect(heard).toHaveBeenCalledTimes(1);
    part.set(noIdentitySettings);
    expect(caller.state().state).toBe("not-needed");
    part.set(withProvider);
    part.end("one", { cause: "refused", message: "No." });
    expect(heard).toHaveBeenCalledTimes(4);
    unsubscribe();
    part.set(noIdentitySettings);
    expect(heard).toHaveBeenCalledTimes(4);
  });

  it("is there as long as a page of theirs is open", async () => {
    const { part, caller } = await signedIn();
    expect(part.seen).toEqual([["one", false]]);
    const [first, second] = [caller.pageOpened(), caller.pageOpened()];
    first();
    second();
    expect(part.seen.slice(1)).toEqual([true, true, true, false].map((isThere) => ["one", isThere]));
  });

  it("is signed out when they cannot come back", async () => {
    const { part, caller } = await signedIn();
    await caller.close();
    expect(part.running.size).toBe(0);
  });
});
