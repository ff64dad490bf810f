import { connect, type Socket } from "node:net";
import type { PeerCertificate, TLSSocket } from "node:tls";
import { checkServerIdentity, getCACertificates } from "node:tls";
import { type Connection as ClientConnection, type ConnectionOptions, createConnection, type SslOptions } from "mysql2";
import type { Connection, ConnectionSecrets, UpstreamTls } from "../../model/connection.ts";
import { socketPathOf } from "../../model/endpoint.ts";
import { serverVersion } from "../../model/server-version.ts";
import type { TlsFacts } from "../../model/session.ts";
import { encodeProxyHeader } from "../../protocol/proxy-header.ts";
import { ClearFactors } from "./clear-factors.ts";
import { isNoTls, type SignInFailure, signInSentence } from "./sign-in-failure.ts";

/** What a test of a connection found; `message` is a sentence for the person either way. */
export interface SignInTest {
  readonly ok: boolean;
  readonly message: string;
  readonly upstreamVersion: string | null;
  readonly tls: TlsFacts | null;
}

const defaultLimitMs = 10_000;

/**
 * Signs in upstream as the relay would, with a real client, and signs out again. With `passthrough` and no account
 * there is nothing to sign in with: that the server answers up to the point of refusing a nameless account is the
 * success. Never rejects for what the network or the server does.
 */
export async function testSignIn(connection: Connection, secrets: ConnectionSecrets, limitMs = defaultLimitMs): Promise<SignInTest> {
  const first = await attempt(connection, secrets, limitMs, asksForTls(connection));
  if (connection.upstreamTls === "preferred" && !first.ok && isNoTls(first.failure)) {
    return result(connection, await attempt(connection, secrets, limitMs, false));
  }
  return result(connection, first);
}

/** As the relay does it: over a Unix socket only where TLS is demanded. */
function asksForTls({ upstreamTls, upstream }: Connection): boolean {
  return upstreamTls !== "off" && !(upstreamTls === "preferred" && socketPathOf(upstream) !== null);
}

type Attempt = Reached & ({ readonly ok: true } | { readonly ok: false; readonly failure: SignInFailure });
type Reached = { readonly version: string | null; readonly tls: TlsFacts | null };

function attempt(connection: Connection, secrets: ConnectionSecrets, limitMs: number, encrypted: boolean): Promise<Attempt> {
  const factors = new ClearFactors(secrets);
  // Never in clear over a network, as the relay has it.
  const { authPlugins } = encrypted || socketPathOf(connection.upstream) !== null ? factors : {};
  const options = optionsOf(connection, secrets, limitMs, encrypted);
  const client = createConnection({ ...options, ...(authPlugins && { authPlugins }) }) as ClientInternals;
  factors.watch(client);
  const tlsFailure = watchTls(client, connection);
  const greeting = client._command;
  const { promise, resolve } = Promise.withResolvers<Attempt>();
  const end = (failure: SignInFailure | null) => {
    clearTimeout(limit);
    const greeted = greeting?.handshake?.serverVersion;
    const reached = { version: greeted === undefined ? null : serverVersion(greeted), tls: tlsFacts(client) };
    resolve(failure === null ? { ok: true, ...reached } : { ok: false, failure: tlsFailure() ?? failure, ...reached });
    if (failure === null) client.end(() => client.destroy());
    else client.destroy();
  };
  const limit = setTimeout(() => end({ code: "ETIMEDOUT" }), limitMs);
  client.on("error", end);
  client.connect((error) => end(error));
  return promise;
}

function optionsOf(connection: Connection, secrets: ConnectionSecrets, limitMs: number, encrypted: boolean): ConnectionOptions {
  return {
    host: nameOf(connection),
    stream: () => reach(connection),
    ...socketOf(connection),
    user: connection.upstreamUser ?? "",
    password: secrets.upstreamPassword ?? "",
    connectTimeout: limitMs,
    ...(encrypted ? { ssl: sslOf(connection.upstreamTls, connection.upstreamCa) } : {}),
  };
}

