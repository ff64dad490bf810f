import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import type { JWTPayload } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startIdentityProvider } from "../../../proxy/demo/identity-provider/identity-provider.ts";
import type { OidcSettings } from "../../../proxy/identity/identity-settings.ts";
import { TokenVerifier } from "../../../proxy/identity/oidc/token-verifier.ts";
import { machineToken, signInAt } from "../../support/identity/application.ts";
import { type Answer, type MisbehavingProvider, startMisbehavingProvider } from "../../support/identity/misbehaving-provider.ts";
import { oidcSettings, settingsOf, signInAs, signInsWith } from "../../support/identity/sign-ins.ts";

const nobody = { machineOf: () => null };

describe("A token of the real provider", () => {
  it("names the person, where it is an ID token or a JWT for the audience of the settings", async () => {
    const provider = await startIdentityProvider();
    try {
      const settings = oidcSettings(provider);
      const dana = provider.people[0]!;
      const verifier = new TokenVerifier(nobody);
      const person = { kind: "person", authenticated: true, subject: "person-1017", issuer: provider.issuer, via: "token", signIn: null };

      const tokens = await signInAt(provider, dana);
      const idToken = tokens.id_token ?? "";
      const verified = await verifier.verify(idToken, settings);
      expect(verified.actor).toMatchObject({ ...person, name: "Dana Beck", email: "dana.beck@example.com", groups: ["dba", "admins"] });
      expect(verified.until).toBe((tokens.claims()?.exp ?? 0) * 1_000_000);

      const forUs = await signInAt(provider, dana, { parameters: { resource: provider.audience } });
      expect(await verifier.verify(forUs.access_token, { ...settings, audience: provider.audience })).toMatchObject({ actor: person });
      await expect(verifier.verify(forUs.access_token, settings)).rejects.toThrow("made for another audience");
      await expect(verifier.verify(idToken, { ...settings, audience: provider.audience })).rejects.toThrow("made for another audience");
    } finally {
      await provider.stop();
    }
  });

  it("names a machine with its owner, where its subject is registered, and is refused where not", async () => {
    const provider = await startIdentityProvider();
    try {
      const settings = { ...oidcSettings(provider), audience: provider.audience };
      const token = await machineToken(provider);
      await expect(new TokenVerifier(nobody).verify(token, settings)).rejects.toThrow(
        "a machine (“nightly-report”) that is not registered here",
      );
      const machineOf = (subject: string) =>
        subject === "nightly-report" ? { name: "Reports", owner: "Dana Beck", groups: ["jobs"] } : null;
      expect((await new TokenVerifier({ machineOf }).verify(token, settings)).actor).toEqual({
        kind: "machine",
        name: "Reports",
        authenticated: true,
        issuer: provider.issuer,
        subject: "nightly-report",
        owner: "Dana Beck",
        groups: ["jobs"],
        via: "token",
      });
    } finally {
      await provider.stop();
    }
  });
});

describe("The ID token of a sign-in at Stenograph", () => {
  it("is kept as evidence and shown to auditors, and so is nobody's password", async () => {
    const provider = await startIdentityProvider();
    using under = signInsWith(settingsOf(provider));
    try {
      const { keyBinding } = await signInAs(under.signIns, provider, "dana");
      const { evidence } = JSON.parse(readFileSync(keyBinding ?? "", "utf8")) as { evidence: { idToken: string } };
      const verified = new TokenVerifier(nobody).verify(evidence.idToken, oidcSettings(provider));
      await expect(verified).rejects.toMatchObject({ code: "token-refused", message: expect.stringContaining("kept as evidence") });
    } finally {
      await provider.stop();
    }
  });
});

