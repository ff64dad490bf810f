import { beforeEach, describe, expect, it, vi } from "vitest";
import { access, mayUse, usable } from "../../../../proxy/api/access.ts";
import { type CallName, calls, type StreamName, streams } from "../../../../proxy/api/contract.ts";
import { serveChannel } from "../../../../proxy/api/dispatcher.ts";
import { guardedHandlers } from "../../../../proxy/api/guarded-handlers.ts";
import { failureOf } from "../../../../proxy/model/failure.ts";
import { type Role, roles } from "../../../../proxy/model/role.ts";
import { FakeCaller } from "../../../support/api/fake-caller.ts";
import { FakeChannel } from "../../../support/api/fake-channel.ts";
import { type FakeCore, fakeCore } from "../../../support/api/fake-core.ts";

const callNames = Object.keys(calls) as CallName[];
const streamNames = Object.keys(streams) as StreamName[];
const names = [...callNames, ...streamNames];
const open = [
  "app.info",
  "status.get",
  "status",
  "identity.get",
  "identity",
  "identity.signIn",
  "identity.cancel",
  "identity.signOut",
  "identity.signIns",
  "identity.endSignIn",
];
const reading = [
  "sessions.list",
  "sessions.get",
  "sessions.follow",
  "statements.page",
  "statements.histogram",
  "statements.claimNames",
  "statements.get",
  "statements.rows",
  "statements.follow",
];

let core: FakeCore;

beforeEach(async () => {
  core = await fakeCore();
});

/** What comes of using it: the code of a failure; `null` where it was let through, whatever came of it then. */
async function use(name: CallName | StreamName, caller: FakeCaller): Promise<string | null> {
  const handlers = guardedHandlers(core, caller);
  const controller = new AbortController();
  try {
    if (name in handlers.calls) {
      await (handlers.calls[name as CallName] as (input: unknown) => Promise<unknown>)({});
    } else {
      const stream = handlers.streams[name as StreamName] as (input: unknown, signal: AbortSignal) => AsyncIterable<unknown>;
      const iterator = stream({ filter: "", after: 0 }, controller.signal)[Symbol.asyncIterator]();
      // A stream without events waits until it is ended.
      setImmediate(() => controller.abort());
      await iterator.next();
    }
    return null;
  } catch (thrown) {
    const { code } = failureOf(thrown);
    return code === "forbidden" ? code : null;
  } finally {
    controller.abort();
  }
}

describe("Who may use what", () => {
  it("is said of every call and stream, and of nothing else", () => {
    expect(Object.keys(access).toSorted()).toEqual(names.toSorted());
  });

  it.each<[Role, readonly string[]]>([
    [
      "operator",
      [
        ...open,
        ...reading,
        ...["connections.list", "connections.snippets", "connections.start", "connections.stop"],
        ...["credentials.list", "credentials.mint", "credentials.revoke"],
      ],
    ],
    ["approver", open],
    ["auditor", [...open, ...reading, "connections.list", "machines.list"]],
    [
      "admin",
      [
        ...open,
        ...["connections.list", "connections.snippets", "connections.start", "connections.stop"],
        ...["connections.save", "connections.remove", "connections.test"],
        ...["identity.settings", "identity.saveSettings", "identity.testSettings"],
        ...["machines.list", "machines.register", "machines.rotate", "machines.revoke", "machines.remove"],
        "library.reindex",
      ],
    ],
  ])("is this for %s", (role, expected) => {
    expect(usable([role]).toSorted()).toEqual(expected.toSorted());
  });

  it("is next to nothing for who is not signed in, or has no role", () => {
    expect(usable([]).toSorted()).toEqual(open.toSorted());
  });

  it.each([null, [], ...roles.map((role) => [role])])("holds for every call and stream: %j", async (own) => {
    for (const name of names) {
      const expected = mayUse(name, own ?? []) ? null : "forbidden";
      expect({ name, code: await use(name, new FakeCaller(own)) }).toEqual({ name, code: expected });
    }
  });
});

describe("A refusal", () => {
  it("names the role that is needed and those that one has, and is told to the access log", async () => {
    const caller = new FakeCaller(["operator", "approver"]);
    const { calls: guarded } = guardedHandlers(core, caller);
    await expect(guarded["connections.remove"]({ id: "shop" })).rejects.toMatchObject({
      code: "forbidden",
      message:
        "This needs the role admin. Your roles are operator and approver; an administrator gives groups of the identity provider their roles.",
    });
    expect(core.logged).toEqual([{ kind: "refused-call", actor: caller.actorOf, call: "connections.remove", needs: ["admin"] }]);
  });

  it("asks who is not signed in to sign in, and is told to the access log as nobody's", async () => {
    const { calls: guarded } = guardedHandlers(core, new FakeCaller(null));
    await expect(guarded["sessions.list"]({ limit: 1 })).rejects.toMatchObject({
      message: "Sign in first: this needs the role operator or auditor.",
    });
    expect(core.logged).toMatchObject([{ actor: null, call: "sessions.list" }]);
  });

  it("comes before anything is done", async () => {
    const { calls: guarded } = guardedHandlers(core, new FakeCaller(["auditor"]));
    await expect(guarded["connections.start"]({ id: "shop" })).rejects.toThrow("This needs the role operator or admin.");
    expect(core.listeners.started).toEqual([]);
  });
});