/** The name that the upstream's certificate must have. */
function nameOf({ upstream }: Connection): string {
  return socketPathOf(upstream) === null ? upstream.host : "localhost";
}

/** Tells mysql2 that a password may be sent as it is, though it is we who connect. */
function socketOf({ upstream }: Connection): { readonly socketPath?: string } {
  const socketPath = socketPathOf(upstream);
  return socketPath === null ? {} : { socketPath };
}

/** A socket to the upstream, on which the PROXY protocol is spoken first where the connection says so. */
function reach({ upstream, proxyProtocol }: Connection): Socket {
  const path = socketPathOf(upstream);
  const socket = connect(path === null ? { host: upstream.host, port: upstream.port } : { path });
  // There is no client whose address could be told: the header says that it is the proxy's own connection.
  if (proxyProtocol !== "off") socket.write(encodeProxyHeader(proxyProtocol, null));
  return socket;
}

function sslOf(mode: UpstreamTls, ca: string | null): SslOptions {
  const verified = mode === "verify-ca" || mode === "verify-identity";
  return { rejectUnauthorized: verified, ...(verified ? { ca: ca ?? getCACertificates("system") } : {}) };
}

/** The parts of mysql2's connection that its types leave out: the greeting, the socket, and the step to TLS. */
interface ClientInternals extends ClientConnection {
  /** At first the sign-in itself, which keeps the server's greeting also when it fails. */
  readonly _command?: { readonly handshake?: { readonly serverVersion?: string } | null };
  readonly stream?: Partial<TLSSocket>;
  startTLS(done: (error?: Error) => void): void;
}

/**
 * Checks the certificate's names, where the mode asks for it, before the password is sent: mysql2 has `verifyIdentity`,
 * but it compares an upstream given by its IP address with “localhost”. Also keeps what TLS said, because mysql2
 * overwrites the error's code.
 */
function watchTls(client: ClientInternals, connection: Connection): () => SignInFailure | null {
  let failure: SignInFailure | null = null;
  const startTls = client.startTLS.bind(client);
  client.startTLS = (done) =>
    startTls((failed) => {
      const error = failed ?? (connection.upstreamTls === "verify-identity" ? identityError(client, nameOf(connection)) : undefined);
      if (error !== undefined) failure = { code: "code" in error ? String(error.code) : "ERR_TLS", message: error.message };
      done(error);
    });
  return () => failure;
}

function identityError(client: ClientInternals, host: string): Error | undefined {
  const certificate: PeerCertificate | undefined = client.stream?.getPeerCertificate?.();
  if (certificate === undefined) return new Error("the server showed no certificate");
  return checkServerIdentity(host, certificate);
}

function tlsFacts(client: ClientInternals): TlsFacts | null {
  const version = client.stream?.getProtocol?.();
  const cipher = client.stream?.getCipher?.();
  return version && cipher ? { version, cipher: cipher.name } : null;
}

function result(connection: Connection, attempted: Attempt): SignInTest {
  const { version, tls } = attempted;
  const nameless = connection.auth === "passthrough" && connection.upstreamUser === null;
  const server = version === null ? "The server" : `The server (${version})`;
  const encryption = tls === null ? "without encryption" : `over ${tls.version}`;
  if (attempted.ok && !nameless)
    return { ok: true, message: `${server} accepted the sign-in ${encryption}.`, upstreamVersion: version, tls };
  if (attempted.ok || (nameless && isSignInRefusal(attempted.failure))) {
    const message = `${server} answers ${encryption}. No sign-in was tried: each client brings its own account.`;
    return { ok: true, message, upstreamVersion: version, tls };
  }
  return { ok: false, message: signInSentence(attempted.failure, connection), upstreamVersion: version, tls };
}

function isSignInRefusal(failure: SignInFailure): boolean {
  return failure.errno === 1045 || failure.errno === 1698;
}
