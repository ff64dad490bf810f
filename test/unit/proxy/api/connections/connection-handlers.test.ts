import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { serveChannel } from "../../../../../proxy/api/dispatcher.ts";
import type { Handlers } from "../../../../../proxy/api/handler.ts";
import { allHandlers } from "../../../../../proxy/api/handlers/all-handlers.ts";
import { hostCaller } from "../../../../../proxy/api/identity/host-caller.ts";
import { PassphraseCipher } from "../../../../../proxy/identity/passphrase-cipher.ts";
import { SecretFile } from "../../../../../proxy/identity/secret-file.ts";
import { connectionOf } from "../../../../support/api/connection-of.ts";
import { FakeChannel } from "../../../../support/api/fake-channel.ts";
import { type FakeCore, fakeCore } from "../../../../support/api/fake-core.ts";

const canaries = {
  upstreamPassword: "canary-upstream-4711",
  upstreamPassword2: "canary-second-4712",
  upstreamPassword3: "canary-third-4713",
  clientPassword: "canary-client-0815",
};
let directory: string;
let core: FakeCore;
let calls: Handlers["calls"];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "stenograph-connections-"));
  await restart();
});

afterEach(() => rmSync(directory, { recursive: true }));

/** As after a restart of the program: what is in memory is gone, and so are secrets that were kept for one run only. */
async function restart(secrets?: SecretFile): Promise<void> {
  core = await fakeCore(directory, secrets);
  calls = allHandlers(core, hostCaller(core.info.actor)).calls;
}

