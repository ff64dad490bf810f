import { beforeEach, describe, expect, it, vi } from "vitest";
import { serveChannel } from "../../../../proxy/api/dispatcher.ts";
import { guardedHandlers } from "../../../../proxy/api/guarded-handlers.ts";
import { FakeCaller } from "../../../support/api/fake-caller.ts";
import { FakeChannel } from "../../../support/api/fake-channel.ts";
import { type FakeCore, fakeCore } from "../../../support/api/fake-core.ts";

let core: FakeCore;

beforeEach(async () => {
  core = await fakeCore();
  core.library.setState({ ...core.library.state, statements: 12, sessions: 3 });
  core.listeners.sessions = 2;
});

const everybodys = { library: { state: "current", statements: 12, sessions: 3 }, openSessions: 2 };
const nobodys = { library: { state: "current", statements: null, sessions: null }, openSessions: null };

describe("the status", () => {
  it.each([
    [["auditor"], everybodys],
    [["operator", "auditor"], everybodys],
    [["operator"], nobodys],
    [["operator", "admin"], nobodys],
    [["approver"], nobodys],
    [null, nobodys],
  ] as const)("counts what everybody does only for who may read that (%j)", async (roles, told) => {
    expect(await guardedHandlers(core, new FakeCaller(roles)).calls["status.get"]({})).toMatchObject(told);
  });

  it("is told anew when that changes", async () => {
    const caller = new FakeCaller(["operator"]);
    const channel = new FakeChannel();
    serveChannel(channel, guardedHandlers(core, caller), vi.fn());
    await channel.ask({ kind: "subscribe", id: 1, name: "status", input: {} }, 1);
    caller.become(["auditor"]);
    await vi.waitFor(() => expect(channel.sent).toHaveLength(2));
    expect(channel.sent).toMatchObject([{ event: nobodys }, { event: everybodys }]);
  });
});
