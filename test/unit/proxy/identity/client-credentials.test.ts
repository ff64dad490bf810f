import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ClientCredentials } from "../../../../proxy/identity/client-credentials.ts";
import type { EndOpenSessions } from "../../../../proxy/identity/identity-settings.ts";
import { SessionEnds } from "../../../../proxy/identity/session-ends.ts";
import type { SignIn } from "../../../../proxy/identity/sign-in.ts";
import type { ClientCredential } from "../../../../proxy/model/client-credential.ts";
import { verifiersOf } from "../../../../proxy/protocol/auth/password-verifiers.ts";

const minute = 60_000_000;
let told: readonly ClientCredential[];
let ends: { credentials: readonly string[]; message: string }[];
let setting: EndOpenSessions;
let credentials: ClientCredentials;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000_000 });
  told = [];
  ends = [];
  setting = { kind: "at-once" };
  const relay = { endSessions: (ids: readonly string[], message: string) => void ends.push({ credentials: ids, message }) };
  credentials = new ClientCredentials({
    changed: (all) => {
      told = all;
    },
    sessions: new SessionEnds(relay, () => setting),
  });
});

afterEach(() => {
  credentials.close();
  vi.useRealTimers();
});

function signInOf(name: string, changes: Partial<SignIn> = {}): SignIn {
  return {
    id: `sign-in of ${name}`,
    actor: {
      kind: "person",
      name,
      authenticated: true,
      issuer: "https://id.example",
      subject: name,
      email: `${name}@example.com`,
      groups: [],
      via: "oidc",
      signIn: `sign-in of ${name}`,
    },
    roles: ["operator"],
    claims: {},
    since: 0,
    until: null,
    keyBinding: null,
    sign: () => new Uint8Array(),
    ...changes,
  };
}

function machine(id: string, changes: Partial<ClientCredential> = {}): ClientCredential {
  return {
    id,
    user: `${id}-user`,
    verifiers: verifiersOf("secret"),
    actor: {
      kind: "machine",
      name: id,
      authenticated: true,
      issuer: null,
      subject: id,
      owner: "Dana",
      groups: [],
      via: "secret",
    },
    connections: null,
    until: null,
    ended: null,
    ...changes,
  };
}

function endedNow(): Record<string, string | null> {
  return Object.fromEntries(told.map(({ id, ended }) => [id, ended]));
}

