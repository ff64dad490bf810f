import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Connection, UpstreamTls } from "../../../../proxy/model/connection.ts";
import type { ClientIdentity } from "../../../../proxy/relay/client-identity.ts";
import { acceptTls, type Encrypted, startTls } from "../../../../proxy/relay/tls.ts";
import { connectionWith } from "../../../support/connection-phase-settings.ts";
import { newClientIdentity } from "../../../support/phase-proxy.ts";

const limitMs = 10_000;
let identity: ClientIdentity;
let ownCa: string;
let removeIdentity: () => Promise<void>;
let otherCa: string;
let opened: Socket[] = [];

beforeAll(async () => {
  const [made, other] = await Promise.all([newClientIdentity(), newClientIdentity()]);
  identity = made.identity;
  removeIdentity = made.remove;
  ownCa = await readFile(identity.authorityFile, "utf8");
  otherCa = await readFile(other.identity.authorityFile, "utf8");
  await other.remove();
});
afterEach(() => {
  for (const socket of opened) socket.destroy();
  opened = [];
});
afterAll(() => removeIdentity());

async function pair(): Promise<[Socket, Socket]> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const far = connect((server.address() as { port: number }).port, "127.0.0.1");
  const [near] = (await once(server, "connection")) as [Socket];
  server.close();
  for (const socket of [near, far]) socket.on("error", () => undefined);
  opened.push(near, far);
  return [near, far];
}

async function handshake(changes: Partial<Connection>): Promise<Encrypted> {
  const [near, far] = await pair();
  const [, started] = await Promise.all([
    acceptTls(near, identity.secureContext, limitMs),
    startTls(far, connectionWith(changes), limitMs),
  ]);
  return started;
}

const upstream = (host: string): { host: string; port: number } => ({ host, port: 3306 });

describe("TLS towards the upstream", () => {
  it.each<[UpstreamTls, string, () => string | null, boolean]>([
    ["preferred", "elsewhere.example", () => null, true],
    ["required", "elsewhere.example", () => otherCa, true],
    ["verify-ca", "elsewhere.example", () => ownCa, true],
    ["verify-ca", "localhost", () => otherCa, false],
    ["verify-ca", "localhost", () => null, false],
    ["verify-identity", "localhost", () => ownCa, true],
    ["verify-identity", "127.0.0.1", () => ownCa, true],
    ["verify-identity", "::1", () => ownCa, true],
    ["verify-identity", "elsewhere.example", () => ownCa, false],
    ["verify-identity", "192.0.2.1", () => ownCa, false],
    ["verify-identity", "localhost", () => otherCa, false],
  ])("is %s: %s (case %#)", async (upstreamTls, host, ca, ok) => {
    expect(await handshake({ upstreamTls, upstream: upstream(host), upstreamCa: ca() })).toMatchObject({ ok });
  });

  it("says what was agreed", async () => {
    expect(await handshake({ upstreamTls: "required" })).toMatchObject({
      facts: { version: "TLSv1.3", cipher: expect.stringContaining("TLS_") },
    });
  });

  it("is closed with a reason when the certificate is not trusted", async () => {
    const refused = await handshake({ upstreamTls: "verify-ca", upstreamCa: otherCa });
    expect(refused).toMatchObject({ ok: false, late: false, message: expect.stringMatching(/certificate/) });
  });
});

describe("a TLS handshake that does not go on", () => {
  it("ends when its time is up, on either side", async () => {
    const [[near], [, far]] = await Promise.all([pair(), pair()]);
    expect(await acceptTls(near, identity.secureContext, 20)).toMatchObject({ ok: false, late: true });
    expect(await startTls(far, connectionWith({ upstreamTls: "required" }), 20)).toMatchObject({ ok: false, late: true });
    expect([near.destroyed, far.destroyed]).toEqual([true, true]);
  });

  it("ends when the other side goes away", async () => {
    const [near, far] = await pair();
    const accepted = acceptTls(near, identity.secureContext, limitMs);
    far.destroy();
    expect(await accepted).toMatchObject({ ok: false, late: false });
  });
});
