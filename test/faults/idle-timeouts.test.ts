/** A session that idles for longer than the server allows: how it ends for the client, and what is recorded. */
import type { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { decodeErrPacket } from "../../proxy/protocol/err-packet.ts";
import { wellFormed } from "../support/connection-phase-settings.ts";
import { recordedBytes, recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { available } from "../support/servers.ts";
import { WireClient } from "../support/wire/wire-client.ts";

/** What a client sees of the end: the bytes that came without being asked for, and how the connection was closed. */
interface SeenEnd {
  readonly unasked: string;
  readonly how: "closed" | "reset";
}

function endOf(socket: Socket): Promise<SeenEnd> {
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    const settle = (how: SeenEnd["how"]): void => {
      resolve({ unasked: Buffer.concat(chunks).toString("hex"), how });
      socket.destroy();
    };
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.once("end", () => settle("closed"));
    socket.once("error", () => settle("reset"));
  });
}

const setting = "SET SESSION wait_timeout = 1";

describe.each(available(inject("servers")))("at $kind", (server) => {
  let relay: RecordedRelay;
  beforeEach(async () => {
    relay = await startRecordedRelay({ upstream: server });
  });
  afterEach(async () => {
    await relay.stop();
    relay.remove();
  });

  it.each([
    ["an idle session", []],
    ["a session in the middle of a transaction", ["START TRANSACTION", "SELECT 1"]],
  ])("wait_timeout ends %s for the client as without the proxy, and the recording says how", async (_, before) => {
    const idle = async (port: number): Promise<SeenEnd> => {
      const client = await WireClient.connect({ port }, server.app);
      for (const sql of before) await client.query(sql);
      await client.query(setting);
      return endOf(client.detach());
    };
    const [direct, through] = await Promise.all([idle(server.port), idle(relay.port)]);
    expect(through).toEqual(direct);
    await relay.untilIdle();
    const [session] = recordedSessions(relay.dataDirectory);
    expect(session?.close?.cause).toBe(direct.how === "closed" ? "upstream-closed" : "upstream-reset");
    expect(session?.statements.at(-1)).toMatchObject({ sql: setting, outcome: "ok" });
    const upstream = recordedBytes(session?.path ?? "", "upstream").toString("hex");
    expect(upstream.endsWith(direct.unasked)).toBe(true);
    if (direct.unasked === "") return;
    const error = wellFormed(decodeErrPacket(Buffer.from(direct.unasked, "hex").subarray(4)));
    expect(error).toMatchObject({ errno: 4031, sqlstate: "HY000" });
    expect(session?.close?.detail).toBe(`Error 4031 (HY000): ${error.message}`);
  });
});
