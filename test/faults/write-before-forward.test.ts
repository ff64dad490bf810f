import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterEach, describe, expect, inject, it, vi } from "vitest";
import { listRecordings } from "../../proxy/recording/recording-files.ts";
import { recordedBytes } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { available } from "../support/servers.ts";

let relay: RecordedRelay | null = null;

afterEach(async () => {
  vi.restoreAllMocks();
  await relay?.stop();
  relay?.remove();
  relay = null;
});

interface Forwarded {
  readonly direction: "client" | "upstream";
  /** Whether the file already ended with these bytes at the moment they were handed to the socket. */
  readonly wasRecorded: boolean;
}

/** From now on, looks into the file on disk at each write to a socket of the relay. */
function watchForwarding(port: number, upstreamPort: number, dataDirectory: string): Forwarded[] {
  const seen: Forwarded[] = [];
  const write = Duplex.prototype.write;
  vi.spyOn(Duplex.prototype, "write").mockImplementation(function (this: Duplex, ...args: unknown[]) {
    const { localPort, remotePort } = this as Socket;
    const direction = localPort === port ? "upstream" : remotePort === upstreamPort ? "client" : null;
    const [file] = listRecordings(dataDirectory);
    if (direction !== null && Buffer.isBuffer(args[0])) {
      const recorded = file === undefined ? Buffer.alloc(0) : recordedBytes(file.path, direction);
      const bytes = args[0];
      seen.push({ direction, wasRecorded: recorded.subarray(recorded.length - bytes.length).equals(bytes) });
    }
    return Reflect.apply(write, this, args) as boolean;
  });
  return seen;
}

describe.each(available(inject("servers")))("between a client and $kind", (server) => {
  it("hands no byte to either side before the file on disk holds it", async () => {
    relay = await startRecordedRelay({ upstream: server });
    const client = await createConnection({ host: "127.0.0.1", port: relay.port, ...server.app });
    const forwarded = watchForwarding(relay.port, server.port, relay.dataDirectory);

    await client.query("SELECT 1 AS one, REPEAT('x', 300000) AS many");
    await client.execute("SELECT ? AS bound", ["prepared"]);
    await expect(client.query("SELECT nothing FROM nowhere")).rejects.toThrow();
    const [rows] = await client.query<RowDataPacket[]>("SELECT 2 AS two");
    await client.end();
    await relay.untilIdle();

    expect(rows).toEqual([{ two: 2 }]);
    expect(forwarded.filter(({ direction }) => direction === "client").length).toBeGreaterThanOrEqual(5);
    expect(forwarded.filter(({ direction }) => direction === "upstream").length).toBeGreaterThanOrEqual(5);
    expect(forwarded.filter(({ wasRecorded }) => !wasRecorded)).toEqual([]);
  });
});
