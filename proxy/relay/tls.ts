/** TLS on both sides of a session: as a server towards clients, as a client towards the upstream. */
import { isIP, type Socket } from "node:net";
import { type ConnectionOptions, connect, getCACertificates, type SecureContext, TLSSocket } from "node:tls";
import type { Connection } from "../model/connection.ts";
import { socketPathOf } from "../model/endpoint.ts";
import type { TlsFacts } from "../model/session.ts";

const minVersion = "TLSv1.2";

/** An encrypted socket, or a sentence that says why there is none; then the socket beneath has been closed. */
export type Encrypted =
  | { readonly ok: true; readonly socket: TLSSocket; readonly facts: TlsFacts }
  | { readonly ok: false; readonly late: boolean; readonly message: string };

/** Answers a client's TLS handshake within `limitMs`. What `socket` has already read is part of it. */
export function acceptTls(socket: Socket, secureContext: SecureContext, limitMs: number): Promise<Encrypted> {
  return settled(new TLSSocket(socket, { isServer: true, secureContext }), "secure", limitMs);
}

/** Starts TLS towards the upstream within `limitMs`, its certificate checked as the connection's mode says. */
export function startTls(socket: Socket, connection: Connection, limitMs: number): Promise<Encrypted> {
  try {
    return settled(connect({ ...verification(connection), socket, minVersion }), "secureConnect", limitMs);
  } catch (thrown) {
    // A certificate authority that is not one is found here, before anything is sent.
    socket.destroy();
    return Promise.resolve({ ok: false, late: false, message: messageOf(thrown) });
  }
}

function verification(connection: Connection): ConnectionOptions {
  const { upstreamTls, upstreamCa } = connection;
  // A server has no name on a Unix socket but the machine's own.
  const host = socketPathOf(connection.upstream) === null ? connection.upstream.host : "localhost";
  const servername = isIP(host) === 0 ? { servername: host } : {};
  if (upstreamTls !== "verify-ca" && upstreamTls !== "verify-identity") return { host, ...servername, rejectUnauthorized: false };
  const ca = upstreamCa ?? getCACertificates("system");
  const identity = upstreamTls === "verify-ca" ? { checkServerIdentity: () => undefined } : {};
  return { host, ...servername, ...identity, ca, rejectUnauthorized: true };
}

function settled(socket: TLSSocket, ready: "secure" | "secureConnect", limitMs: number): Promise<Encrypted> {
  const { promise, resolve } = Promise.withResolvers<Encrypted>();
  const giveUp = (late: boolean, message: string): void => {
    clearTimeout(limit);
    resolve({ ok: false, late, message });
    socket.destroy();
  };
  const limit = setTimeout(() => giveUp(true, "it was not finished in time"), limitMs);
  socket.once(ready, () => {
    clearTimeout(limit);
    resolve({ ok: true, socket, facts: factsOf(socket) });
  });
  socket.once("close", () => giveUp(false, "the connection was closed during the handshake"));
  // Stays for good: a late error of a socket that is being given up must not end the process.
  socket.on("error", (failure) => giveUp(false, messageOf(failure)));
  return promise;
}

function factsOf(socket: TLSSocket): TlsFacts {
  return { version: socket.getProtocol() ?? "unknown", cipher: socket.getCipher()?.name ?? "unknown" };
}

/** OpenSSL's own lines name source files; its `reason` is the part for a person. */
function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const reason = "reason" in thrown && typeof thrown.reason === "string" ? thrown.reason : null;
  return reason ?? thrown.message;
}
