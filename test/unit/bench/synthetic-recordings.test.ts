import { describe, expect, it } from "vitest";
import type { Statement } from "../../../proxy/model/statement.ts";
import { listRecordings } from "../../../proxy/recording/recording-files.ts";
import { readRecording } from "../../../proxy/recording/recording-pass.ts";
import { rareEvery, writeSyntheticRecordings } from "../../bench/synthetic-recordings.ts";
import { temporaryDirectory } from "../../support/stenograph.ts";

describe("synthetic recordings", () => {
  it("decode like real ones: results, affected rows and errors, whole and closed", () => {
    using data = temporaryDirectory();
    writeSyntheticRecordings(data.path, 2 * rareEvery);
    const statements: Statement[] = [];
    let closed = 0;
    for (const { path } of listRecordings(data.path)) {
      readRecording(path, { statement: (statement) => statements.push(statement), close: () => (closed += 1) }, false);
    }
    expect(statements).toHaveLength(2 * rareEvery);
    expect(closed).toBe(2);
    expect(statements.filter(({ partial, decodeFailed }) => partial || decodeFailed !== null)).toEqual([]);
    expect(statements.filter(({ sql }) => sql?.includes("ocelot"))).toHaveLength(2);
    expect(statements[0]).toMatchObject({ outcome: "ok", rows: 1, durationUs: 350 });
    expect(statements[2]).toMatchObject({ outcome: "ok", affected: 1 });
    expect(statements[5]).toMatchObject({ outcome: "error", errno: 1146, sqlstate: "42S02" });
  });
});
