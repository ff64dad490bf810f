import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MachineStore } from "../../../../../proxy/api/identity/machine-store.ts";
import type { MachineSettings } from "../../../../../proxy/identity/registered-machine.ts";
import { machinesPath, openMachines } from "../../../../../proxy/machines-file.ts";
import { verifiersOf } from "../../../../../proxy/protocol/auth/password-verifiers.ts";
import { temporaryDirectory } from "../../../../support/stenograph.ts";

const assistant: MachineSettings = {
  name: "Desk Assistant",
  owner: "Ravi Menon",
  groups: ["agents"],
  connections: ["shop"],
  until: null,
  tokenSubject: null,
};
const later = (Date.now() + 3_600_000) * 1000;

let data: ReturnType<typeof temporaryDirectory>;
let store: MachineStore;

beforeEach(async () => {
  data = temporaryDirectory();
  store = await open();
});

afterEach(() => {
  vi.useRealTimers();
  data[Symbol.dispose]();
});

const open = async () => new MachineStore(await openMachines(data.path));
const text = () => readFileSync(machinesPath(data.path), "utf8");

describe("A machine", () => {
  it("gets a user name and a secret, of which only verifiers are kept, in a file for its owner's eyes only", async () => {
    const { machine, secret } = await store.register(assistant);
    expect(secret).toMatch(/^[\w-]{32}$/);
    expect(machine).toMatchObject({ ...assistant, user: expect.stringMatching(/^desk-assistant-[a-z0-9]{6}$/), revokedAt: null });
    expect(machine.verifiers).toEqual(verifiersOf(secret ?? ""));
    expect(text()).not.toContain(secret);
    expect(statSync(machinesPath(data.path)).mode & 0o777).toBe(0o600);
    expect((await open()).list()).toEqual([machine]);
  });

  it("is a credential of an actor that names its owner, for the connections that it may use", async () => {
    const { machine } = await store.register({ ...assistant, until: later });
    expect(store.credentials()).toEqual([
      {
        id: machine.id,
        user: machine.user,
        verifiers: machine.verifiers,
        connections: ["shop"],
        until: later,
        ended: null,
        actor: {
          kind: "machine",
          name: "Desk Assistant",
          authenticated: true,
          issuer: null,
          subject: machine.id,
          owner: "Ravi Menon",
          groups: ["agents"],
          via: "secret",
        },
      },
    ]);
  });

  it("has another secret after a rotation, and the same name and identity", async () => {
    const first = await store.register(assistant);
    const second = await store.rotate(first.machine.id);
    expect(second.secret).not.toBe(first.secret);
    expect(second.machine).toMatchObject({ id: first.machine.id, user: first.machine.user, rotatedAt: expect.any(Number) });
    expect(store.credentials().map(({ verifiers }) => verifiers)).toEqual([verifiersOf(second.secret ?? "")]);
  });

  it("lets nobody in after it was revoked, says what to do, and stays so", async () => {
    const { machine } = await store.register(assistant);
    const { revokedAt } = await store.revoke(machine.id);
    expect((await store.revoke(machine.id)).revokedAt).toBe(revokedAt);
    expect(store.credentials()).toMatchObject([
      { ended: "The machine identity “Desk Assistant” was revoked at Stenograph. Ask Ravi Menon or an administrator for another one." },
    ]);
    await expect(store.rotate(machine.id)).rejects.toMatchObject({ code: "revoked" });
  });

  it("lets nobody in after its time", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { machine } = await store.register({ ...assistant, until: later });
    vi.setSystemTime(later / 1000);
    expect(store.credentials()).toMatchObject([{ id: machine.id, ended: expect.stringContaining("has expired") }]);
  });

  it("is removed when it is of no use any more, and not before", async () => {
    const { machine } = await store.register(assistant);
    await expect(store.remove(machine.id)).rejects.toMatchObject({ code: "still-good" });
    await store.revoke(machine.id);
    await store.remove(machine.id);
    expect(store.list()).toEqual([]);
    await expect(store.revoke(machine.id)).rejects.toMatchObject({ code: "no-such-machine" });
  });

  it("is not registered with a name that is taken, an end that is past, or what breaks lines", async () => {
    await store.register(assistant);
    await expect(store.register(assistant)).rejects.toMatchObject({ code: "name-taken" });
    await expect(store.register({ ...assistant, name: "b", until: 1 })).rejects.toMatchObject({ code: "invalid-input" });
    await expect(store.register({ ...assistant, name: "b\nc" })).rejects.toMatchObject({ code: "invalid-input" });
    expect(store.list()).toHaveLength(1);
  });

  it("takes the name of one that was revoked", async () => {
    const { machine } = await store.register(assistant);
    await store.revoke(machine.id);
    expect((await store.register(assistant)).machine.id).not.toBe(machine.id);
  });
});