describe("Reading", () => {
  it("is of one's own sessions for an operator, and of all for an auditor, in every call and stream that reads", async () => {
    const handed = new Set<string>();
    for (const own of [["operator"], ["operator", "admin"], ["auditor"], ["operator", "auditor"]] as const) {
      for (const name of reading as (CallName | StreamName)[]) {
        core.library.scopes.length = 0;
        await use(name, new FakeCaller(own));
        expect(core.library.scopes.length, name).toBeGreaterThan(0);
        for (const scope of core.library.scopes) handed.add(`${own} ${scope.kind}`);
        expect(new Set(core.library.scopes.map(({ kind }) => kind)).size).toBe(1);
      }
    }
    expect([...handed]).toEqual(["operator own", "operator,admin own", "auditor all", "operator,auditor all"]);
  });
});

describe("A change of the settings of identity", () => {
  it("is told to the access log with who has which role from then on: nobody gives themselves one unseen", async () => {
    const caller = new FakeCaller(["admin"]);
    const { calls: guarded } = guardedHandlers(core, caller);
    const roles = [{ group: "dba", role: "auditor" }] as const;
    await guarded["identity.saveSettings"]({ provider: null, roles: [...roles], endOpenSessions: { kind: "never" } });
    const changed = { kind: "identity-settings-changed", actor: caller.actorOf, provider: null };
    expect(core.logged).toEqual([{ ...changed, roles, endOpenSessions: { kind: "never" } }]);
  });
});

describe("An answer", () => {
  it("that comes after its caller has signed out is not given: somebody else may be at the browser by then", async () => {
    const caller = new FakeCaller(["auditor"]);
    const { calls: guarded } = guardedHandlers(core, caller);
    vi.spyOn(core.library, "call").mockResolvedValue({ sessions: [], more: false });
    const asked = guarded["sessions.list"]({ limit: 1 });
    caller.become(null);
    await expect(asked).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("A stream", () => {
  it("hands out nothing from before a sign-out that its reader only takes after it", async () => {
    const caller = new FakeCaller(["operator"]);
    const channel = new FakeChannel();
    serveChannel(channel, guardedHandlers(core, caller), vi.fn());
    core.library.arrive();
    await channel.ask({ kind: "subscribe", id: 1, name: "statements.follow", input: { filter: "", after: 0 }, window: 1 }, 1);
    core.library.arrive();
    await new Promise((resolve) => setImmediate(resolve));
    caller.become(null);
    channel.say({ kind: "received", id: 1 });
    await vi.waitFor(() => expect(channel.sent.at(-1)).toMatchObject({ kind: "failure", failure: { code: "forbidden" } }));
    expect(channel.sent.filter((message) => message.kind === "event")).toHaveLength(1);
  });

  it("ends with a refusal when its caller signs out, and leaves nothing behind", async () => {
    const caller = new FakeCaller(["operator"]);
    const channel = new FakeChannel();
    serveChannel(channel, guardedHandlers(core, caller), vi.fn());
    core.library.arrive();
    await channel.ask({ kind: "subscribe", id: 1, name: "statements.follow", input: { filter: "", after: 0 } }, 1);
    caller.become(null);
    const ended = () => channel.sent.find((message) => message.kind === "failure");
    await vi.waitFor(() => expect(ended()).toMatchObject({ id: 1, failure: { code: "forbidden" } }));
    core.library.arrive();
    expect(core.library.followers).toBe(0);
    expect(caller.listeners).toBe(0);
    expect(channel.sent.filter((message) => message.kind === "event")).toHaveLength(1);
  });

  it("ends to be begun anew where its caller may read more or less than before", async () => {
    const caller = new FakeCaller(["operator"]);
    const channel = new FakeChannel();
    serveChannel(channel, guardedHandlers(core, caller), vi.fn());
    channel.say({ kind: "subscribe", id: 1, name: "sessions.follow", input: {} });
    caller.become(["operator", "admin"]);
    caller.become(["auditor"]);
    await vi.waitFor(() => expect(channel.sent).toMatchObject([{ kind: "failure", failure: { code: "ended" } }]));
  });

  it("goes on for who stays who they are, as the status does for anybody", async () => {
    const caller = new FakeCaller(["operator"]);
    const channel = new FakeChannel();
    serveChannel(channel, guardedHandlers(core, caller), vi.fn());
    core.library.arrive();
    await channel.ask({ kind: "subscribe", id: 1, name: "statements.follow", input: { filter: "", after: 0 } }, 1);
    await channel.ask({ kind: "subscribe", id: 2, name: "status", input: {} }, 2);
    caller.become(["operator", "admin"]);
    core.library.arrive();
    await vi.waitFor(() => expect(channel.sent.filter(({ id }) => id === 1)).toHaveLength(2));
    caller.become(null);
    await vi.waitFor(() => expect(channel.sent.filter(({ kind }) => kind === "failure")).toHaveLength(1));
    core.library.setState({ ...core.library.state, statements: 2 });
    await vi.waitFor(() => expect(channel.sent.filter(({ id, kind }) => id === 2 && kind === "event")).toHaveLength(2));
  });
});
