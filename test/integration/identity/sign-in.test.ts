import { verify } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type IdentityProvider, startIdentityProvider } from "../../../proxy/demo/identity-provider/identity-provider.ts";
import { ScriptedBrowser } from "../../../proxy/demo/identity-provider/scripted-browser.ts";
import { commitmentOf } from "../../../proxy/identity/identity-key.ts";
import type { SignIn, SignInEnd } from "../../../proxy/identity/sign-in.ts";
import type { SignInRecord } from "../../../proxy/identity/sign-in-record.ts";
import { type SignInsUnderTest, settingsOf, signInAs, signInsWith } from "../../support/identity/sign-ins.ts";

let provider: IdentityProvider;
let under: SignInsUnderTest;

/** ID tokens that live for two seconds are renewed after one and a half. */
beforeEach(async ({ task }) => {
  provider = await startIdentityProvider(task.suite?.name.includes("goes on") ? { ttl: { idToken: 2 } } : {});
  under = signInsWith(settingsOf(provider));
});
afterEach(async () => {
  under[Symbol.dispose]();
  await provider.stop();
});

function nextChange(): Promise<SignIn> {
  return new Promise((resolve) => void under.signIns.onChange(resolve));
}

function nextEnd(): Promise<SignInEnd & { readonly id: string }> {
  return new Promise((resolve) => void under.signIns.onEnd(({ id }, end) => resolve({ id, ...end })));
}

function recordOf({ keyBinding }: SignIn): SignInRecord {
  return JSON.parse(readFileSync(keyBinding ?? "", "utf8")) as SignInRecord;
}

describe("Signing in by OpenID Connect", () => {
  it("gives the person whom the provider vouched for, with the roles of their groups", async () => {
    const signIn = await signInAs(under.signIns, provider, "dana");
    expect(signIn.actor).toEqual({
      kind: "person",
      name: "Dana Beck",
      authenticated: true,
      issuer: provider.issuer,
      subject: "person-1017",
      email: "dana.beck@example.com",
      groups: ["dba", "admins"],
      via: "oidc",
      signIn: signIn.id,
    });
    expect(signIn.roles).toEqual(["operator", "admin"]);
    expect(Object.keys(signIn.claims).sort()).toEqual(["amr", "auth_time", "email", "exp", "groups", "iat", "iss", "name", "sub"]);
    expect(under.signIns.get(signIn.id)).toBe(signIn);
    expect(under.log).toEqual([{ kind: "signed-in", actor: signIn.actor }]);
  });

  it("keeps two people apart who sign in at the same time", async () => {
    const [ravi, ines] = await Promise.all([signInAs(under.signIns, provider, "ravi"), signInAs(under.signIns, provider, "ines")]);
    expect([ravi.actor.name, ravi.roles, ines.actor.name, ines.roles]).toEqual(["Ravi Menon", ["approver"], "Ines Duarte", ["auditor"]]);
    await under.signIns.signOut(ravi.id);
    expect([under.signIns.get(ravi.id), under.signIns.get(ines.id)]).toEqual([null, ines]);
  });

  it("keeps an ID token that vouches for the identity key, and the keys that verify it", async () => {
    const record = recordOf(await signInAs(under.signIns, provider, "dana"));
    const { idToken, jwks } = record.evidence as { idToken: string; jwks: JSONWebKeySet };
    const { payload } = await jwtVerify(idToken, createLocalJWKSet(jwks), { issuer: provider.issuer, audience: provider.clientId });
    expect(payload).toMatchObject({ sub: record.subject, nonce: commitmentOf(record.clientInstance) });
    expect(record.keyBound).toBe(true);
  });

  it("keeps it for its owner's eyes only, without access and refresh tokens or the private key", async () => {
    const signIn = await signInAs(under.signIns, provider, "dana");
    expect(statSync(signIn.keyBinding ?? "").mode & 0o777).toBe(0o600);
    const { evidence, clientInstance } = recordOf(signIn);
    expect(Object.keys(evidence).sort()).toEqual(["idToken", "jwks"]);
    expect(Object.keys(clientInstance.jwk).sort()).toEqual(["crv", "kty", "x", "y"]);
  });

  it("signs with the key that was vouched for, until the sign-in ends", async () => {
    const signIn = await signInAs(under.signIns, provider, "dana");
    const bytes = Buffer.from("what happened");
    const key = { key: { ...recordOf(signIn).clientInstance.jwk }, format: "jwk", dsaEncoding: "ieee-p1363" } as const;
    expect(verify("sha256", bytes, key, signIn.sign(bytes))).toBe(true);
    await under.signIns.signOut(signIn.id);
    expect(() => signIn.sign(bytes)).toThrow("The sign-in has ended");
  });

  it("has the person prove again who they are, where that is asked for", async () => {
    const browser = new ScriptedBrowser();
    const dana = provider.people[0]!;
    await signInAs(under.signIns, provider, "dana", browser);
    const asked: URL[] = [];
    const open = (url: string): void => {
      asked.push(new URL(url));
      void browser.signIn(url, dana).catch(() => undefined);
    };
    const before = Math.floor(Date.now() / 1000);
    const again = await under.signIns.begin({ open, fresh: true });
    expect(Object.fromEntries(asked[0]!.searchParams)).toMatchObject({ prompt: "login", max_age: "0", code_challenge_method: "S256" });
    expect(again.claims.auth_time).toBeGreaterThanOrEqual(before);
  });
});

