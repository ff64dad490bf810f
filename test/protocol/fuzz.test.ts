/**
 * Mutated, truncated and random bytes for every decoder: nothing is thrown, nothing hangs, nothing grows. How to run it
 * for longer and to repeat a failure: test/fixtures/fuzz-seeds/README.md.
 */
import { describe, expect, it } from "vitest";
import { decodeAuthSwitchRequest } from "../../proxy/protocol/auth-switch-request.ts";
import { decodeChangeUser } from "../../proxy/protocol/change-user.ts";
import { decodeColumnDefinition } from "../../proxy/protocol/column-definition.ts";
import { ColumnType } from "../../proxy/protocol/column-type.ts";
import { decodeComQuery } from "../../proxy/protocol/com-query.ts";
import { decodeComStmtBulkExecute } from "../../proxy/protocol/com-stmt-bulk-execute.ts";
import { decodeComStmtExecute } from "../../proxy/protocol/com-stmt-execute.ts";
import { decodeComStmtPrepareOk } from "../../proxy/protocol/com-stmt-prepare-ok.ts";
import { decodeConnectionAttributes } from "../../proxy/protocol/connection-attributes.ts";
import { decodeErrPacket } from "../../proxy/protocol/err-packet.ts";
import { decodeHandshakeResponse41 } from "../../proxy/protocol/handshake-response-41.ts";
import { decodeHandshakeV10 } from "../../proxy/protocol/handshake-v10.ts";
import { decodeOkPacket } from "../../proxy/protocol/ok-packet.ts";
import type { Decoded } from "../../proxy/protocol/packet-reader.ts";
import { toPackets } from "../../proxy/protocol/packet-writer.ts";
import { decodeRow } from "../../proxy/protocol/row.ts";
import { FrameKind } from "../../proxy/recording/frame.ts";
import { SessionDecoder } from "../../proxy/recording/session-decoder.ts";
import { CommandPhase, type Segment } from "../../proxy/relay/command-phase.ts";
import { greetings, responses } from "../support/connection-phase-packets.ts";
import { fuzzSeconds, keptSeeds, newSeeds, withSeed } from "../support/fuzzing.ts";
import type { Random } from "../support/random.ts";
import { capturedSessions, turnsOf } from "../support/wire/captured.ts";
import { openFrame } from "../support/wire/transcript.ts";

const seconds = fuzzSeconds(15);
const patience = { timeout: seconds * 1000 + 20_000 };
const everyFlag = 0xffffffff;

const sessions = capturedSessions();
const payloads = [
  ...sessions
    .flatMap(({ answers }) => answers.flatMap(({ command, answer }) => [command, ...answer]))
    .map((payload) => Buffer.from(payload, "hex")),
  ...Object.values(greetings),
  ...Object.values(responses),
];

const types = Object.values(ColumnType);
const column = { name: "", orgName: "", table: "", orgTable: "", schema: "", unsigned: false, length: 20 };

const decoders: Record<string, (payload: Buffer, random: Random) => Decoded<unknown>> = {
  OK_Packet: decodeOkPacket,
  ERR_Packet: (payload) => decodeErrPacket(payload),
  ColumnDefinition41: (payload) => decodeColumnDefinition(payload),
  "ColumnDefinition41 with MariaDB's extended metadata": (payload) => decodeColumnDefinition(payload, { extended: true, characterSet: 28 }),
  COM_STMT_BULK_EXECUTE: (payload) =>
    decodeComStmtBulkExecute(payload, {
      parameters: 2,
      types: types.map((type) => ({ type, unsigned: false, name: null })),
      characterSet: null,
      values: true,
    }),
  COM_STMT_PREPARE_OK: decodeComStmtPrepareOk,
  HandshakeV10: decodeHandshakeV10,
  HandshakeResponse41: decodeHandshakeResponse41,
  AuthSwitchRequest: decodeAuthSwitchRequest,
  "connection attributes": decodeConnectionAttributes,
  COM_CHANGE_USER: (payload, random) => decodeChangeUser(payload, random.pick([0, everyFlag])),
  COM_QUERY: (payload, random) => decodeComQuery(payload, random.pick([0, everyFlag])),
  COM_STMT_EXECUTE: (payload, random) => {
    const bound = Array.from({ length: random.below(4) }, () => ({ type: random.below(256), unsigned: random.below(2) === 0, name: null }));
    const longValues = new Map([[random.below(3), Buffer.from("long")]]);
    const context = {
      parameters: random.below(4),
      types: random.pick([null, bound]),
      longValues,
      characterSet: random.pick([null, 28, 8]),
      values: random.below(4) > 0,
    };
    return decodeComStmtExecute(payload, random.pick([0, everyFlag]), context);
  },
  row: (payload, random) => {
    const columns = Array.from({ length: random.below(6) }, () => {
      const type = random.pick([...types, random.below(256)]);
      const flags = random.below(65536);
      const decimals = random.below(256);
      return { type, column: { ...column, type: "", characterSet: random.below(400), flags, decimals, length: random.below(2 ** 32) } };
    });
    return decodeRow(payload, columns, random.below(2) === 0);
  },
};

