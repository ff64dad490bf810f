import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, inject, it } from "vitest";
import { testSignIn } from "../../proxy/api/connections/sign-in-test.ts";
import type { Connection, ConnectionSecrets } from "../../proxy/model/connection.ts";
import { createAuthority } from "../../proxy/relay/certificate-authority.ts";
import { connectionOf } from "../support/api/connection-of.ts";
import { accounts, available, freePort, type ServerAddress } from "../support/servers.ts";

const secret = (upstreamPassword: string | null): ConnectionSecrets => ({ upstreamPassword, clientPassword: null });
const none = secret(null);
const listeners: Server[] = [];

afterEach(() => {
  for (const server of listeners.splice(0)) server.close();
});

describe.each(available(inject("servers")))("testing a connection to $kind", (server) => {
  const to = (changes: Partial<Connection> = {}) => connectionTo(server, changes);
  const password = secret(accounts.app.password);

  it.each(["off", "preferred", "required"] as const)("signs in with TLS mode “%s”", async (upstreamTls) => {
    const tested = await testSignIn(to({ upstreamTls }), password);
    expect(tested).toMatchObject({ ok: true, message: expect.stringMatching(/accepted the sign-in/) });
    // MariaDB's own version stands after one that it tells old replicas.
    expect(tested.upstreamVersion).toMatch(/^(?!5\.5\.5-)\d+\.\d+/);
    expect(tested.message).not.toContain("5.5.5-");
    expect(tested.tls === null).toBe(upstreamTls === "off");
  });

  it("reaches the server over its Unix socket, with TLS where it is demanded", async () => {
    const upstream = { host: join(server.filesDirectory, "..", "server.sock"), port: 0 };
    expect(await testSignIn(to({ upstream, upstreamTls: "preferred" }), password)).toMatchObject({ ok: true, tls: null });
    expect(await testSignIn(to({ upstream, upstreamTls: "required" }), password)).toMatchObject({ ok: true, tls: expect.anything() });
    const nowhere = { host: "/nowhere/server.sock", port: 0 };
    expect(await testSignIn(to({ upstream: nowhere }), password)).toMatchObject({
      ok: false,
      message: "There is no socket /nowhere/server.sock. Check its path, and that the server is running.",
    });
  });

  it.each(["verify-ca", "verify-identity"] as const)("trusts the given authority with TLS mode “%s”", async (upstreamTls) => {
    const tested = await testSignIn(to({ upstreamTls, upstreamCa: readFileSync(server.caFile, "utf8") }), password);
    expect(tested).toMatchObject({ ok: true, tls: { version: expect.stringMatching(/^TLSv1\.[23]$/) } });
  });

  it.each(["verify-ca", "verify-identity"] as const)(
    "does not trust an authority that was not given with TLS mode “%s”",
    async (upstreamTls) => {
      for (const upstreamCa of [null, await otherAuthority()]) {
        const tested = await testSignIn(to({ upstreamTls, upstreamCa }), password);
        expect(tested).toMatchObject({ ok: false, message: expect.stringMatching(/is not trusted/) });
      }
    },
  );

  it("tells a certificate of another address, and sends no password then", async () => {
    const upstreamCa = readFileSync(server.caFile, "utf8");
    const upstream = { host: "127.0.0.2", port: await listening((socket) => forward(socket, server), "127.0.0.2") };
    const elsewhere = (upstreamTls: "verify-ca" | "verify-identity") => testSignIn(to({ upstream, upstreamTls, upstreamCa }), password);
    expect(await elsewhere("verify-ca")).toMatchObject({ ok: true });
    expect(await elsewhere("verify-identity")).toMatchObject({ ok: false, message: expect.stringMatching(/is for another name/) });
  });

  it("tells a wrong password from everything else, without repeating it", async () => {
    const tested = await testSignIn(to(), secret("canary-wrong-password"));
    expect(tested).toMatchObject({ ok: false, message: expect.stringMatching(/refused the account “app” or its password \(error 1045\)/) });
    expect(JSON.stringify(tested)).not.toContain("canary");
  });

  it("signs in without a password where the account has none", async () => {
    expect(await testSignIn(to({ upstreamUser: accounts.nopw.user }), none)).toMatchObject({ ok: true });
  });

  it("asks no account of a connection that passes the client's through", async () => {
    const tested = await testSignIn(to({ auth: "passthrough", upstreamUser: null, clientUser: null }), none);
    expect(tested).toMatchObject({ ok: true, message: expect.stringMatching(/No sign-in was tried/) });
    expect(tested.upstreamVersion).toMatch(/^\d+\.\d+/);
  });
});

describe("testing a connection", () => {
  it("tells that nothing listens", async () => {
    const upstream = { host: "127.0.0.1", port: await freePort() };
    expect(await testSignIn(connectionOf({ upstream }), none)).toMatchObject({
      ok: false,
      message: expect.stringMatching(/^Nothing listens on/),
    });
  });

  it("tells a name that does not exist", async () => {
    const upstream = { host: "nowhere.invalid", port: 3306 };
    expect(await testSignIn(connectionOf({ upstream }), none)).toMatchObject({
      ok: false,
      message: expect.stringMatching(/could not be resolved/),
    });
  });

  it("gives up on a server that never speaks", async () => {
    const upstream = { host: "127.0.0.1", port: await listening(() => undefined) };
    expect(await testSignIn(connectionOf({ upstream }), none, 200)).toMatchObject({
      ok: false,
      message: expect.stringMatching(/did not answer in time/),
    });
  });

  it("tells a server that hangs up", async () => {
    const upstream = { host: "127.0.0.1", port: await listening((socket) => socket.end()) };
    const tested = await testSignIn(connectionOf({ upstream }), none, 2000);
    expect(tested).toMatchObject({ ok: false, message: expect.stringMatching(/closed the connection/) });
  });

  it("survives a server that speaks something else", async () => {
    const upstream = { host: "127.0.0.1", port: await listening((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")) };
    expect(await testSignIn(connectionOf({ upstream }), none, 2000)).toMatchObject({ ok: false, upstreamVersion: null });
  });
});

function connectionTo(server: ServerAddress, changes: Partial<Connection>): Connection {
  return connectionOf({ upstream: { host: server.host, port: server.port }, upstreamUser: accounts.app.user, ...changes });
}

async function otherAuthority(): Promise<string> {
  return (await createAuthority(new Date())).certificate;
}

function listening(accept: (socket: Socket) => void, host = "127.0.0.1"): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    accept(socket);
  });
  listeners.push(server);
  return new Promise((resolve) => server.listen(0, host, () => resolve((server.address() as AddressInfo).port)));
}

function forward(socket: Socket, server: ServerAddress): void {
  const upstream = connect(server.port, server.host);
  upstream.on("error", () => upstream.destroy());
  socket.pipe(upstream).pipe(socket);
}
