import type { Connection } from "../../model/connection.ts";
import { endpointText } from "../../model/endpoint.ts";

/** What mysql2, Node's sockets and Node's TLS say of a failure. */
export interface SignInFailure {
  readonly code?: string | undefined;
  readonly errno?: number | undefined;
  readonly message?: string | undefined;
}

const untrusted = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_UNTRUSTED",
  "CERT_SIGNATURE_FAILURE",
  "INVALID_CA",
]);

/** Whether the server does not offer TLS at all, which `preferred` accepts. */
export function isNoTls(failure: SignInFailure): boolean {
  return failure.code === "HANDSHAKE_NO_SSL_SUPPORT";
}

/** One sentence for the person: what happened, why, what to do. It never holds a password. */
export function signInSentence(failure: SignInFailure, connection: Connection): string {
  const where = endpointText(connection.upstream);
  return networkSentence(failure.code, where) ?? tlsSentence(failure, where) ?? serverSentence(failure, connection, where);
}

function networkSentence(code: string | undefined, where: string): string | null {
  switch (code) {
    case "ECONNREFUSED":
      return `Nothing listens on ${where}. Check the host and the port, and that the server is running.`;
    case "ENOENT":
      return `There is no socket ${where}. Check its path, and that the server is running.`;
    case "EACCES":
      return `This user may not use the socket ${where}.`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `The name of ${where} could not be resolved. Check its spelling and the network.`;
    case "ETIMEDOUT":
      return `${where} did not answer in time. Check the address, and that no firewall is in between.`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `There is no route to ${where}. Check the address and the network.`;
    case "ECONNRESET":
    case "EPIPE":
    case "PROTOCOL_CONNECTION_LOST":
      return `${where} closed the connection during the sign-in. It may not be a MySQL server, or it refuses this machine.`;
    default:
      return null;
  }
}

function tlsSentence(failure: SignInFailure, where: string): string | null {
  const code = failure.code ?? "";
  if (isNoTls(failure))
    return `${where} does not offer TLS, and the connection demands it. Turn TLS on there, or choose a weaker TLS mode.`;
  if (untrusted.has(code)) return `The certificate of ${where} is not trusted (${code}). Give the certificate authority that signed it.`;
  if (code === "CERT_HAS_EXPIRED") return `The certificate of ${where} has expired. Have it renewed.`;
  if (code === "CERT_NOT_YET_VALID") return `The certificate of ${where} is not valid yet. Check the clocks of both machines.`;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return `The certificate of ${where} is for another name. Use a name that the certificate has, or the TLS mode “verify-ca”.`;
  }
  if (code.startsWith("ERR_SSL") || code.startsWith("ERR_TLS") || code === "EPROTO") {
    return `TLS with ${where} failed: ${failure.message ?? code}.`;
  }
  return null;
}

function serverSentence(failure: SignInFailure, connection: Connection, where: string): string {
  const said = failure.message ?? failure.code ?? "no reason given";
  switch (failure.errno) {
    case 1045:
    case 1698:
      return `${where} refused the account “${connection.upstreamUser ?? ""}” or its password (error ${failure.errno}). Check both.`;
    case 1040:
      return `${where} has too many connections just now (error 1040). Try again later.`;
    case 1129:
    case 1130:
      return `${where} does not accept connections from this machine (error ${failure.errno}): ${said}.`;
    case 3159:
      return `${where} accepts this account over TLS only (error 3159). Choose the TLS mode “required” or stricter.`;
    default:
      return `The sign-in at ${where} failed: ${said}.`;
  }
}
