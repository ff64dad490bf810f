import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Capability, MariaDbCapability } from "../../proxy/protocol/capabilities.ts";
import { Command } from "../../proxy/protocol/command.ts";
import { recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { usualCapabilities, WireClient } from "../support/wire/wire-client.ts";

const { mariadb } = inject("servers");

const preparation = [
  "DROP TABLE IF EXISTS reported",
  "CREATE TABLE reported (a INT) ENGINE=Aria",
  "INSERT INTO reported SELECT seq DIV 2 FROM seq_1_to_3000",
  "SET SESSION progress_report_time = 1",
];
const works = "ALTER TABLE reported ENGINE=MyISAM";
const fails = "ALTER TABLE reported ADD UNIQUE (a), ENGINE=Aria";

/** A progress report is an ERR_Packet with an error number that is none: https://mariadb.com/kb/en/err_packet/ */
const isReport = (payload: Buffer): boolean => payload[0] === 0xff && payload.readUInt16LE(1) === 0xffff;

describe.runIf(mariadb !== null)("progress reports of MariaDB", () => {
  const server = mariadb as NonNullable<typeof mariadb>;
  let relay: RecordedRelay;
  beforeAll(async () => {
    relay = await startRecordedRelay({ upstream: server });
  });
  afterAll(async () => {
    await relay.stop();
    relay.remove();
  });

  /** The answers of both statements to a client that asks for reports, or does not. */
  async function answersOf(port: number, reports: boolean): Promise<Buffer[][]> {
    const flags = usualCapabilities & ~Capability.LONG_PASSWORD;
    const client = await WireClient.connect({ port }, server.app, flags, reports ? MariaDbCapability.PROGRESS : 0);
    for (const sql of preparation) await client.query(sql);
    const answers: Buffer[][] = [];
    for (const sql of [works, fails, "SELECT COUNT(*) FROM reported"])
      answers.push(await client.command(Buffer.concat([Buffer.of(Command.QUERY), Buffer.from(sql)])));
    await client.quit();
    return answers;
  }

  it("reach the client as without the proxy, and are not taken for the answer", async () => {
    const direct = await answersOf(server.port, true);
    const through = await answersOf(relay.port, true);
    expect(direct.slice(0, 2).map((answer) => answer.some(isReport))).toEqual([true, true]);
    expect(through.slice(0, 2).map((answer) => answer.some(isReport))).toEqual([true, true]);
    const last = (answers: Buffer[][]) => answers.map((answer) => answer.filter((payload) => !isReport(payload)));
    expect(last(through)).toEqual(last(direct));

    await relay.untilIdle();
    const statements = recordedSessions(relay.dataDirectory).at(-1)?.statements ?? [];
    expect(statements.find(({ sql }) => sql === works)).toMatchObject({ outcome: "ok", affected: 3000, decodeFailed: null });
    expect(statements.find(({ sql }) => sql === fails)).toMatchObject({ outcome: "error", errno: 1062, decodeFailed: null });
    expect(statements.at(-2)).toMatchObject({ outcome: "ok", results: [[["3000"]]] });
  });

  it("do not come to a client that did not ask for them", async () => {
    const answers = await answersOf(relay.port, false);
    expect(answers.flat().some(isReport)).toBe(false);
  });
});
