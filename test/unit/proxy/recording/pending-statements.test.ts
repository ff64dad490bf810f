import { describe, expect, it } from "vitest";
import type { Statement } from "../../../../proxy/model/statement.ts";
import { mostPending } from "../../../../proxy/protocol/conversation.ts";
import { FrameKind } from "../../../../proxy/recording/frame.ts";
import { SessionDecoder } from "../../../../proxy/recording/session-decoder.ts";
import { command, ok, packets, query } from "../../../support/decoded-frames.ts";
import { heldBytes } from "../../../support/held-memory.ts";
import { openFrame } from "../../../support/wire/transcript.ts";

const passedOver = "so many commands were waiting for their answers that it was passed over: it can be read where it is in the recording";

/** A decoder, and frames for it, each at ten times the offset of its number. */
function decoder(statement: (statement: Statement) => void) {
  const decodes = new SessionDecoder({ statement }, { commandBytes: 1024, params: false });
  let frames = 0;
  const give = (kind: keyof typeof FrameKind, payload: Buffer): void => {
    frames += 1;
    decodes.frame({ kind: FrameKind[kind], at: frames * 1000, payload, offset: frames * 10, end: frames * 10 + 10 });
  };
  give("open", Buffer.from(JSON.stringify(openFrame(0))));
  return { give };
}

const times = (count: number, packet: Buffer): Buffer => Buffer.concat(Array.from({ length: count }, () => packet));

describe("statements that wait for their answers", () => {
  it("are all told whole where they are as many as a recorder lets a client send", () => {
    const told: Statement[] = [];
    const { give } = decoder((statement) => told.push(statement));
    give("client", times(15_000, query("DO 1")));
    give("upstream", times(15_000, packets(1, ok)));
    expect(told).toHaveLength(15_000);
    expect(told.every(({ sql, decodeFailed }) => sql === "DO 1" && decodeFailed === null)).toBe(true);
  });

  it("take some tens of bytes where they are hundreds of thousands, which then say that they were passed over", () => {
    let [whole, over, last] = [0, 0, 0];
    const { give } = decoder(({ seq, sql, decodeFailed, outcome, bytesIn, affected }) => {
      expect([outcome, bytesIn, affected]).toEqual(["ok", 49 + 4, 1]);
      if (sql !== null) whole += 1;
      if (sql === null && decodeFailed === passedOver) over += 1;
      expect(seq).toBe(last + 1);
      last = seq;
    });
    const sent = times(1000, query(`SELECT '${"x".repeat(39)}'`));
    const before = heldBytes();
    for (let thousand = 0; thousand < 300; thousand += 1) give("client", sent);
    expect(heldBytes() - before).toBeLessThan(48 * 1024 * 1024);
    const answers = times(1000, packets(1, ok));
    for (let thousand = 0; thousand < 300; thousand += 1) give("upstream", answers);
    expect(whole + over).toBe(300_000);
    expect(whole).toBeGreaterThan(10_000);
    // All that waited is answered: from here on they are whole again.
    give("client", query(`SELECT '${"x".repeat(39)}'`));
    give("upstream", packets(1, ok));
    expect([whole + over, last]).toEqual([300_001, 300_001]);
  });

  it("keep their places, times and gaps though they were passed over", () => {
    const told: Statement[] = [];
    const { give } = decoder((statement) => told.push(statement));
    give("client", times(20_000, query("DO 1")));
    give("gap", Buffer.from('{"reason":"capture-limit"}'));
    give("client", query("DO 2"));
    give("upstream", times(20_001, packets(1, ok)));
    const [before, after] = told.slice(-2);
    expect(before).toMatchObject({
      seq: 20_000,
      at: 2000,
      commandAt: { frame: 20, skip: 19_999 * 9 },
      partial: true,
      decodeFailed: passedOver,
      durationUs: 3000,
    });
    expect(after).toMatchObject({ seq: 20_001, at: 4000, commandAt: { frame: 40, skip: 0 }, partial: false, durationUs: 1000 });
  });

  it("are given up where they are more than a million, and so is all that follows", () => {
    const failed = new Map<string | null, number>();
    const { give } = decoder(({ decodeFailed }) => failed.set(decodeFailed, (failed.get(decodeFailed) ?? 0) + 1));
    const sent = times(10_000, command(0x0e));
    for (let sentSoFar = 0; sentSoFar < mostPending + 10_000; sentSoFar += 10_000) give("client", sent);
    expect([...failed]).toEqual([["more than 1000000 commands were waiting for their answers", mostPending + 10_000]]);
    give("upstream", packets(1, ok));
    give("client", query("DO 1"));
    expect([...failed.values()]).toEqual([mostPending + 10_001]);
  });
});