describe("A machine with the provider's tokens", () => {
  const nightly = { ...assistant, name: "nightly", tokenSubject: "svc-1" };

  it("has no secret, and is found by the subject of its tokens", async () => {
    const { machine, secret } = await store.register({ ...nightly, until: later });
    expect(secret).toBeNull();
    expect(store.credentials()).toEqual([]);
    expect(store.ofSubject("svc-1")).toEqual({
      id: machine.id,
      name: "nightly",
      owner: "Ravi Menon",
      groups: ["agents"],
      connections: ["shop"],
      until: later,
    });
    expect(store.ofSubject("svc-2")).toBeNull();
    await expect(store.rotate(machine.id)).rejects.toMatchObject({ code: "no-secret" });
  });

  it("is nobody after it was revoked: its tokens are not taken for a person's", async () => {
    const { machine } = await store.register(nightly);
    await store.revoke(machine.id);
    expect(() => store.ofSubject("svc-1")).toThrow("was revoked at Stenograph");
    expect(store.endedSubjects()).toEqual([{ subject: "svc-1", message: expect.stringContaining("was revoked") }]);
    await store.register(nightly);
    expect(store.ofSubject("svc-1")).toMatchObject({ name: "nightly" });
    expect(store.endedSubjects()).toEqual([]);
  });

  it("has its subject for itself", async () => {
    await store.register(nightly);
    await expect(store.register({ ...nightly, name: "other" })).rejects.toMatchObject({ code: "subject-taken" });
  });
});

describe("Two processes", () => {
  it("lose nothing of what the other registers or revokes, and hear of it", async () => {
    const other = await open();
    const heard = vi.fn();
    other.onChange(heard);
    const names = ["a", "b", "c", "d", "e", "f"];
    const made = await Promise.all(names.map((name, at) => (at % 2 === 0 ? store : other).register({ ...assistant, name })));
    await store.revoke(made[0]?.machine.id ?? "");
    await other.refresh();
    expect(
      other
        .list()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(names);
    expect(other.credentials().filter(({ ended }) => ended !== null)).toHaveLength(1);
    expect(heard).toHaveBeenCalled();
  });

  it("do not both take one name", async () => {
    const other = await open();
    const outcomes = await Promise.allSettled([store.register(assistant), other.register(assistant)]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });
});

describe("A broken file", () => {
  it("keeps the program from starting, rather than that a revoked machine is forgotten", async () => {
    for (const [broken, why] of [
      ["{", "the file is not JSON"],
      ['{"format":"stenograph-machines","version":1,"machines":[{"id":1}]}', "machines.0"],
    ] as const) {
      writeFileSync(machinesPath(data.path), broken);
      await expect(open()).rejects.toMatchObject({ code: "settings-unreadable", message: expect.stringContaining(why) });
    }
  });

  it("changes nothing while the program runs", async () => {
    const { machine } = await store.register(assistant);
    writeFileSync(machinesPath(data.path), "{");
    await expect(store.refresh()).rejects.toMatchObject({ code: "settings-unreadable" });
    await expect(store.revoke(machine.id)).rejects.toMatchObject({ code: "settings-unreadable" });
    expect(store.list()).toEqual([machine]);
    expect(text()).toBe("{");
  });

  it("that is gone forgets nothing while the program runs", async () => {
    const { machine } = await store.register(assistant);
    rmSync(machinesPath(data.path));
    await store.refresh();
    expect(store.list()).toEqual([machine]);
    await store.register({ ...assistant, name: "b" });
    expect((await open()).list().map(({ name }) => name)).toEqual(["Desk Assistant", "b"]);
  });
});