describe("a credential of a person", () => {
  it("has a readable user name and a password that is kept nowhere, and is of that person and that connection alone", () => {
    const { credential, password } = credentials.mint(signInOf("anna", { until: 5 * minute }), "shop");
    expect(credential.user).toMatch(/^anna-[a-z2-9]{6}$/);
    expect(password).toMatch(/^[\w-]{32}$/);
    expect(told).toEqual([
      {
        id: credential.id,
        user: credential.user,
        verifiers: verifiersOf(password),
        actor: signInOf("anna").actor,
        connections: ["shop"],
        until: 5 * minute,
        ended: null,
      },
    ]);
    expect(JSON.stringify(told)).not.toContain(password);
    expect(credentials.list("sign-in of anna")).toEqual([credential]);
    expect(credentials.list("sign-in of bob")).toEqual([]);
  });

  it("takes the place of the one before for the same connection, whose sessions go on", () => {
    const first = credentials.mint(signInOf("anna"), "shop").credential;
    const other = credentials.mint(signInOf("anna"), "stock").credential;
    const second = credentials.mint(signInOf("anna"), "shop").credential;
    expect(credentials.list("sign-in of anna")).toEqual([other, second]);
    expect(endedNow()).toEqual({ [first.id]: expect.stringContaining("replaced"), [other.id]: null, [second.id]: null });
    expect(ends).toEqual([]);
  });

  it("ends with the sign-in, and so do its sessions, those of the credentials before too", () => {
    const first = credentials.mint(signInOf("anna"), "shop").credential;
    const second = credentials.mint(signInOf("anna"), "shop").credential;
    const bobs = credentials.mint(signInOf("bob"), "shop").credential;
    credentials.signInEnded("sign-in of anna", "Sign in again.");
    expect(credentials.list("sign-in of anna")).toEqual([]);
    expect(endedNow()).toEqual({ [first.id]: expect.stringContaining("replaced"), [second.id]: "Sign in again.", [bobs.id]: null });
    expect(ends).toEqual([{ credentials: [first.id, second.id], message: "Sign in again." }]);
  });

  it("is not made for a sign-in that has just ended", () => {
    const late = signInOf("anna");
    credentials.signInEnded(late.id, "over");
    expect(() => credentials.mint(late, "shop")).toThrow("has ended meanwhile");
    expect(told).toEqual([]);
  });

  it("is gone at once for new sessions, while the setting says what becomes of open ones", () => {
    const { id } = credentials.mint(signInOf("anna"), "shop").credential;
    setting = { kind: "after", minutes: 5 };
    credentials.signInEnded("sign-in of anna", "over");
    expect(endedNow()).toEqual({ [id]: "over" });
    vi.advanceTimersByTime(5 * 60_000 - 1);
    expect(ends).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(ends).toEqual([{ credentials: [id], message: "over" }]);

    setting = { kind: "never" };
    credentials.mint(signInOf("bob"), "shop");
    credentials.signInEnded("sign-in of bob", "over");
    vi.advanceTimersByTime(100 * 60_000);
    expect(ends).toHaveLength(1);
  });

  it("goes on with a sign-in that is renewed", () => {
    const { id } = credentials.mint(signInOf("anna", { until: minute }), "shop").credential;
    credentials.signInChanged(signInOf("anna", { until: 9 * minute }));
    expect(told).toMatchObject([{ id, until: 9 * minute, ended: null }]);
  });

  it("can be revoked by whom it is of, and its sessions end at once whatever the setting", () => {
    setting = { kind: "never" };
    const { id } = credentials.mint(signInOf("anna"), "shop").credential;
    expect(() => credentials.revoke("sign-in of bob", id)).toThrow("somebody else's");
    credentials.revoke("sign-in of anna", id);
    expect(endedNow()).toEqual({ [id]: expect.stringContaining("revoked") });
    expect(ends).toEqual([{ credentials: [id], message: expect.stringContaining("revoked") }]);
    expect(() => credentials.revoke("sign-in of anna", id)).toThrow("no such credential");
  });

  it("is remembered for a while after its end, and no longer", () => {
    for (let count = 0; count < 1500; count += 1) credentials.mint(signInOf("anna"), "shop");
    expect(told).toHaveLength(1001);
  });
});

describe("a machine's credential", () => {
  it("is told to the relay, and its sessions end at once where it was revoked or removed, whatever the setting", () => {
    setting = { kind: "never" };
    credentials.setMachines([machine("job"), machine("agent")]);
    expect(told.map(({ id }) => id)).toEqual(["job", "agent"]);
    credentials.setMachines([machine("job", { ended: "It was revoked." })]);
    expect(ends).toEqual([
      { credentials: ["job"], message: "It was revoked." },
      { credentials: ["agent"], message: expect.stringContaining("removed") },
    ]);
    credentials.setMachines([machine("job", { ended: "It was revoked." })]);
    expect(ends).toHaveLength(2);
  });

  it("expires by itself, and what becomes of its sessions is as the setting says", () => {
    setting = { kind: "after", minutes: 2 };
    credentials.setMachines([machine("job", { until: Date.now() * 1000 + minute })]);
    vi.advanceTimersByTime(59_999);
    expect(endedNow()).toEqual({ job: null });
    vi.advanceTimersByTime(1);
    expect(endedNow()).toEqual({ job: expect.stringContaining("has expired") });
    expect(ends).toEqual([]);
    vi.advanceTimersByTime(2 * 60_000);
    expect(ends).toEqual([{ credentials: ["job"], message: expect.stringContaining("has expired") }]);
  });
});
