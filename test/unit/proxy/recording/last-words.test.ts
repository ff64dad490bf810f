import { describe, expect, it } from "vitest";
import type { CloseCause } from "../../../../proxy/model/session.ts";
import { decode, err, type Given, hex, ok, packets, query } from "../../../support/decoded-frames.ts";

const closed = (cause: CloseCause, detail: string | null = null): Given => ["close", { cause, detail }];
const detailOf = (...given: Given[]) => decode(given).close?.detail;

const answered: readonly Given[] = [
  ["client", query("DO 1")],
  ["upstream", packets(1, ok)],
];
const words = "Error 1146 (42S02): no such table";

describe("how a session ended", () => {
  it("is told with what the upstream said before it ended the session, without being asked", () => {
    expect(detailOf(...answered, ["upstream", packets(0, err)], closed("upstream-closed"))).toBe(words);
    expect(detailOf(["upstream", packets(0, err)], closed("upstream-reset", "read ECONNRESET"))).toBe(`${words} (read ECONNRESET)`);
  });

  it("is told without what was an answer, what came before an answer, and what is no error", () => {
    expect(detailOf(["client", query("DO 1")], ["upstream", packets(1, err)], closed("upstream-closed"))).toBeNull();
    expect(detailOf(["upstream", packets(0, err)], ...answered, closed("upstream-closed"))).toBeNull();
    expect(detailOf(...answered, ["upstream", packets(0, ok)], closed("upstream-closed"))).toBeNull();
    expect(detailOf(...answered, ["upstream", packets(0, hex("ff"))], closed("upstream-closed"))).toBeNull();
  });

  it("is told without it where somebody else ended the session", () => {
    expect(detailOf(...answered, ["upstream", packets(0, err)], closed("client-quit"))).toBeNull();
  });
});