describe("A token", () => {
  let provider: MisbehavingProvider;
  let settings: OidcSettings;
  let verifier: TokenVerifier;
  beforeEach(async () => {
    provider = await startMisbehavingProvider();
    settings = oidcSettings(provider);
    verifier = new TokenVerifier(nobody);
  });
  afterEach(() => provider[Symbol.asyncDispose]());

  const now = () => Math.floor(Date.now() / 1000);
  const usual = (): JWTPayload => ({ iss: provider.issuer, sub: "u-1", aud: "stenograph", iat: now(), exp: now() + 60 });
  const verify = (token: string) => verifier.verify(token, settings);

  it.each<[string, (claims: JWTPayload) => JWTPayload]>([
    ["is whole", (claims) => claims],
    ["expired less than a minute ago", (claims) => ({ ...claims, exp: now() - 30 })],
    ["is valid within a minute", (claims) => ({ ...claims, nbf: now() + 30, iat: now() + 30 })],
    ["is for several audiences, and for this one", (claims) => ({ ...claims, aud: ["other", "stenograph"], azp: "stenograph" })],
  ])("is accepted where it %s", async (_, change) => {
    expect((await verify(await provider.signed(change(usual())))).actor).toMatchObject({
      kind: "person",
      subject: "u-1",
      name: "u-1",
      groups: [],
    });
  });

  it.each<[string, (claims: JWTPayload) => JWTPayload, string]>([
    ["has expired", (claims) => ({ ...claims, exp: now() - 61 }), "it has expired"],
    ["is not valid yet", (claims) => ({ ...claims, nbf: now() + 120 }), "not valid yet"],
    ["was issued in the future", (claims) => ({ ...claims, iat: now() + 120 }), "not valid yet"],
    ["is for another audience", (claims) => ({ ...claims, aud: "other" }), "made for another audience"],
    ["was made for another program", (claims) => ({ ...claims, azp: "other" }), "made for another program"],
    ["is another issuer's", (claims) => ({ ...claims, iss: "https://evil.example" }), "another issuer made it"],
    ["does not expire", ({ exp: _, ...claims }) => claims, "it has no “exp”"],
    ["names nobody", ({ sub: _, ...claims }) => claims, "it has no “sub”"],
    ["names nobody in particular", (claims) => ({ ...claims, sub: "" }), "it names nobody"],
    ["does not say when it was issued", ({ iat: _, ...claims }) => claims, "it has no “iat”"],
    ["is the provider's word of a logout", (claims) => ({ ...claims, events: {} }), "it tells of an event"],
  ])("is refused where it %s", async (_, change, sentence) => {
    await expect(verify(await provider.signed(change(usual())))).rejects.toMatchObject({
      code: "token-refused",
      message: expect.stringContaining(sentence),
    });
  });

  it.each<[string, JWTPayload]>([
    ["RFC 9068", { sub: "job", client_id: "job" }],
    ["Okta", { sub: "job", cid: "job" }],
    ["Auth0", { sub: "job@clients", gty: "client-credentials" }],
    ["Entra ID", { sub: "2f1c0c3e", appid: "job", idtyp: "app" }],
    ["Keycloak", { sub: "8a1e7b52", azp: "stenograph", preferred_username: "service-account-stenograph" }],
  ])("that a program got for itself is no person's, in the way of %s", async (_, claims) => {
    const token = await provider.signed({ ...usual(), name: "Dana Beck", groups: ["dba"], ...claims });
    await expect(verify(token)).rejects.toThrow("is not registered here");
  });

  it.each<[string, () => Promise<string> | string, string]>([
    ["is signed by nobody", () => `${part({ alg: "none" })}.${part(usual())}.`, "not signed in a way"],
    ["is signed with the public key as a secret", () => hmac(usual()), "not signed in a way"],
    ["is of another kind", () => provider.signed(usual(), { typ: "logout+jwt" }), "of another kind"],
    [
      "names a key that the provider does not have",
      () => provider.signed(usual(), { kid: "k9" }),
      "a key that the identity provider does not have",
    ],
    [
      "was changed",
      async () => (await provider.signed(usual())).replace(/\.[^.]+\./, `.${part({ ...usual(), sub: "root" })}.`),
      "its signature is wrong",
    ],
    ["is a password", () => "correct horse battery staple", "not a token that is signed"],
    ["is empty", () => "", "not a token that is signed"],
    ["is very long", () => "x".repeat(40_000), "too long"],
  ])("is refused where it %s, and is no part of what is said about it", async (_, make, sentence) => {
    const token = await make();
    const failure = await verify(token).then(
      () => null,
      (thrown: Error) => thrown,
    );
    expect(failure).toMatchObject({ code: "token-refused", message: expect.stringContaining(sentence) });
    expect(failure?.cause).toBeUndefined();
    for (const piece of token.split(".").filter((each) => each.length > 8)) expect(failure?.message).not.toContain(piece);
  });

  it("costs the provider one question for its keys, however many come", async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => provider.signed(usual())));
    await Promise.all(tokens.map(verify));
    for (const token of tokens) await verify(token);
    expect([provider.asked.get("/.well-known/openid-configuration"), provider.asked.get("/jwks")]).toEqual([1, 1]);
  });

  it("does not make a flood for the provider where it names keys that are not there", async () => {
    const strange = await Promise.all(Array.from({ length: 50 }, (_, index) => provider.signed(usual(), { kid: `made-up-${index}` })));
    for (const token of strange) await expect(verify(token)).rejects.toMatchObject({ code: "token-refused" });
    expect(provider.asked.get("/jwks")).toBe(1);
  });

  it("cannot be verified where the provider is away, which is told and not asked for each client", async () => {
    provider.answers.set("/.well-known/openid-configuration", (_request, response) => response.writeHead(503).end());
    const token = await provider.signed(usual());
    for (let times = 0; times < 5; times += 1) await expect(verify(token)).rejects.toMatchObject({ code: "provider-unreachable" });
    expect(provider.asked.get("/.well-known/openid-configuration")).toBe(1);
  });

  it("cannot be verified where the provider's keys cannot be had, which is not the token's fault, and not asked for each client", async () => {
    provider.answers.set("/jwks", (_request, response) => response.writeHead(503).end());
    const token = await provider.signed(usual());
    for (let times = 0; times < 5; times += 1) await expect(verify(token)).rejects.toMatchObject({ code: "provider-unreachable" });
    expect(provider.asked.get("/jwks")).toBe(1);
  });

  it.each<[string, Answer]>([
    ["are not there", (_request, response) => response.writeHead(404).end()],
    ["are no JSON", (_request, response) => response.end("<html>")],
    ["are none", (_request, response) => response.end("{}")],
  ])("cannot be verified where the provider's keys %s, which is not the token's fault", async (_, answer) => {
    provider.answers.set("/jwks", answer);
    await expect(verify(await provider.signed(usual()))).rejects.toMatchObject({ code: "provider-refused" });
  });

  it("cannot be verified where the provider's keys are a flood, or come too late", async () => {
    provider.answers.set("/jwks", (_request, response) => response.end(Buffer.alloc(2 * 1024 * 1024, 0x20)));
    const token = await provider.signed(usual());
    await expect(verify(token)).rejects.toMatchObject({ code: "provider-refused" });
    provider.answers.set("/jwks", () => undefined);
    const impatient = new TokenVerifier({ ...nobody, limits: { milliseconds: 300, bytes: 1024 * 1024 } });
    await expect(impatient.verify(token, settings)).rejects.toMatchObject({ code: "provider-unreachable" });
  });

  function hmac(claims: JWTPayload): string {
    const text = `${part({ alg: "HS256", kid: "k1" })}.${part(claims)}`;
    return `${text}.${createHmac("sha256", JSON.stringify(provider.publicJwk)).update(text).digest("base64url")}`;
  }
});

describe("Keys of the provider that are new", () => {
  it("are fetched when a token names them", async () => {
    const provider = await startIdentityProvider();
    try {
      const verifier = new TokenVerifier({ ...nobody, cooldownMs: 0 });
      const settings = oidcSettings(provider);
      const token = async () => (await signInAt(provider, provider.people[0]!)).id_token ?? "";
      await verifier.verify(await token(), settings);
      await provider.rotateKeys({ forget: true });
      expect((await verifier.verify(await token(), settings)).actor.name).toBe("Dana Beck");
    } finally {
      await provider.stop();
    }
  });
});

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
