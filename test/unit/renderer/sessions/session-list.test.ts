import { expect, it } from "vitest";
import type { SessionListed } from "../../../../proxy/api/contract.ts";
import { closeCauseText, endedBadly } from "../../../../renderer/sessions/close-cause.ts";
import { mergeSessions } from "../../../../renderer/sessions/session-list.ts";

const session = (id: string, startedAt: number, statements = 0) => ({ id, startedAt, statements }) as SessionListed;

it("keeps sessions newest first, each once, as last heard of", () => {
  const merged = mergeSessions([session("b", 2), session("a", 1)], [session("c", 3), session("a", 1, 9)]);
  expect(merged.map(({ id, statements }) => [id, statements])).toEqual([
    ["c", 0],
    ["b", 0],
    ["a", 9],
  ]);
});

it("has a sentence for why a session ended, also for causes that it does not know", () => {
  expect(closeCauseText("client-quit")).toBe("The client said goodbye");
  expect(closeCauseText("a-new-cause")).toBe("a-new-cause");
  expect([endedBadly(null), endedBadly("client-quit"), endedBadly("crashed")]).toEqual([false, false, true]);
});