describe("connections.save", () => {
  it("stores a connection, gives it an id, and tells only that it has passwords", async () => {
    const listed = await calls["connections.save"]({ connection: connectionOf({ id: "" }), secrets: canaries });
    expect(listed).toMatchObject({
      id: expect.stringMatching(/^[\w-]{36}$/),
      hasUpstreamPassword: true,
      hasUpstreamPassword3: true,
      hasClientPassword: true,
    });
    expect(listed.listener).toEqual({ state: "stopped" });
    await restart();
    expect((await calls["connections.list"]({})).connections).toEqual([{ ...listed, listener: { state: "stopped" } }]);
  });

  it.each(["constructor", "__proto__", "toString"])("takes “%s” for an id like any other", async (id) => {
    const listed = await calls["connections.save"]({ connection: connectionOf({ id }), secrets: {} });
    expect(listed.listener).toEqual({ state: "stopped" });
    expect(core.connectionListeners.stateOf(id)).toEqual({ state: "stopped" });
  });

  it("leaves a secret that is absent, and removes one that is null", async () => {
    await calls["connections.save"]({ connection: connectionOf(), secrets: canaries });
    const listed = await calls["connections.save"]({ connection: connectionOf(), secrets: { clientPassword: null } });
    expect(listed).toMatchObject({ hasUpstreamPassword: true, hasClientPassword: false });
    expect(core.connections.secretsOf("shop")).toEqual({ ...canaries, clientPassword: null });
  });

  it.each([
    ["a name that another one has", { id: "other" }, /already named/],
    ["an id with a path in it", { id: "../x" }, /id may have/],
    ["no upstream account", { upstreamUser: null }, /account to sign in with upstream/],
    ["no user name for clients", { clientUser: "" }, /user name that clients/],
    ["a host name to listen on", { listen: { host: "db.example", port: 1 } }, /not an address to listen on/],
    ["an authority that is no certificate", { upstreamCa: "-----BEGIN NONSENSE-----" }, /PEM/],
    ["upstream port 0", { upstream: { host: "db.example", port: 0 } }, /cannot be 0/],
    ["itself as upstream", { upstream: { host: "127.0.0.1", port: 13306 } }, /own upstream's port/],
  ])("refuses %s", async (_what, changes, message) => {
    await calls["connections.save"]({ connection: connectionOf(), secrets: {} });
    await expect(calls["connections.save"]({ connection: connectionOf(changes), secrets: {} })).rejects.toThrow(message);
  });

  it("refuses to open the stored account to a network without a password for clients", async () => {
    const connection = connectionOf({ listen: { host: "0.0.0.0", port: 13306 } });
    await expect(calls["connections.save"]({ connection, secrets: {} })).rejects.toThrow(/anyone on the network/);
    await calls["connections.save"]({ connection, secrets: canaries });
  });

  it("does not let a stored password go to another server", async () => {
    await calls["connections.save"]({ connection: connectionOf(), secrets: canaries });
    const elsewhere = connectionOf({ upstream: { host: "evil.example", port: 3306 } });
    await expect(calls["connections.save"]({ connection: elsewhere, secrets: {} })).rejects.toThrow(/password again/);
    expect(await calls["connections.test"]({ connection: elsewhere, secrets: {} })).toMatchObject({
      ok: false,
      message: expect.stringMatching(/password again/),
    });
    const onlyFirst = calls["connections.save"]({ connection: elsewhere, secrets: { upstreamPassword: "new" } });
    await expect(onlyFirst).rejects.toThrow(/upstream's second password and the upstream's third password again/);
    const secrets = { upstreamPassword: "new", upstreamPassword2: "code", upstreamPassword3: null };
    await calls["connections.save"]({ connection: elsewhere, secrets });
    expect(core.connections.secretsOf("shop")).toEqual({ ...canaries, ...secrets });
  });

  it("starts a running listener again for new settings, and not for a new name", async () => {
    await calls["connections.save"]({ connection: connectionOf(), secrets: canaries });
    await calls["connections.start"]({ id: "shop" });
    await calls["connections.save"]({ connection: connectionOf({ name: "Store" }), secrets: {} });
    expect(core.listeners.started).toHaveLength(1);
    await calls["connections.save"]({ connection: connectionOf({ name: "Store", clientTls: "required" }), secrets: {} });
    expect(core.listeners.started).toHaveLength(2);
    expect(core.listeners.started[1]).toMatchObject({ connection: { clientTls: "required" }, secrets: canaries });
  });
});

describe("a listener", () => {
  it("that was running is started again after a restart; one that was stopped is not", async () => {
    for (const id of ["one", "two"]) {
      await calls["connections.save"]({ connection: connectionOf({ id, name: id, auth: "passthrough" }), secrets: {} });
      await calls["connections.start"]({ id });
    }
    await calls["connections.stop"]({ id: "two" });
    await restart();
    await core.connectionListeners.resume();
    expect(core.listeners.started.map(({ connection }) => connection.id)).toEqual(["one"]);
  });

  it("whose password was kept for one run only says so and is not started", async () => {
    await calls["connections.save"]({ connection: connectionOf(), secrets: canaries });
    await calls["connections.start"]({ id: "shop" });
    await restart();
    await core.connectionListeners.resume();
    expect(core.listeners.started).toEqual([]);
    const { listeners } = await calls["status.get"]({});
    expect(listeners.shop).toMatchObject({ state: "failed", message: expect.stringMatching(/the last run only.*STENOGRAPH_PASSPHRASE/) });
  });

  it("that cannot start says why, and is not remembered as running", async () => {
    await calls["connections.save"]({ connection: connectionOf(), secrets: canaries });
    core.listeners.failure = "Port 13306 is in use.";
    expect(await calls["connections.start"]({ id: "shop" })).toEqual({ state: "failed", message: "Port 13306 is in use." });
    expect(core.connections.get("shop").running).toBe(false);
    core.listeners.failure = null;
    expect(await calls["connections.start"]({ id: "shop" })).toMatchObject({ state: "listening" });
  });

  it("of an unknown connection is a failure, not a crash", async () => {
    await expect(calls["connections.start"]({ id: "nothing" })).rejects.toMatchObject({ code: "no-such-connection" });
    await expect(calls["connections.snippets"]({ id: "__proto__" })).rejects.toMatchObject({ code: "no-such-connection" });
  });

  it("ends when its connection is removed, and its secrets with it", async () => {
    await calls["connections.save"]({ connection: connectionOf(), secrets: canaries });
    await calls["connections.start"]({ id: "shop" });
    await calls["connections.remove"]({ id: "shop" });
    expect(core.listeners.stopped).toEqual(["shop"]);
    expect(core.connections.secretsOf("shop")).toEqual({
      upstreamPassword: null,
      upstreamPassword2: null,
      upstreamPassword3: null,
      clientPassword: null,
    });
    expect((await calls["connections.list"]({})).connections).toEqual([]);
  });
});

describe("secrets", () => {
  it("are in no answer, no failure, no event and no file", async () => {
    const cipher = new PassphraseCipher("correct horse");
    await restart(await SecretFile.open(SecretFile.pathIn(directory, cipher), cipher));
    const channel = new FakeChannel();
    serveChannel(channel, allHandlers(core, hostCaller(core.info.actor)), () => undefined);
    channel.say({ kind: "subscribe", id: 99, name: "status", input: {} });
    const connection = connectionOf({ upstream: { host: "127.0.0.1", port: 1 } });
    const inputs: readonly (readonly [string, unknown])[] = [
      ["connections.save", { connection, secrets: canaries }],
      ["connections.save", { connection: { ...connection, name: 7 }, secrets: canaries }],
      ["connections.save", { connection, secrets: { ...canaries, upstreamPassword: [canaries.upstreamPassword] } }],
      ["connections.list", {}],
      ["connections.start", { id: "shop" }],
      ["connections.snippets", { id: "shop" }],
      ["connections.test", { connection, secrets: {} }],
      ["connections.test", { connection, secrets: canaries }],
      ["status.get", {}],
      ["app.info", {}],
      ["connections.stop", { id: "shop" }],
    ];
    for (const [index, [name, input]] of inputs.entries()) await channel.ask({ kind: "call", id: index, name, input }, index);
    await vi.waitFor(() => expect(channel.sent.some(({ kind }) => kind === "event")).toBe(true));
    const told = JSON.stringify(channel.sent);
    const files = readdirSync(directory).map((name) => readFileSync(join(directory, name), "latin1"));
    expect(readdirSync(directory).toSorted()).toEqual(["connections.json", "secrets-passphrase.json", "settings.lock"]);
    for (const canary of Object.values(canaries)) {
      expect(told).not.toContain(canary);
      for (const text of files) expect(text).not.toContain(canary);
    }
  });
});
