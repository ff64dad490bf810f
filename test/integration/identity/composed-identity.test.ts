import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { composeIdentity, type RunningIdentity } from "../../../proxy/compose-identity.ts";
import { identitySettingsFor } from "../../../proxy/demo/demo-identity.ts";
import { type IdentityProvider, startIdentityProvider } from "../../../proxy/demo/identity-provider/identity-provider.ts";
import type { DemoPerson } from "../../../proxy/demo/identity-provider/people.ts";
import { ScriptedBrowser } from "../../../proxy/demo/identity-provider/scripted-browser.ts";
import type { SignIn } from "../../../proxy/identity/sign-in.ts";
import type { ClientCredential } from "../../../proxy/model/client-credential.ts";
import { machineToken, signInAt } from "../../support/identity/application.ts";
import { writeIdentityJson } from "../../support/identity/identity-json.ts";
import { temporaryDirectory } from "../../support/stenograph.ts";

/** A relay that only remembers what it is told. */
class ListeningRelay {
  credentials: readonly ClientCredential[] = [];
  readonly ended: { readonly credentials: readonly string[]; readonly message: string }[] = [];

  setCredentials(credentials: readonly ClientCredential[]): void {
    this.credentials = credentials;
  }

  endSessions(credentials: readonly string[], message: string): void {
    this.ended.push({ credentials, message });
  }

  /** Why the credential of a user lets nobody in; `undefined` where there is none. */
  whyEnded(user: string): string | null | undefined {
    return this.credentials.find((credential) => credential.user === user)?.ended;
  }
}

const machine = { name: "nightly", owner: "Dana Beck", groups: ["jobs"], connections: ["shop"], until: null };

let directory: ReturnType<typeof temporaryDirectory>;
let provider: IdentityProvider;
let identity: RunningIdentity;
let relay: ListeningRelay;
let dba: DemoPerson;
let auditor: DemoPerson;

beforeEach(async () => {
  directory = temporaryDirectory();
  provider = await startIdentityProvider();
  [dba, , auditor] = provider.people as [DemoPerson, DemoPerson, DemoPerson];
  writeIdentityJson(directory.path, identitySettingsFor(provider));
  relay = new ListeningRelay();
  identity = await compose();
  identity.serve(relay);
});

afterEach(async () => {
  identity.close();
  await provider.stop();
  directory[Symbol.dispose]();
});

const compose = () => composeIdentity(directory.path, () => undefined);
const signIn = (person: DemoPerson): Promise<SignIn> =>
  identity.signIns.begin({ open: (url) => void new ScriptedBrowser().signIn(url, person) });
const tokenOf = async (person: DemoPerson) =>
  (await signInAt(provider, person, { parameters: { resource: provider.audience } })).access_token;
const log = () => readFileSync(join(directory.path, "access-log.jsonl"), "utf8");

describe("What was minted for somebody", () => {
  it("ends with their sign-out, with open sessions as the settings say, and says what to do", async () => {
    const person = await signIn(dba);
    const { credential } = identity.credentials.mint(person, "shop");
    expect(relay.whyEnded(credential.user)).toBeNull();
    await identity.signIns.signOut(person.id);
    const message = "Your sign-in at Stenograph has ended. Sign in at Stenograph again and use the new credential.";
    expect(relay.whyEnded(credential.user)).toBe(message);
    expect(relay.ended).toEqual([{ credentials: [credential.id], message }]);
  });

  it("leaves open sessions alone where the settings say so", async () => {
    await identity.settings.change((value) => ({ value: { ...value, endOpenSessions: { kind: "never" } }, result: null }));
    const person = await signIn(dba);
    const { credential } = identity.credentials.mint(person, "shop");
    await identity.signIns.signOut(person.id);
    expect(relay.whyEnded(credential.user)).toMatch(/Sign in at Stenograph again/);
    expect(relay.ended).toEqual([]);
  });

  it("ends with their right to run sessions", async () => {
    const person = await signIn(dba);
    const { credential } = identity.credentials.mint(person, "shop");
    const roles = [{ group: "admins", role: "admin" }] as const;
    await identity.settings.change((value) => ({ value: { ...value, roles }, result: null }));
    expect(relay.whyEnded(credential.user)).toBe(
      "You do not have the role operator any more, so this credential has ended. Ask an administrator.",
    );
    expect(identity.signIns.get(person.id)?.roles).toEqual(["admin"]);
  });

  it("ends where another process changes the provider", async () => {
    const person = await signIn(dba);
    const { credential } = identity.credentials.mint(person, "shop");
    const other = await compose();
    await other.settings.change((value) => ({ value: { ...value, provider: null }, result: null }));
    other.close();
    await identity.settings.refresh();
    expect(relay.whyEnded(credential.user)).toContain("the identity settings were changed");
  });
});

