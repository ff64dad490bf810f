import type { Connection } from "../../../proxy/model/connection.ts";

/** A mapped connection that passes every rule, with `changes`. */
export function connectionOf(changes: Partial<Connection> = {}): Connection {
  return {
    id: "shop",
    name: "Shop",
    listen: { host: "127.0.0.1", port: 13306 },
    upstream: { host: "db.example", port: 3306 },
    auth: "mapped",
    identity: "os-user",
    upstreamUser: "app",
    clientUser: "ada",
    upstreamTls: "preferred",
    upstreamCa: null,
    upstreamCompression: "off",
    proxyProtocol: "off",
    clientTls: "optional",
    durability: "os",
    ...changes,
  };
}
