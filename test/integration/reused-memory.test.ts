import { beforeAll, describe, expect, inject, it, onTestFinished, vi } from "vitest";
import { Capability } from "../../proxy/protocol/capabilities.ts";
import type * as DirectSocket from "../../proxy/relay/direct-socket.ts";
import { type Observed, observe } from "../support/corpus/observe.ts";
import { recordedSessions } from "../support/recorded.ts";
import { startRecordedRelay } from "../support/recorded-relay.ts";
import { available } from "../support/servers.ts";
import { usualCapabilities } from "../support/wire/wire-client.ts";

/** Lengths of the pieces that all chunks are cut into, over and over: within headers, between packets, and whole answers. */
const pieces = [1, 2, 3, 4, 5, 9, 50, 700, 9000];

/** What memory is filled with once nobody needs what was in it. */
const poison = 0xee;

const taken = { freed: 0, kept: 0 };

vi.mock("../../proxy/relay/direct-socket.ts", async (original) => {
  const { directSocket } = await original<typeof DirectSocket>();
  const poisoned: typeof directSocket = (socket, take) => {
    let next = 0;
    return directSocket(socket, (chunk) => {
      for (let at = 0; at < chunk.length; next += 1) {
        const piece = Buffer.from(chunk.subarray(at, at + (pieces[next % pieces.length] as number)));
        at += piece.length;
        const free = take(piece);
        taken[free ? "freed" : "kept"] += 1;
        if (free) piece.fill(poison);
      }
      return false;
    });
  };
  return { directSocket: poisoned };
});

const modern = Capability.DEPRECATE_EOF | Capability.SESSION_TRACK | Capability.QUERY_ATTRIBUTES;

describe.each(available(inject("servers")))("at $kind", (server) => {
  const asked = { kind: server.kind, capabilities: usualCapabilities | modern, schema: "corpus_poisoned" };
  let direct: Observed[];

  beforeAll(async () => {
    direct = await observe({ ...asked, port: server.port, account: server.app });
  });

  describe.each([
    { how: "as usual", connection: {}, frees: true },
    { how: "where answers wait for the disk", connection: { durability: "strict" }, frees: true },
    { how: "towards an upstream that compresses", connection: { upstreamCompression: "zlib" }, frees: false },
  ] as const)("$how", ({ connection, frees }) => {
    it("nobody looks again at what was read once its memory may be used for the next read", async () => {
      const relay = await startRecordedRelay({ upstream: server, connection });
      onTestFinished(async () => {
        await relay.stop();
        relay.remove();
      });
      Object.assign(taken, { freed: 0, kept: 0 });
      const through = await observe({ ...asked, port: relay.port, account: server.app });
      expect(taken.freed > 1000).toBe(frees);
      expect(taken.freed + taken.kept).toBeGreaterThan(3000);
      const different = direct.flatMap((one, index) =>
        JSON.stringify(one) === JSON.stringify(through[index]) ? [] : [{ ...one, through: through[index] }],
      );
      expect(different).toEqual([]);
      await relay.untilIdle();
      const statements = recordedSessions(relay.dataDirectory).flatMap((session) => session.statements);
      const sensible = statements.filter(({ command, outcome }) => !(command.startsWith("COM_STMT_") && outcome === "error"));
      const failed = sensible.filter(({ decodeFailed, outcome }) => decodeFailed !== null || outcome === "aborted");
      expect(failed.map(({ command }) => command)).toEqual(["COM_STMT_SEND_LONG_DATA"]);
    });
  });
});
