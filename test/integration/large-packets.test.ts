import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { listRecordings } from "../../proxy/recording/recording-files.ts";
import { type RecordedSession, type RecordedStatement, recordedSession } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { available } from "../support/servers.ts";
import { WireClient } from "../support/wire/wire-client.ts";

const mebibyte = 1024 * 1024;

describe.each(available(inject("servers")))("at $kind", (server) => {
  let relay: RecordedRelay;
  let client: WireClient;

  beforeAll(async () => {
    relay = await startRecordedRelay({ upstream: server });
  });
  beforeEach(async () => {
    client = await WireClient.connect(relay, server.app);
  });
  afterEach(async () => {
    client.destroy();
    await relay.untilIdle();
  });
  afterAll(async () => {
    await relay.stop();
    relay.remove();
  });

  const query = (sql: string): Buffer => Buffer.concat([Buffer.of(3), Buffer.from(sql)]);
  /** The session of this test's client. */
  const session = (): RecordedSession => recordedSession([...listRecordings(relay.dataDirectory)].at(-1)?.path ?? "");
  const last = (): RecordedStatement | undefined => session().statements.at(-1);

  it("a statement of 64 MiB arrives whole, and is recorded whole", async () => {
    const text = "s".repeat(64 * mebibyte);
    const answer = await client.query(`SELECT LENGTH('${text}')`);
    expect(answer.at(-2)?.subarray(1).toString()).toBe(String(text.length));
    const recorded = last();
    expect(recorded?.sql?.length).toBe(text.length + "SELECT LENGTH('')".length);
    expect({ ...recorded, sql: null }).toMatchObject({ outcome: "ok", decodeFailed: null, results: [[[String(text.length)]]] });
  });

  it("a row of 100 MiB arrives whole, and is recorded whole", async () => {
    const length = 100 * mebibyte;
    const parts = await client.query(`SELECT REPEAT('r', ${length}) AS r`);
    const received = parts.reduce((sum, part) => sum + part.length, 0);
    expect(received).toBeGreaterThan(length);
    const value = last()?.results[0]?.[0]?.[0];
    expect(typeof value === "string" && value.length).toBe(length);
    expect(value === "r".repeat(length)).toBe(true);
  });

  it.each([0xffffff - 4, 0xffffff])("a row whose packets end at the limit (%i bytes) is followed to its end", async (length) => {
    await client.query(`SELECT REPEAT('e', ${length})`);
    expect(last()).toMatchObject({ outcome: "ok", decodeFailed: null, rows: 1 });
    expect((await client.query("SELECT 'behind'")).at(-2)?.toString()).toBe("\x06behind");
  });

  it("a local file of 700 packets and a result of as many wrap their sequence ids, and are followed", async () => {
    await client.query("DROP TABLE IF EXISTS wrapped");
    await client.query("CREATE TABLE wrapped (a INT)");
    const packets = Array.from({ length: 700 }, (_, index) => Buffer.from(`${index}\n`));
    await client.command(query("LOAD DATA LOCAL INFILE 'x' INTO TABLE wrapped"), packets);
    expect(last()).toMatchObject({ outcome: "ok", affected: 700, decodeFailed: null });
    expect(await client.query("SELECT a FROM wrapped ORDER BY a")).toHaveLength(700 + 4);
    expect(last()?.results[0]?.map((row) => row?.[0])).toEqual(Array.from({ length: 700 }, (_, index) => String(index)));
  });

  it("1000 commands sent before the first answer are answered and recorded in their order", async () => {
    const numbers = Array.from({ length: 1000 }, (_, index) => index);
    const answers = await client.pipelined(
      numbers.map((n) => (n % 10 === 3 ? query("SELECT nothing FROM nowhere") : query(`SELECT ${n}`))),
    );
    expect(answers.map((answer) => (answer[0]?.[0] === 0xff ? "error" : answer.at(-2)?.subarray(1).toString()))).toEqual(
      numbers.map((n) => (n % 10 === 3 ? "error" : String(n))),
    );
    const recorded = session().statements.slice(-1000);
    expect(recorded.map(({ outcome, results }) => (outcome === "error" ? "error" : results[0]?.[0]?.[0]))).toEqual(
      numbers.map((n) => (n % 10 === 3 ? "error" : String(n))),
    );
  });
});
