import { X509Certificate } from "node:crypto";
import { BlockList, isIP } from "node:net";
import type { StoredConnection } from "../../config.ts";
import { type Connection, type ConnectionSecrets, upstreamSecretNames } from "../../model/connection.ts";
import { endpointText, socketPathOf } from "../../model/endpoint.ts";
import { socketTrustProblem } from "../../model/socket-trust.ts";
import type { ConnectionSecretsInput } from "../contract.ts";
import { secretWords } from "./secret-words.ts";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** White space and control characters, which no name of a host has. */
const notInHosts = /[\s\p{Cc}]/u;
/** What no path of a socket should have, though the system allows it. */
const controlCharacters = /\p{Cc}/u;

const idPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** What is wrong with a connection's settings beyond their shape, as a sentence; `null` where nothing is. */
export function problemOf(connection: Connection, secrets: ConnectionSecrets): string | null {
  if (!idPattern.test(connection.id)) return "The connection's id may have letters, digits, “-” and “_” only, and at most 64 of them.";
  if (/\p{Cc}/u.test(connection.name)) return "The connection's name cannot have line ends or control characters in it.";
  return endpointProblem(connection) ?? accountProblem(connection, secrets) ?? certificateProblem(connection);
}

/** Whether only programs on this machine can reach a listener on `host`. */
export function isLoopback(host: string): boolean {
  if (host === "localhost") return true;
  const family = isIP(host);
  return family !== 0 && loopback.check(host, family === 6 ? "ipv6" : "ipv4");
}

/**
 * A stored password goes only to the server that it was entered for: with another address it has to be entered again,
 * or whoever can edit a connection could have it sent to a server of their own. `null` where it need not be.
 */
export function passwordNeededAgain(before: StoredConnection | null, connection: Connection, input: ConnectionSecretsInput): string | null {
  const kept = upstreamSecretNames.filter((name) => input[name] === undefined && before?.secrets.includes(name));
  if (before === null || kept.length === 0) return null;
  const was = endpointText(before.connection.upstream);
  if (was === endpointText(connection.upstream)) return null;
  return `The upstream is another one than ${was}. Enter ${secretWords(kept)} again: a stored password is never sent to another server.`;
}

function endpointProblem(connection: Connection): string | null {
  const { listen, upstream } = connection;
  const listensOnSocket = socketPathOf(listen) !== null;
  if (listensOnSocket && controlCharacters.test(listen.host))
    return "The path to listen on cannot have line ends or control characters in it.";
  if (!listensOnSocket && isIP(listen.host) === 0 && listen.host !== "localhost") {
    return `“${listen.host}” is not an address to listen on; use 127.0.0.1 for programs on this machine.`;
  }
  if (socketPathOf(upstream) !== null) {
    if (controlCharacters.test(upstream.host)) return "The upstream's path cannot have line ends or control characters in it.";
    if (listen.host === upstream.host) return "The connection would listen on its own upstream's socket; choose another path to listen on.";
    return socketTrustProblem(connection);
  }
  if (notInHosts.test(upstream.host)) return "The upstream's host cannot have spaces, line ends or control characters in it.";
  if (upstream.port === 0) return "The upstream's port cannot be 0; MySQL's usual port is 3306.";
  if (!listensOnSocket && listen.port === upstream.port && isLoopback(listen.host) && isLoopback(upstream.host)) {
    return `The connection would listen on its own upstream's port (${listen.port}); choose another port to listen on.`;
  }
  return null;
}

function accountProblem(connection: Connection, secrets: ConnectionSecrets): string | null {
  if (connection.auth === "passthrough") {
    return connection.identity === "os-user"
      ? null
      : "Clients present what was made for who signed in with mapped sign-in only; choose it.";
  }
  if (!connection.upstreamUser) return "Mapped sign-in needs the account to sign in with upstream.";
  if (connection.identity === "sign-in") return null;
  if (!connection.clientUser) return "Mapped sign-in needs the user name that clients present.";
  if (socketPathOf(connection.listen) === null && !isLoopback(connection.listen.host) && !secrets.clientPassword) {
    return "Mapped sign-in without a password for clients would let anyone on the network use the stored account; set one, or listen on 127.0.0.1.";
  }
  return null;
}

/** What is wrong with the certificate authority to trust for the upstream, as a sentence; `null` where nothing is. */
export function certificateProblem(connection: Connection): string | null {
  if (connection.upstreamCa === null) return null;
  try {
    const certificate = new X509Certificate(connection.upstreamCa);
    return certificate.ca ? null : "The certificate given as the upstream's authority is not an authority's (its CA flag is not set).";
  } catch {
    return "The upstream's certificate authority is not a certificate in PEM format (-----BEGIN CERTIFICATE-----).";
  }
}
