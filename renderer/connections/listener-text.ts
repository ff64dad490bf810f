import type { ConnectionListed } from "../../proxy/api/contract.ts";

type Listener = ConnectionListed["listener"];

/** `host:port` that clients connect to, the IPv6 address in brackets; empty while nothing listens. */
export function listeningAt(listener: Listener): string {
  return listener.state === "listening" ? hostAndPort(listener.address, listener.port) : "";
}

/** `host:port`, with brackets around an IPv6 address. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
