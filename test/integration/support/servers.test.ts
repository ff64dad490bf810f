import { readFileSync } from "node:fs";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { describe, expect, inject, it } from "vitest";
import { available, type ServerAddress } from "../../support/servers.ts";

const servers = available(inject("servers"));

async function signIn(server: ServerAddress, account: { user: string; password: string }, tls: boolean): Promise<RowDataPacket> {
  const ssl = { ca: readFileSync(server.caFile, "utf8"), verifyIdentity: true };
  const connection = await createConnection({
    host: server.host,
    port: server.port,
    ...account,
    database: "test",
    ...(tls ? { ssl } : {}),
  });
  try {
    const [rows] = await connection.query<RowDataPacket[]>(
      "SELECT CURRENT_USER() AS account, @@max_allowed_packet AS packet, @@local_infile AS localInfile, @@max_connections AS connections",
    );
    return rows[0] as RowDataPacket;
  } finally {
    await connection.end();
  }
}

describe.each(servers)("the $kind test server", (server) => {
  it("lets every test account in over TLS with a certificate that holds", async () => {
    expect((await signIn(server, server.root, true)).account).toBe("root@127.0.0.1");
    expect((await signIn(server, server.app, true)).account).toBe("app@%");
    expect((await signIn(server, server.nopw, true)).account).toBe("nopw@%");
  });

  it("lets accounts in without TLS too, takes large packets and many clients", async () => {
    expect(await signIn(server, server.app, false)).toEqual({
      account: "app@%",
      packet: 256 * 1024 * 1024,
      localInfile: 1,
      connections: 1000,
    });
  });
});
