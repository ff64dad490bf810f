/** Settings, facts and keys for tests of the Connection phase. */
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import type { Connection, ConnectionSecrets } from "../../proxy/model/connection.ts";
import { decodeHandshakeResponse41, type HandshakeResponse41 } from "../../proxy/protocol/handshake-response-41.ts";
import { decodeHandshakeV10, type HandshakeV10 } from "../../proxy/protocol/handshake-v10.ts";
import type { Decoded } from "../../proxy/protocol/packet-reader.ts";
import type { PasswordKey } from "../../proxy/relay/password-translation.ts";
import { greetings, responses } from "./connection-phase-packets.ts";

/** A connection in `passthrough` without TLS; `changes` say what is different. */
export function connectionWith(changes: Partial<Connection> = {}): Connection {
  return {
    id: "shop",
    name: "shop",
    listen: { host: "127.0.0.1", port: 0 },
    upstream: { host: "127.0.0.1", port: 3306 },
    auth: "passthrough",
    identity: "os-user",
    upstreamUser: null,
    clientUser: null,
    upstreamTls: "off",
    upstreamCa: null,
    upstreamCompression: "off",
    proxyProtocol: "off",
    clientTls: "optional",
    durability: "os",
    ...changes,
  };
}

/** The same in `mapped` mode: clients are alice/alicepw, the stored account is app/apppw. */
export function mappedConnection(changes: Partial<Connection> = {}): Connection {
  return connectionWith({ auth: "mapped", clientUser: "alice", upstreamUser: "app", ...changes });
}

export const mappedSecrets: ConnectionSecrets = { upstreamPassword: "apppw", clientPassword: "alicepw" };

/** An RSA key pair as the proxy has one. */
export function newPasswordKey(): PasswordKey {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { privateKey, publicKeyPem: Buffer.from(createPublicKey(privateKey).export({ type: "spki", format: "pem" })) };
}

/** The value of what must be well-formed. */
export function wellFormed<T>(decoded: Decoded<T>): T {
  if (!decoded.ok) throw new Error(decoded.malformed);
  return decoded.value;
}

/** A real server's greeting, decoded. */
export function greetingOf(server: keyof typeof greetings): HandshakeV10 {
  return wellFormed(decodeHandshakeV10(greetings[server]));
}

/** A real client's answer, decoded; `changes` say what is different. */
export function responseOf(client: keyof typeof responses, changes: Partial<HandshakeResponse41> = {}): HandshakeResponse41 {
  return { ...wellFormed(decodeHandshakeResponse41(responses[client])), ...changes };
}
