/**
 * Where something listens: a host and a TCP port, or a Unix socket, which is its absolute path in place of the host
 * (its port says nothing, and is 0).
 */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Path of the Unix socket that an endpoint is; `null` for a TCP one. */
export function socketPathOf({ host }: { readonly host: string }): string | null {
  return host.startsWith("/") ? host : null;
}

/** An endpoint as a person writes it: `127.0.0.1:3306`, `[::1]:3306` or `/run/mysqld/mysqld.sock`. */
export function endpointText(endpoint: Endpoint): string {
  const { host, port } = endpoint;
  if (socketPathOf(endpoint) !== null) return host;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
