import { createHash } from "node:crypto";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterEach, describe, expect, inject, it } from "vitest";
import type { Connection } from "../../../proxy/model/connection.ts";
import { credentialOf } from "../../support/identity/client-credential-of.ts";
import { type RecordedRelay, startRecordedRelay } from "../../support/recorded-relay.ts";
import { available } from "../../support/servers.ts";
import { startTappedForwarder } from "../../support/tapped-forwarder.ts";

const password = "password-of-anna-only";
const anna = credentialOf("anna", password);

let relay: RecordedRelay | null = null;

afterEach(async () => {
  await relay?.stop();
  relay?.remove();
  relay = null;
});

function hashes(algorithm: "sha1" | "sha256", secret: string): Buffer[] {
  const once = createHash(algorithm).update(secret).digest();
  return [once, createHash(algorithm).update(once).digest()];
}

/** In whatever way bytes are written down. */
function writings(bytes: Buffer): Buffer[] {
  const texts = [bytes.toString("hex"), bytes.toString("hex").toUpperCase(), bytes.toString("base64"), bytes.toString("base64url")];
  return [bytes, ...texts.map((text) => Buffer.from(text))];
}

/** Every stretch of as many bytes as an authentication response has. */
function stretches(bytes: Buffer, length: number): Set<string> {
  return new Set(Array.from({ length: Math.max(bytes.length - length + 1, 0) }, (_, at) => bytes.toString("hex", at, at + length)));
}

const mapped: Partial<Connection> = { auth: "mapped", clientTls: "off", upstreamTls: "off" };

describe.each(available(inject("servers")))("what is on the wire between a client and the proxy, without TLS, at $kind", (server) => {
  it.each([
    ["a credential of the connection's own", { ...mapped, clientUser: anna.user }],
    ["a credential that was made for a person", { ...mapped, identity: "sign-in" as const }],
  ])("holds nothing of the upstream's account, with %s", async (_what, connection) => {
    await using upstreamSide = await startTappedForwarder(server);
    const upstream = { host: "127.0.0.1", port: upstreamSide.port };
    relay = await startRecordedRelay({
      upstream,
      connection: { ...connection, upstreamUser: server.root.user },
      secrets: { upstreamPassword: server.root.password, clientPassword: password },
      credentials: [anna],
    });
    await using clientSide = await startTappedForwarder({ host: "127.0.0.1", port: relay.port });
    const client = await createConnection({ host: "127.0.0.1", port: clientSide.port, user: anna.user, password });
    const [rows] = await client.query<RowDataPacket[]>("SELECT 1 AS it");
    expect(rows).toEqual([{ it: 1 }]);
    await client.changeUser({ user: anna.user, password, database: "test" });
    await client.query("SELECT 2");
    await client.end();
    await expect(createConnection({ host: "127.0.0.1", port: clientSide.port, user: anna.user, password: "wrong" })).rejects.toThrow(
      "denied",
    );
    await relay.untilIdle();

    const captured = Buffer.concat([clientSide.passed("to-server"), clientSide.passed("to-client")]);
    expect(captured.includes(anna.user)).toBe(true);
    const { user, password: secret } = server.root;
    const secrets = [Buffer.from(secret), ...hashes("sha1", secret), ...hashes("sha256", secret)].flatMap(writings);
    for (const one of secrets) expect(captured.includes(one)).toBe(false);
    expect(captured.includes(`${user}\0`)).toBe(false);

    // What the proxy answered the upstream: no stretch of what it sent there, long enough to be a response, went to the client.
    const toUpstream = upstreamSide.passed("to-server");
    const at = toUpstream.indexOf(`${user}\0`);
    const length = toUpstream[at + user.length + 1] ?? 0;
    expect([20, 32]).toContain(length);
    const response = toUpstream.subarray(at + user.length + 2, at + user.length + 2 + length);
    for (const part of stretches(response, 8)) expect(captured.includes(Buffer.from(part, "hex"))).toBe(false);
  });
});
