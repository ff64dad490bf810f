import { beforeEach, describe, expect, it } from "vitest";
import type { TokenVerdict } from "../../../../proxy/model/client-credential.ts";
import { type ClientGate, gateWithin, identityGate, ownGate } from "../../../../proxy/relay/client-gate.ts";
import { KnownCredentials } from "../../../../proxy/relay/known-credentials.ts";
import { mappedConnection, mappedSecrets } from "../../../support/connection-phase-settings.ts";
import { credentialOf, personActor } from "../../../support/identity/client-credential-of.ts";

const anna = credentialOf("anna", "password");
const bob = credentialOf("bob", "password");
let known: KnownCredentials;
let verdict: TokenVerdict;
let gate: ClientGate;

beforeEach(() => {
  known = new KnownCredentials(() => 0);
  known.replace([anna, bob]);
  verdict = { ok: true, actor: personActor("anna", { via: "token", signIn: null }), credential: "token:1", until: null };
  gate = identityGate(mappedConnection({ identity: "sign-in" }), known, async () => verdict);
});

describe("the gate of a connection with its own credential", () => {
  it("knows one name, and nobody behind it", () => {
    const own = ownGate(mappedConnection(), mappedSecrets);
    expect(own.candidate("alice")).toMatchObject({ identity: null, ended: null });
    expect(own.candidate("bob")).toBeNull();
    expect(own.verifyToken).toBeNull();
  });
});

describe("the gate of a connection for who is signed in", () => {
  it("knows who a name is, as long as it is good", () => {
    expect(gate.candidate(anna.user)).toMatchObject({ identity: { actor: anna.actor, credential: { id: anna.id } }, ended: null });
    expect(gate.candidate("alice")).toBeNull();
    known.replace([{ ...anna, ended: "You signed out." }]);
    expect(gate.candidate(anna.user)?.ended).toBe("You signed out.");
  });
});

describe("the gate within a session", () => {
  const within = (): ClientGate => gateWithin(gate, { actor: anna.actor, credential: { id: anna.id, user: anna.user }, until: null });

  it("knows its own person by all of their credentials, and nobody else", () => {
    const newer = { ...anna, id: "newer", user: "anna-newer" };
    known.replace([anna, newer, bob, { ...bob, id: "x", user: "same subject", actor: personActor("anna", { issuer: "https://other" }) }]);
    const names = [anna.user, newer.user, bob.user, "same subject", "nobody"].filter((name) => within().candidate(name) !== null);
    expect(names).toEqual([anna.user, newer.user]);
  });

  it("takes tokens that vouch for its own person, and refuses others as wrong", async () => {
    expect(await within().verifyToken?.(Buffer.from("token"))).toBe(verdict);
    verdict = { ok: true, actor: personActor("bob"), credential: "token:2", until: null };
    expect(await within().verifyToken?.(Buffer.from("token"))).toMatchObject({ ok: false, wrong: true });
    verdict = { ok: false, wrong: false, message: "The provider is away." };
    expect(await within().verifyToken?.(Buffer.from("token"))).toBe(verdict);
  });
});
