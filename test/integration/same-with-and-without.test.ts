import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Capability, MariaDbCapability } from "../../proxy/protocol/capabilities.ts";
import { PacketWriter } from "../../proxy/protocol/packet-writer.ts";
import { type Observed, observe } from "../support/corpus/observe.ts";
import { recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { available } from "../support/servers.ts";
import { usualCapabilities } from "../support/wire/wire-client.ts";

const modern = Capability.DEPRECATE_EOF | Capability.SESSION_TRACK | Capability.QUERY_ATTRIBUTES;
const several = Capability.MULTI_STATEMENTS | Capability.MULTI_RESULTS | Capability.PS_MULTI_RESULTS;
const old =
  Capability.FOUND_ROWS | Capability.IGNORE_SPACE | Capability.INTERACTIVE | Capability.ODBC | Capability.CAN_HANDLE_EXPIRED_PASSWORDS;

function attributes(pairs: readonly (readonly [string, string])[]): Buffer {
  const writer = new PacketWriter();
  for (const text of pairs.flat()) writer.lengthEncodedBytes(Buffer.from(text, "latin1"));
  return writer.payload();
}

const clients = [
  { client: "as clients were for long", capabilities: usualCapabilities, auth: "passthrough" },
  { client: "as clients are now", capabilities: usualCapabilities | modern, auth: "passthrough" },
  { client: "as clients are now, its account mapped", capabilities: usualCapabilities | modern, auth: "mapped" },
  {
    client: "whose text is Latin-1 from its first packet on, and which tells of itself",
    capabilities: usualCapabilities | modern | Capability.CONNECT_ATTRS | Capability.PLUGIN_AUTH_LENENC_CLIENT_DATA,
    opening: {
      characterSet: 8,
      attributes: attributes([
        ["_client_name", "a client"],
        ["größe", "é".repeat(200)],
        ["", ""],
      ]),
    },
    auth: "passthrough",
  },
  {
    client: "that can do little",
    capabilities: (usualCapabilities & ~(several | Capability.LOCAL_FILES | Capability.TRANSACTIONS)) | old,
    auth: "passthrough",
  },
  {
    client: "that can do all that MariaDB's own can",
    capabilities: (usualCapabilities | modern) & ~Capability.LONG_PASSWORD,
    mariaDbCapabilities: 0x3f & ~MariaDbCapability.COM_MULTI,
    auth: "passthrough",
    of: "mariadb",
  },
] as const;

const alice = { user: "alice", password: "alicepw" };

describe.each(available(inject("servers")))("at $kind", (server) => {
  const able = clients.filter((client) => !("of" in client) || client.of === server.kind);
  describe.each(able)("a client $client", ({ capabilities, auth, ...extended }) => {
    let relay: RecordedRelay;
    let direct: Observed[];
    let through: Observed[];

    beforeAll(async () => {
      const mapped = auth === "mapped";
      relay = await startRecordedRelay({
        upstream: server,
        connection: mapped ? { auth, clientUser: alice.user, upstreamUser: server.app.user } : {},
        ...(mapped && { secrets: { upstreamPassword: server.app.password, clientPassword: alice.password } }),
      });
      const asked = { kind: server.kind, capabilities, schema: "corpus_bytes", ...extended };
      direct = await observe({ ...asked, port: server.port, account: server.app });
      through = await observe({ ...asked, port: relay.port, account: mapped ? alice : server.app });
      await relay.untilIdle();
    });
    afterAll(async () => {
      await relay.stop();
      relay.remove();
    });

    it("gets the same bytes with and without the proxy for every command, packet for packet", () => {
      expect(direct.length).toBeGreaterThan(900);
      const lost = direct.filter(
        ({ chapter, packets }) => !chapter.startsWith("the end") && packets.at(-1) === "the server closed the connection",
      );
      expect(lost).toEqual([]);
      const different = direct.flatMap((one, index) =>
        JSON.stringify(one) === JSON.stringify(through[index]) ? [] : [{ ...one, through: through[index] }],
      );
      expect(different).toEqual([]);
      expect(through).toHaveLength(direct.length);
    });

    it("leaves recordings in which every command that makes sense is followed and decoded", () => {
      const statements = recordedSessions(relay.dataDirectory).flatMap((session) => session.statements);
      const sensible = statements.filter(({ command, outcome }) => !(command.startsWith("COM_STMT_") && outcome === "error"));
      const failed = sensible.filter(({ decodeFailed, outcome }) => decodeFailed !== null || outcome === "aborted");
      expect(failed.map(({ command, decodeFailed, outcome }) => ({ command, decodeFailed, outcome }))).toEqual([
        // Long data for a statement that does not exist.
        { command: "COM_STMT_SEND_LONG_DATA", decodeFailed: expect.any(String), outcome: "ok" },
      ]);
    });
  });
});
