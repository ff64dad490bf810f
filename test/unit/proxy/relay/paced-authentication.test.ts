import { beforeEach, describe, expect, it } from "vitest";
import { nativePasswordResponse } from "../../../../proxy/protocol/auth/native-password.ts";
import { identityGate, ownGate } from "../../../../proxy/relay/client-gate.ts";
import { runDialogue } from "../../../../proxy/relay/dialogue-runner.ts";
import { KnownCredentials } from "../../../../proxy/relay/known-credentials.ts";
import { authenticateInTurn } from "../../../../proxy/relay/paced-authentication.ts";
import { PushedPackets } from "../../../../proxy/relay/pushed-packets.ts";
import { SignInPace } from "../../../../proxy/relay/sign-in-pace.ts";
import { mappedConnection, mappedSecrets } from "../../../support/connection-phase-settings.ts";
import { credentialOf } from "../../../support/identity/client-credential-of.ts";
import { Playbook } from "../../../support/playbook.ts";

const scramble = Buffer.from("abcdefghijklmnopqrst");
const challenge = { scramble, plugin: "mysql_native_password" };
let pace: SignInPace;

beforeEach(() => {
  pace = new SignInPace(() => 0);
});

function signIn(password: string, host = "10.0.0.1") {
  const authResponse = nativePasswordResponse(password, scramble);
  const presented = { user: Buffer.from("alice"), authPlugin: null, authResponse, host, trusted: false };
  return authenticateInTurn(ownGate(mappedConnection(), mappedSecrets), pace, challenge, presented, scramble);
}

function wrongTries(times: number): void {
  for (let count = 0; count < times; count += 1) pace.wrong("alice", "10.0.0.1");
}

describe("a client whose secret was made here, so that nobody guesses it", () => {
  const anna = credentialOf("anna", "right");

  function present(password: string) {
    const known = new KnownCredentials(() => 0);
    known.replace([anna]);
    const gate = identityGate(mappedConnection({ identity: "sign-in" }), known, () => Promise.reject(new Error("no token here")));
    const authResponse = nativePasswordResponse(password, scramble);
    const presented = { user: Buffer.from(anna.user), authPlugin: null, authResponse, host: "10.0.0.1", trusted: false };
    return authenticateInTurn(gate, pace, challenge, presented, scramble);
  }

  it("waits for nobody's wrong tries, however many of them wait", () => {
    for (let count = 0; count < 9; count += 1) pace.wrong(anna.user, "10.0.0.1");
    const waiting = Array.from({ length: 40 }, () => new Playbook(present("wrong")));
    expect(new Playbook(present("right")).result).toMatchObject({ actor: anna.actor });
    expect(waiting[0]?.pauses(2000).error.errno).toBe(1045);
    expect(waiting[39]?.error.errno).toBe(1040);
  });

  it("hears later and later that it is wrong", () => {
    for (let count = 0; count < 3; count += 1) expect(new Playbook(present("wrong")).error.errno).toBe(1045);
    expect(new Playbook(present("wrong")).pauses(50).error.errno).toBe(1045);
    expect(new Playbook(present("wrong")).pauses(100).error.errno).toBe(1045);
    expect(new Playbook(present("right")).result).toMatchObject({ actor: anna.actor });
  });
});

describe("a client that signs in behind wrong tries", () => {
  it("waits longer for each of them, and then is let in all the same", () => {
    for (let count = 0; count < 3; count += 1) expect(new Playbook(signIn("wrong")).error.errno).toBe(1045);
    expect(new Playbook(signIn("wrong")).pauses(50).error.errno).toBe(1045);
    expect(new Playbook(signIn("alicepw")).pauses(100).result).toBeNull();
  });

  it("waits before anything is known of its password: right and wrong look alike meanwhile", () => {
    wrongTries(9);
    for (const password of ["alicepw", "wrong"]) expect(() => new Playbook(signIn(password)).result).toThrow('"milliseconds":2000');
  });

  it("is kept out by nobody who tries the name from elsewhere, however many of them wait", () => {
    wrongTries(1000);
    const waiting = Array.from({ length: 600 }, () => new Playbook(signIn("wrong")));
    expect(waiting).toHaveLength(600);
    expect(new Playbook(signIn("alicepw", "10.0.0.2")).pauses(250).result).toBeNull();
  });

  it("is told to try again where too many wait who try the name from the same place", () => {
    wrongTries(9);
    const waiting = Array.from({ length: 32 }, () => new Playbook(signIn("alicepw")));
    expect(new Playbook(signIn("alicepw")).error).toMatchObject({ errno: 1040, message: expect.stringContaining("try again") });
    expect(waiting[0]?.pauses(2000).result).toBeNull();
    expect(new Playbook(signIn("alicepw")).pauses(2000).result).toBeNull();
  });

  it("gives back its place where it goes away while it waits", async () => {
    wrongTries(9);
    const sides = () => ({
      client: new PushedPackets(() => undefined),
      upstream: new PushedPackets(() => undefined),
      encrypt: () => Promise.reject(new Error("there is no TLS here")),
    });
    for (let count = 0; count < 40; count += 1) {
      const both = sides();
      const end = runDialogue(signIn("alicepw"), both, 60_000);
      both.client.end();
      expect(await end).toMatchObject({ ok: false, refusal: { cause: "client-closed" } });
    }
    expect(new Playbook(signIn("alicepw")).pauses(2000).result).toBeNull();
  });
});
