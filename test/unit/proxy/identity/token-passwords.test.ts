import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SessionEnds } from "../../../../proxy/identity/session-ends.ts";
import { TokenPasswords } from "../../../../proxy/identity/token-passwords.ts";
import type { AuthenticatedActor } from "../../../../proxy/model/actor.ts";
import { FailureError } from "../../../../proxy/model/failure.ts";

const minute = 60_000_000;
let ends: { credentials: readonly string[]; message: string }[];
let tokens: TokenPasswords;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000_000 });
  ends = [];
  const relay = { endSessions: (credentials: readonly string[], message: string) => void ends.push({ credentials, message }) };
  tokens = new TokenPasswords(new SessionEnds(relay, () => ({ kind: "at-once" })), () => null);
});

afterEach(() => {
  tokens.close();
  vi.useRealTimers();
});

function anna(subject = "anna"): AuthenticatedActor {
  const issuer = "https://id.example";
  return { kind: "person", name: "Anna", authenticated: true, issuer, subject, email: null, groups: [], via: "token", signIn: null };
}

async function present(subject: string, until: number): Promise<string> {
  const verdict = await tokens.verdictOn(Promise.resolve({ actor: anna(subject), until }));
  if (!verdict.ok) throw new Error(verdict.message);
  expect(verdict).toMatchObject({ actor: anna(subject), until });
  return verdict.credential;
}

it("ends the sessions of a token when it expires, however often it was presented", async () => {
  const now = Date.now() * 1000;
  const first = await present("anna", now + minute);
  expect(await present("anna", now + minute)).toBe(first);
  const second = await present("bob", now + 2 * minute);
  vi.advanceTimersByTime(60_000);
  expect(ends).toEqual([{ credentials: [first], message: expect.stringContaining("expired") }]);
  vi.advanceTimersByTime(60_000);
  expect(ends.slice(1)).toEqual([{ credentials: [second], message: expect.stringContaining("expired") }]);
});

it("ends the sessions of who is taken back at once, and nobody else's", async () => {
  const until = Date.now() * 1000 + minute;
  const job = await present("job", until);
  await present("anna", until);
  tokens.revoked("https://id.example", "job", "It was revoked.");
  expect(ends).toEqual([{ credentials: [job], message: "It was revoked." }]);
});

it.each([
  ["token-refused", true],
  ["provider-unreachable", false],
])("says of %s whether the token itself was wrong", async (code, wrong) => {
  const verdict = await tokens.verdictOn(Promise.reject(new FailureError(code, "Why.")));
  expect(verdict).toEqual({ ok: false, wrong, message: "Why." });
});