describe("Nobody is signed in", () => {
  it("where the proof of it cannot be kept", async () => {
    writeFileSync(join(under.dataDirectory, "identity"), "in the way");
    await expect(signInAs(under.signIns, provider, "dana")).rejects.toMatchObject({ code: "sign-in-unwritable" });
    expect(under.log).toMatchObject([{ kind: "sign-in-failed", code: "sign-in-unwritable" }]);
  });

  it("after the program has ended", async () => {
    const begun = signInAs(under.signIns, provider, "dana");
    under.signIns.close();
    await expect(begun).rejects.toMatchObject({ code: "sign-in-cancelled" });
  });

  it("where the password at the provider is wrong and the person gives up", async () => {
    const browser = new ScriptedBrowser();
    const cancel = new AbortController();
    const open = async (url: string) => {
      await expect(browser.signIn(url, { user: "dana", password: "wrong" })).rejects.toMatchObject({ code: "scripted-sign-in" });
      cancel.abort();
    };
    await expect(under.signIns.begin({ open, signal: cancel.signal })).rejects.toMatchObject({ code: "sign-in-cancelled" });
  });
});

describe("A sign-in that goes on", () => {
  it("is renewed before its time is over, under the same id and with the same key", async () => {
    const signIn = await signInAs(under.signIns, provider, "dana");
    const renewed = await nextChange();
    expect(renewed).toMatchObject({ id: signIn.id, actor: signIn.actor, roles: signIn.roles, keyBinding: signIn.keyBinding });
    expect(renewed.until).toBeGreaterThan(signIn.until ?? Number.NaN);
    expect(under.signIns.get(signIn.id)).toBe(renewed);
    expect(renewed.sign(Buffer.from("x"))).toHaveLength(64);
    expect(under.log.map(({ kind }) => kind)).toEqual(["signed-in"]);
  });

  it("outlives new keys of the provider", async () => {
    await signInAs(under.signIns, provider, "dana");
    await provider.rotateKeys({ forget: true });
    expect((await nextChange()).actor.name).toBe("Dana Beck");
  });

  it("ends where the provider has ended it", async () => {
    const signIn = await signInAs(under.signIns, provider, "dana");
    provider.forget(signIn.actor.subject);
    const end = await nextEnd();
    expect(end).toMatchObject({ id: signIn.id, cause: "refused", message: expect.stringContaining("did not renew it") });
    expect(under.signIns.get(signIn.id)).toBeNull();
    expect(under.log.at(-1)).toEqual({ kind: "sign-in-ended", actor: signIn.actor, cause: "refused", message: end.message });
  });

  it("goes on where the provider was away for less than its time", async () => {
    await signInAs(under.signIns, provider, "dana");
    await nextChange();
    await provider.goAway();
    await provider.comeBack();
    expect((await nextChange()).actor.name).toBe("Dana Beck");
  });

  it("ends with its time where the provider stays away, and says so", async () => {
    const signIn = await signInAs(under.signIns, provider, "dana");
    await provider.goAway();
    const end = await nextEnd();
    expect(end).toMatchObject({ cause: "expired", message: expect.stringContaining("could not be renewed in time") });
    expect(end.message).toContain("could not be reached");
    expect(Date.now() * 1000).toBeGreaterThanOrEqual(signIn.until ?? Number.NaN);
    await provider.comeBack();
  });
});

describe("Signing out", () => {
  it("ends the sign-in at once, before the provider has answered", async () => {
    const signIn = await signInAs(under.signIns, provider, "ines");
    const ended = nextEnd();
    const out = under.signIns.signOut(signIn.id);
    expect(under.signIns.get(signIn.id)).toBeNull();
    expect(await ended).toEqual({ id: signIn.id, cause: "signed-out", message: "You signed out." });
    await out;
    expect(under.log.at(-1)).toMatchObject({ kind: "sign-in-ended", cause: "signed-out", actor: { name: "Ines Duarte" } });
  });

  it("works where the provider is away, and a second time", async () => {
    const signIn = await signInAs(under.signIns, provider, "ines");
    await provider.goAway();
    await under.signIns.signOut(signIn.id);
    await under.signIns.signOut(signIn.id);
    expect(under.log.map(({ kind }) => kind)).toEqual(["signed-in", "sign-in-ended"]);
    await provider.comeBack();
  });
});

describe("Changed settings", () => {
  it("give other roles at once", async () => {
    const signIn = await signInAs(under.signIns, provider, "dana");
    const changed = nextChange();
    under.settings = { ...under.settings, roles: [{ group: "dba", role: "auditor" }] };
    under.signIns.settingsChanged();
    expect((await changed).roles).toEqual(["auditor"]);
    expect(under.signIns.get(signIn.id)?.roles).toEqual(["auditor"]);
  });

  it("end the sign-ins of another provider", async () => {
    const signIn = await signInAs(under.signIns, provider, "dana");
    under.settings = { ...under.settings, provider: null };
    under.signIns.settingsChanged();
    expect(under.signIns.get(signIn.id)).toBeNull();
    expect(under.log.at(-1)).toMatchObject({ cause: "refused", message: expect.stringContaining("settings were changed") });
    await expect(signInAs(under.signIns, provider, "dana")).rejects.toMatchObject({ code: "no-provider" });
  });
});
