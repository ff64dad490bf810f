import { describe, expect, it } from "vitest";
import type { CallInput } from "../../../../proxy/api/contract.ts";
import type { Api } from "../../../../renderer/api/api-client.ts";
import { LinkStore } from "../../../../renderer/api/link-state.ts";
import { hexDump, hexOf } from "../../../../renderer/format/hex.ts";
import { gridCellLimit, ResultRows } from "../../../../renderer/viewer/result-rows.ts";
import { mostCopiedRows, wholeCell, wholeRows } from "../../../../renderer/viewer/whole-rows.ts";
import { fakeResultRow } from "../../../support/renderer/fake-statements.ts";
import { ManualTime } from "../../../support/renderer/manual-time.ts";

const address = { session: "s", seq: 1, result: 0 };

function coreWith(rowCount: number) {
  const asked: CallInput<"statements.rows">[] = [];
  const call = (_name: string, input: CallInput<"statements.rows">) => {
    asked.push(input);
    const count = Math.max(0, Math.min(input.limit, rowCount - input.from));
    return Promise.resolve({
      rows: Array.from({ length: count }, (_, place) => fakeResultRow(input.from + place, input.cellLimit)),
      more: input.from + count < rowCount,
    });
  };
  const api: Api = { call: call as unknown as Api["call"], subscribe: () => () => undefined, link: new LinkStore() };
  return { api, asked };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

describe("the rows of a result set", () => {
  it("are fetched as they are shown, one window at a time, with long cells cut", async () => {
    const { api, asked } = coreWith(10_000);
    const rows = new ResultRows(api, address, 10_000, new ManualTime().schedule);
    rows.want(0, 30);
    await settled();
    expect(rows.row(5)?.[0]).toBe("6");
    expect(rows.row(5)?.[6]).toMatchObject({ cutFrom: expect.any(Number) });
    rows.want(4_000, 4_030);
    rows.want(8_000, 8_030);
    await settled();
    expect(asked.map((input) => [input.from, input.cellLimit])).toEqual([
      [0, gridCellLimit],
      [3_980, gridCellLimit],
      [7_980, gridCellLimit],
    ]);
    expect(rows.row(8_029)?.[0]).toBe("8030");
  });

  it("are whole when they are copied, page by page", async () => {
    const { api, asked } = coreWith(1_200);
    const { rows, more } = await wholeRows(api, address, new AbortController().signal);
    expect([rows.length, more, asked.length]).toEqual([1_200, false, 3]);
    expect(asked.every((input) => input.cellLimit === 0)).toBe(true);
    expect(typeof rows[1_199]?.[6]).toBe("string");
  });

  it("stop at what a clipboard can bear, and say that there is more", async () => {
    const { api } = coreWith(mostCopiedRows * 10);
    const { rows, more } = await wholeRows(api, address, new AbortController().signal);
    expect(more).toBe(true);
    expect(rows.length).toBeLessThanOrEqual(mostCopiedRows);
  });

  it("give one cell whole", async () => {
    const { api, asked } = coreWith(10);
    expect(String(await wholeCell(api, address, 3, 6, new AbortController().signal)).length).toBeGreaterThan(gridCellLimit);
    expect(asked).toMatchObject([{ from: 3, limit: 1, cellLimit: 0 }]);
  });
});

describe("bytes", () => {
  it("are hexadecimal digits in a list and a dump in full", () => {
    expect(hexOf("AP8Q")).toBe("00FF10");
    expect(hexDump(new Uint8Array([0x41, 0x00, 0x7f]))).toBe(`00000000  41 00 7f${" ".repeat(41)}A··`);
    expect(hexOf("not base64!")).toBe("");
  });
});
