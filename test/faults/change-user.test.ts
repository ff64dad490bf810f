import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterEach, describe, expect, inject, it } from "vitest";
import { listRecordings } from "../../proxy/recording/recording-files.ts";
import { recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { available } from "../support/servers.ts";

let relay: RecordedRelay | null = null;

afterEach(async () => {
  await relay?.stop();
  relay?.remove();
  relay = null;
});

/** All that the client writes to its socket from now on. */
function watchWrites(client: object): Buffer[] {
  const { stream } = (client as { connection: { stream: Socket } }).connection;
  const written: Buffer[] = [];
  const write = stream.write.bind(stream) as (chunk: Buffer) => boolean;
  stream.write = ((chunk: Buffer) => {
    written.push(Buffer.from(chunk));
    return write(chunk);
  }) as Socket["write"];
  return written;
}

/** Every stretch of 20 bytes in `bytes`: an authentication response, or a part of one, is among them. */
function stretches(bytes: Buffer): Buffer[] {
  return Array.from({ length: Math.max(bytes.length - 19, 0) }, (_, at) => bytes.subarray(at, at + 20));
}

describe.each(available(inject("servers")))("COM_CHANGE_USER at $kind", (server) => {
  it("changes the account in passthrough, and no authentication byte is recorded", async () => {
    relay = await startRecordedRelay({ upstream: server });
    const client = await createConnection({ host: "127.0.0.1", port: relay.port, ...server.app });
    await client.query("SELECT 'before' AS it");
    const written = watchWrites(client);
    await client.changeUser({ user: server.root.user, password: server.root.password, database: "test" });
    const afterChange = written.length;
    const [rows] = await client.query<RowDataPacket[]>("SELECT CURRENT_USER() AS account, DATABASE() AS db");
    await client.end();
    await relay.untilIdle();

    expect(rows[0]).toMatchObject({ account: expect.stringMatching(/^root@/), db: "test" });
    const recording = readFileSync([...listRecordings(relay.dataDirectory)][0]?.path ?? "");
    const authentication = written.slice(0, afterChange);
    // The response is 20 or 32 bytes: of the packet that carries it some stretch may be recorded, but never all of them.
    const [changeUser, ...answers] = authentication.map((packet) => packet.subarray(4));
    const response = changeUser?.subarray(changeUser.indexOf(0, 1) + 2) ?? Buffer.alloc(0);
    const length = changeUser?.[changeUser.indexOf(0, 1) + 1] ?? 0;
    expect(length).toBeGreaterThanOrEqual(20);
    for (const secret of [response.subarray(0, length), ...answers]) {
      for (const part of stretches(secret)) expect(recording.includes(part)).toBe(false);
      if (secret.length >= 8) expect(recording.includes(secret.subarray(0, 8))).toBe(false);
    }

    const [session] = recordedSessions(relay.dataDirectory);
    expect(session?.statements.map(({ command, outcome }) => [command, outcome])).toContainEqual(["COM_CHANGE_USER", "ok"]);
    expect(session?.statements.at(-2)?.results[0]?.[0]?.[0]).toMatch(/^root@/);
    expect(session?.close?.cause).toBe("client-quit");
  });

  it("with a wrong password is refused by the server in passthrough", async () => {
    relay = await startRecordedRelay({ upstream: server });
    const client = await createConnection({ host: "127.0.0.1", port: relay.port, ...server.app });
    client.on("error", () => undefined);
    await expect(client.changeUser({ user: server.root.user, password: "canary-wrong" })).rejects.toMatchObject({ errno: 1045 });
    client.destroy();
    await relay.untilIdle();
    const [session] = recordedSessions(relay.dataDirectory);
    expect(session?.statements).toContainEqual(expect.objectContaining({ command: "COM_CHANGE_USER", outcome: "error", errno: 1045 }));
    expect(readFileSync(session?.path ?? "").includes("canary-wrong")).toBe(false);
  });

  it("lets nobody but the connection's own client in where the account is mapped", async () => {
    relay = await startRecordedRelay({
      upstream: server,
      connection: { auth: "mapped", clientUser: "alice", upstreamUser: "app" },
      secrets: { upstreamPassword: server.app.password, clientPassword: "alicepw" },
    });
    const client = await createConnection({ host: "127.0.0.1", port: relay.port, user: "alice", password: "alicepw" });
    client.on("error", () => undefined);
    await client.changeUser({ user: "alice", password: "alicepw", database: "test" });
    const [rows] = await client.query<RowDataPacket[]>("SELECT CURRENT_USER() AS account, DATABASE() AS db");
    expect(rows).toEqual([{ account: "app@%", db: "test" }]);
    await expect(client.changeUser({ user: server.root.user, password: server.root.password })).rejects.toMatchObject({ errno: 1045 });
    client.destroy();
    await relay.untilIdle();
    const [session] = recordedSessions(relay.dataDirectory);
    for (const secret of [server.app.password, "alicepw", server.root.password])
      expect(readFileSync(session?.path ?? "").includes(secret)).toBe(false);
  });
});
