/**
 * The real servers that tests talk to: one private MariaDB and one MySQL 9.7, shared by all test files of a run.
 * A test asks with `inject("servers")`; a part that is not on the machine is `null` there, and its tests are skipped.
 */
import { findMariadbServer, startMariadb } from "./servers/mariadb.ts";
import { mysqlIsThere, startMysql } from "./servers/mysql.ts";
import type { PrivateServer, ServerAddress } from "./servers/private-server.ts";
import { sweepStaleServers } from "./servers/server-directory.ts";

export { type Account, accounts } from "./servers/accounts.ts";
export { freePort } from "./servers/free-port.ts";
export { startMariadb } from "./servers/mariadb.ts";
export { startMysql } from "./servers/mysql.ts";
export type { PrivateServer, ServerAddress } from "./servers/private-server.ts";

export interface Servers {
  readonly mariadb: ServerAddress | null;
  readonly mysql: ServerAddress | null;
}

/** Starts both servers, as far as they are on this machine. `stop` ends them. */
export async function startServers(): Promise<{ servers: Servers; stop(): Promise<void> }> {
  sweepStaleServers();
  const started = await Promise.allSettled([findMariadbServer() === null ? null : startMariadb(), mysqlIsThere() ? startMysql() : null]);
  const running = started.flatMap((result) => (result.status === "fulfilled" && result.value !== null ? [result.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((server) => server.stop()));
  };
  const failed = started.find((result) => result.status === "rejected");
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  const address = (kind: ServerAddress["kind"]): ServerAddress | null =>
    running.find((server: PrivateServer) => server.address.kind === kind)?.address ?? null;
  return { servers: { mariadb: address("mariadb"), mysql: address("mysql") }, stop };
}

/** The servers of `servers` that are there, for `describe.each`. */
export function available(servers: Servers): ServerAddress[] {
  return [servers.mariadb, servers.mysql].filter((server) => server !== null);
}