const roundsOfOneSeed = 50;

/** Runs `once` with the seeds that are kept and with new ones for its share of the time, and says how often. */
function forAWhile(share: number, once: (random: Random) => void): number {
  let runs = 0;
  const round = (random: Random): void => {
    for (let each = 0; each < roundsOfOneSeed; each += 1) once(random);
    runs += roundsOfOneSeed;
  };
  for (const seed of keptSeeds("decoders")) withSeed(seed, round);
  for (const seed of newSeeds(seconds * share)) withSeed(seed, round);
  return runs;
}

describe("whatever the bytes", patience, () => {
  const share = 0.5 / Object.keys(decoders).length;
  it.each(Object.entries(decoders))("%s is decoded or malformed", (_, decode) => {
    const runs = forAWhile(share, (random) => {
      const payload = random.mutated(random.pick(payloads));
      const result = decode(payload, random);
      if (!result.ok) expect(result.malformed.length).toBeLessThan(300);
    });
    expect(runs).toBeGreaterThan(roundsOfOneSeed - 1);
  });

  it("a session of mutated packets in any order is decoded, and keeps no more than it was given", () => {
    forAWhile(0.25, (random) => {
      const session = random.pick(sessions);
      const stretches = random.mutatedStretches(turnsOf(session).flat());
      let statements = 0;
      let commands = 0;
      const decoder = new SessionDecoder({ statement: () => (statements += 1), row: (_seq, _result, row) => row.values() });
      const open = Buffer.from(JSON.stringify(openFrame(session.capabilities)));
      decoder.frame({ kind: FrameKind.open, at: 0, payload: open, offset: 0, end: 1 });
      stretches.forEach(({ from, bytes }, index) => {
        decoder.frame({ kind: FrameKind[from], at: index, payload: bytes, offset: index, end: index + 1 });
        commands += from === "client" ? bytes.length / 4 + 1 : 0;
      });
      decoder.frame({ kind: FrameKind.close, at: 0, payload: Buffer.from("{}"), offset: 0, end: 1 });
      expect(statements).toBe(decoder.nextSeq - 1);
      expect(statements).toBeLessThanOrEqual(commands);
    });
  });

  it("the relay's view of mutated packets forwards every byte once, in order", () => {
    forAWhile(0.25, (random) => {
      const session = random.pick(sessions);
      const change = { from: "client" as const, bytes: toPackets(Buffer.concat([Buffer.of(0x11), random.bytes(40)]), 0) };
      const stretches = random.mutatedStretches([change, ...turnsOf(session).flat(), change]);
      const phase = new CommandPhase(session.capabilities);
      const sent: Buffer[] = [];
      const forwarded: Buffer[] = [];
      for (const { from, bytes } of stretches) {
        if (from === "upstream") phase.fromUpstream(bytes);
        else {
          sent.push(bytes);
          for (const segment of phase.fromClient(bytes) ?? [{ kind: "plain", bytes, recorded: bytes } satisfies Segment]) {
            if (segment.redacted === undefined) expect(segment.recorded.length).toBe(segment.bytes.length);
            forwarded.push(segment.bytes);
          }
        }
      }
      const [all, passed] = [Buffer.concat(sent), Buffer.concat(forwarded)];
      expect(passed.length + phase.heldBytes).toBe(all.length);
      expect(passed.equals(all.subarray(0, passed.length))).toBe(true);
    });
  });
});
