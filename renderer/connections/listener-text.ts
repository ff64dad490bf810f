import type { ConnectionListed } from "../../proxy/api/contract.ts";
import { endpointText } from "../../proxy/model/endpoint.ts";

type Listener = ConnectionListed["listener"];

/** `host:port` that clients connect to, the IPv6 address in brackets, or the socket's path; empty while nothing listens. */
export function listeningAt(listener: Listener): string {
  return listener.state === "listening" ? hostAndPort(listener.address, listener.port) : "";
}

/** `host:port`, with brackets around an IPv6 address; a Unix socket is its path. */
export function hostAndPort(host: string, port: number): string {
  return endpointText({ host, port });
}