describe("A token as a password", () => {
  it("is a person's who may run sessions, and nobody's who may not", async () => {
    expect(await identity.verifyToken(await tokenOf(dba), "shop")).toMatchObject({
      ok: true,
      actor: { kind: "person", subject: dba.subject, groups: dba.groups, via: "token", authenticated: true },
    });
    expect(await identity.verifyToken(await tokenOf(auditor), "shop")).toEqual({
      ok: false,
      wrong: false,
      message: "You may not run sessions here: none of your groups has the role operator. Ask an administrator.",
    });
  });

  it("is a registered machine's at the connections that it may use, until it is revoked", async () => {
    const token = await machineToken(provider);
    expect(await identity.verifyToken(token, "shop")).toMatchObject({ ok: false, wrong: true });
    const { machine: registered } = await identity.machines.register({ ...machine, tokenSubject: provider.machine.clientId });
    const verdict = await identity.verifyToken(token, "shop");
    expect(verdict).toMatchObject({ ok: true });
    expect(verdict.ok && verdict.actor).toEqual({
      kind: "machine",
      name: "nightly",
      authenticated: true,
      issuer: provider.issuer,
      subject: provider.machine.clientId,
      owner: "Dana Beck",
      groups: ["jobs"],
      via: "token",
    });
    expect(await identity.verifyToken(token, "vault")).toMatchObject({
      ok: false,
      message: expect.stringContaining("may not use this connection"),
    });
    await identity.machines.revoke(registered.id);
    expect(relay.ended).toEqual([{ credentials: [verdict.ok && verdict.credential], message: expect.stringContaining("was revoked") }]);
    expect(await identity.verifyToken(token, "shop")).toMatchObject({ ok: false, message: expect.stringContaining("was revoked") });
  });

  it("is nobody's after its machine was removed, whatever its groups would allow a person", async () => {
    const { machine: registered } = await identity.machines.register({ ...machine, tokenSubject: dba.subject });
    await identity.machines.revoke(registered.id);
    await identity.machines.remove(registered.id);
    expect(identity.machines.list()).toEqual([]);
    const other = await compose();
    for (const process of [identity, other]) {
      expect(await process.verifyToken(await tokenOf(dba), "shop")).toMatchObject({
        ok: false,
        message: expect.stringContaining("removed"),
      });
    }
    other.close();
    await identity.machines.register({ ...machine, tokenSubject: dba.subject });
    expect(await identity.verifyToken(await tokenOf(dba), "shop")).toMatchObject({ ok: true, actor: { kind: "machine" } });
  });

  it("holds no longer than its machine", async () => {
    const until = (Date.now() + 60_000) * 1000;
    await identity.machines.register({ ...machine, until, tokenSubject: provider.machine.clientId });
    expect(await identity.verifyToken(await machineToken(provider), "shop")).toMatchObject({ ok: true, until });
  });

  it("and its sessions end with the person's right to run sessions, and it is taken again when they have it again", async () => {
    const token = await tokenOf(dba);
    const { roles } = identity.settings.value;
    const give = (given: typeof roles) => identity.settings.change((value) => ({ value: { ...value, roles: given }, result: null }));
    const first = await identity.verifyToken(token, "shop");
    await give([...roles, { group: "nobody", role: "auditor" }]);
    expect(relay.ended).toEqual([]);
    await give(roles.filter(({ role }) => role !== "operator"));
    const message = "You may not run sessions here: none of your groups has the role operator. Ask an administrator.";
    expect(relay.ended).toEqual([{ credentials: [first.ok && first.credential], message }]);
    expect(await identity.verifyToken(token, "shop")).toEqual({ ok: false, wrong: false, message });
    await give(roles);
    const again = await identity.verifyToken(token, "shop");
    // Of what was ended nobody is let in who was signing in then.
    expect(again.ok && again.credential).not.toBe(first.ok && first.credential);
    expect(relay.ended).toHaveLength(1);
  });

  it("and its sessions end where it was verified for what the settings no longer say", async () => {
    const token = await tokenOf(dba);
    const verdict = await identity.verifyToken(token, "shop");
    const audience = (value: typeof identity.settings.value) =>
      value.provider?.kind === "oidc" ? { ...value, provider: { ...value.provider, audience: "urn:other" } } : value;
    await identity.settings.change((value) => ({ value: audience(value), result: null }));
    expect(relay.ended).toEqual([
      { credentials: [verdict.ok && verdict.credential], message: expect.stringContaining("the identity settings were changed") },
    ]);
  });

  it("is not taken without an OpenID provider", async () => {
    const token = await tokenOf(dba);
    await identity.settings.change((value) => ({ value: { ...value, provider: null }, result: null }));
    expect(await identity.verifyToken(token, "shop")).toMatchObject({ ok: false, message: expect.stringMatching(/^No OpenID provider/) });
  });

  it("is in no log and no message", async () => {
    const token = await tokenOf(auditor);
    const verdicts = [await identity.verifyToken(token, "shop"), await identity.verifyToken(`${token}x`, "shop")];
    await signIn(dba);
    const [, payload = ""] = token.split(".");
    for (const text of [JSON.stringify(verdicts), log()]) {
      expect(text).not.toContain(payload.slice(0, 40));
      expect(text).not.toContain(token.slice(-40));
    }
  });
});

describe("A machine's secret", () => {
  it("is known to the relay from the start, in another process too, until it is revoked there", async () => {
    const { machine: registered } = await identity.machines.register({ ...machine, tokenSubject: null });
    expect(relay.whyEnded(registered.user)).toBeNull();
    const other = await compose();
    const elsewhere = new ListeningRelay();
    other.serve(elsewhere);
    expect(elsewhere.whyEnded(registered.user)).toBeNull();
    await identity.machines.revoke(registered.id);
    await vi.waitFor(() => expect(elsewhere.whyEnded(registered.user)).toContain("was revoked"), { timeout: 10_000 });
    expect(elsewhere.ended).toMatchObject([{ credentials: [registered.id] }]);
    other.close();
  });
});

describe("A client that was turned away", () => {
  it("is in the access log, by the name that it gave", () => {
    const client = {
      connection: "shop",
      user: "eve",
      client: "127.0.0.1:5000",
      cause: "sign-in-failed",
      message: "No.",
      session: "s",
    } as const;
    identity.refused({ at: 1, ...client });
    expect(JSON.parse(log())).toEqual({ at: expect.any(String), kind: "refused-client", actor: null, ...client });
  });
});
