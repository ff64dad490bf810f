import { createConnection as createMariadbConnection } from "mariadb";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Capability, MariaDbCapability } from "../../proxy/protocol/capabilities.ts";
import { ColumnType } from "../../proxy/protocol/column-type.ts";
import { Command } from "../../proxy/protocol/command.ts";
import { PacketWriter } from "../../proxy/protocol/packet-writer.ts";
import { listRecordings } from "../../proxy/recording/recording-files.ts";
import { parts } from "../support/parts/parts.ts";
import { recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { startNewerMariadb } from "../support/servers/newer-mariadb.ts";
import type { PrivateServer } from "../support/servers.ts";
import { decodeAll } from "../support/wire/decode.ts";
import { usualCapabilities, WireClient } from "../support/wire/wire-client.ts";

const alice = { user: "alice", password: "alicepw" };
const signer = { user: "by_parsec", password: "pässwörd of any length" };

describe.skipIf(!parts.newerMariadb.isThere())("a MariaDB of 11.8 or later", () => {
  let server: PrivateServer;
  let relay: RecordedRelay | null = null;

  beforeAll(async () => {
    server = await startNewerMariadb();
    const { host, port, root } = server.address;
    const connection = await createConnection({ host, port, ...root });
    await connection.query(`CREATE OR REPLACE USER '${signer.user}'@'%' IDENTIFIED VIA parsec USING PASSWORD(?)`, [signer.password]);
    await connection.query(`GRANT ALL ON test.* TO '${signer.user}'@'%'`);
    await connection.end();
  });
  afterEach(async () => {
    await relay?.stop();
    relay?.remove();
    relay = null;
  });
  afterAll(() => server.stop());

  const startMapped = (upstreamPassword: string) =>
    startRecordedRelay({
      upstream: server.address,
      connection: { auth: "mapped", clientUser: alice.user, upstreamUser: signer.user },
      secrets: { upstreamPassword, clientPassword: alice.password },
    });

  it("lets the stored account in by parsec, and again when the user is changed", async () => {
    relay = await startMapped(signer.password);
    const client = await createConnection({ host: "127.0.0.1", port: relay.port, ...alice });
    for (let count = 0; count < 3; count += 1) {
      const [rows] = await client.query<RowDataPacket[]>("SELECT CURRENT_USER() AS account");
      expect(rows).toEqual([{ account: `${signer.user}@%` }]);
      await client.changeUser({ ...alice, database: "test" });
    }
    await client.end();
    await relay.untilIdle();
    expect(recordedSessions(relay.dataDirectory)[0]?.open?.authPlugin).toBe("parsec");
  });

  it("does not let it in by parsec with another password", async () => {
    relay = await startMapped("another");
    const refused = createConnection({ host: "127.0.0.1", port: relay.port, ...alice });
    await expect(refused).rejects.toThrow("the account that is stored for connection");
  });

  it("signs clients in by parsec in passthrough", async () => {
    relay = await startRecordedRelay({ upstream: server.address });
    const client = await createMariadbConnection({ host: "127.0.0.1", port: relay.port, ...signer });
    expect(await client.query("SELECT CURRENT_USER() AS account")).toEqual([{ account: `${signer.user}@%` }]);
    await client.end();
    await relay.untilIdle();
    expect(recordedSessions(relay.dataDirectory)[0]?.open?.authPlugin).toBe("parsec");
  });

  it("gives the result of each part of a bulk execution, byte for byte as without the proxy, and they are recorded as rows", async () => {
    relay = await startRecordedRelay({ upstream: server.address });
    const flags = (usualCapabilities | Capability.DEPRECATE_EOF) & ~Capability.LONG_PASSWORD;
    const ofMariaDb = MariaDbCapability.STMT_BULK_OPERATIONS | MariaDbCapability.BULK_UNIT_RESULTS;
    const answers: string[][] = [];
    for (const to of [server.address, relay]) {
      const client = await WireClient.connect(to, server.address.app, flags, ofMariaDb);
      await client.query("CREATE OR REPLACE TABLE parts_of_bulk (id INT PRIMARY KEY AUTO_INCREMENT, word VARCHAR(20))");
      const sql = "INSERT INTO parts_of_bulk (word) VALUES (?)";
      const [prepared] = await client.command(Buffer.concat([Buffer.of(Command.STMT_PREPARE), Buffer.from(sql)]));
      const answer = await client.command(bulkOf(prepared?.readUInt32LE(1) ?? 0, ["one", "two", "three"]));
      answers.push(answer.map((payload) => payload.toString("hex")));
      await client.quit();
    }
    expect(answers[1]).toEqual(answers[0]);
    await relay.untilIdle();
    const executed = decodeAll([...listRecordings(relay.dataDirectory)].at(-1)?.path ?? "").find(
      ({ statement }) => statement.command === "COM_STMT_BULK_EXECUTE",
    );
    expect(executed?.statement).toMatchObject({ outcome: "ok", decodeFailed: null });
    expect(executed?.results.map(({ rows }) => rows)).toEqual([
      [
        ["1", "1"],
        ["2", "1"],
        ["3", "1"],
      ],
    ]);
  });
});

/** COM_STMT_BULK_EXECUTE with one text in each set of parameters, which asks for the result of each. */
function bulkOf(statement: number, texts: readonly string[]): Buffer {
  const [sendsTypes, wantsUnitResults] = [128, 64];
  const writer = new PacketWriter()
    .uint8(Command.STMT_BULK_EXECUTE)
    .uint32(statement)
    .uint16(sendsTypes | wantsUnitResults);
  writer.uint8(ColumnType.VAR_STRING).uint8(0);
  for (const text of texts) writer.uint8(0).lengthEncodedBytes(Buffer.from(text));
  return writer.payload();
}
