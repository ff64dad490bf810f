import { statSync } from "node:fs";
import { join } from "node:path";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { describe, expect, inject, it } from "vitest";
import { available } from "../../support/servers.ts";
import { listSessions, runStenograph, startStenograph, temporaryDirectory } from "../../support/stenograph.ts";

describe.each(available(inject("servers")))("record with Unix sockets and $kind", (server) => {
  const upstreamSocket = join(server.filesDirectory, "..", "server.sock");
  const upstream = `mysql://localhost/?socket=${encodeURIComponent(upstreamSocket)}`;

  it("listens on one and reaches the server over another", async () => {
    using directory = temporaryDirectory();
    const data = join(directory.path, "data");
    const socketPath = join(directory.path, "s.sock");
    const running = await startStenograph(["record", "--data", data, "--listen", `unix:${socketPath}`, "--upstream", upstream]);
    expect(running.first).toEqual({ event: "listening", address: socketPath, port: 0 });
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
    const client = await createConnection({ socketPath, ...server.app });
    const [rows] = await client.query<RowDataPacket[]>("SELECT CURRENT_USER() AS account");
    expect(rows[0]).toEqual({ account: "app@%" });
    await client.end();
    expect(await running.end()).toMatchObject({ exitCode: 0 });
    expect(await listSessions(data)).toMatchObject([{ connection: upstreamSocket, client: `unix:${socketPath}`, account: "app" }]);
  });

  it.each([
    ["a port to listen on, in passthrough", "127.0.0.1:0", upstream, 1, "Listen on a Unix socket too"],
    ["a relative path", "127.0.0.1:0", "mysql://localhost/?socket=my.sock", 2, "an absolute path"],
    ["a socket on another machine", "127.0.0.1:0", "mysql://db.example/?socket=/run/m.sock", 2, "mysql://[USER@]localhost/?socket=/PATH"],
  ])("refuses %s, and says why", async (_what, listen, to, exitCode, why) => {
    using directory = temporaryDirectory();
    const run = await runStenograph(["record", "--data", directory.path, "--listen", listen, "--upstream", to]);
    expect(run).toMatchObject({ exitCode, stderr: expect.stringContaining(why) });
  });
});
