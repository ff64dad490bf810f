import { beforeEach, describe, expect, it, vi } from "vitest";
import { serveChannel } from "../../../../proxy/api/dispatcher.ts";
import { allHandlers } from "../../../../proxy/api/handlers/all-handlers.ts";
import { hostCaller } from "../../../../proxy/api/identity/host-caller.ts";
import { FakeChannel } from "../../../support/api/fake-channel.ts";
import { type FakeCore, fakeCore } from "../../../support/api/fake-core.ts";

let core: FakeCore;
let channel: FakeChannel;
const report = vi.fn<(cause: unknown, name: string) => void>();

beforeEach(async () => {
  core = await fakeCore();
  channel = new FakeChannel();
  report.mockClear();
  serveChannel(channel, allHandlers(core, hostCaller(core.info.actor)), report);
});

describe("serveChannel", () => {
  it("answers a call with its output", async () => {
    const answer = await channel.ask({ kind: "call", id: 1, name: "app.info", input: {} }, 1);
    expect(answer).toMatchObject({ kind: "answer", id: 1, output: { version: "0.0.0", actor: { name: "ada", authenticated: false } } });
  });

  it("answers a handler's failure with its code and message, and goes on", async () => {
    const failed = await channel.ask({ kind: "call", id: 1, name: "sessions.get", input: { session: "x" } }, 1);
    expect(failed).toMatchObject({ kind: "failure", failure: { code: "no-such-session" } });
    expect(report).not.toHaveBeenCalled();
    expect(await channel.ask({ kind: "call", id: 1, name: "status.get", input: {} }, 1)).toMatchObject({ kind: "answer" });
  });

  it("answers an unexpected error and reports where it happened", async () => {
    vi.spyOn(core.library, "call").mockRejectedValue(new Error("a mistake of ours"));
    const failed = await channel.ask({ kind: "call", id: 1, name: "library.reindex", input: {} }, 1);
    expect(failed).toMatchObject({ kind: "failure", failure: { code: "internal" } });
    expect(report).toHaveBeenCalledWith(expect.any(Error), "library.reindex");
  });

  it.each([
    ["no object", "hello"],
    ["nothing", undefined],
    ["a list", [1, 2]],
    ["an unknown kind", { kind: "shout", id: 7 }],
    ["a call without a name", { kind: "call", id: 7, input: {} }],
    ["an id that is no whole number", { kind: "call", id: 1.5, name: "app.info", input: {} }],
    ["a prototype's name as kind", { kind: "__proto__", id: 7 }],
  ])("refuses a message that is %s, without ending the channel", async (_what, message) => {
    const hasId = typeof message === "object" && "id" in message && Number.isInteger(message.id);
    expect(await channel.ask(message, hasId ? 7 : -1)).toMatchObject({ kind: "failure", failure: { code: "malformed" } });
    expect(await channel.ask({ kind: "call", id: 8, name: "app.info", input: {} }, 8)).toMatchObject({ kind: "answer" });
  });

  it.each(["app.nothing", "constructor", "__proto__", "toString", ""])("refuses the unknown call “%s”", async (name) => {
    expect(await channel.ask({ kind: "call", id: 1, name, input: {} }, 1)).toMatchObject({ failure: { code: "unknown-call" } });
    expect(await channel.ask({ kind: "subscribe", id: 2, name, input: {} }, 2)).toMatchObject({ failure: { code: "unknown-stream" } });
  });

  it("refuses a wrong input with the field that is wrong", async () => {
    const input = { filter: "", offset: 0, limit: 0 };
    const failed = await channel.ask({ kind: "call", id: 1, name: "statements.page", input }, 1);
    expect(failed).toMatchObject({ failure: { code: "invalid-input", message: expect.stringContaining("“limit”") } });
  });

  it("refuses an id that is in use, without disturbing who uses it", async () => {
    await channel.ask({ kind: "subscribe", id: 1, name: "status", input: {} }, 1);
    expect(await channel.ask({ kind: "call", id: 1, name: "app.info", input: {} }, 1)).toMatchObject({ failure: { code: "malformed" } });
    const changed = channel.next(({ kind }) => kind === "event");
    core.library.setState({ ...core.library.state, lagMs: 5 });
    expect(await changed).toMatchObject({ id: 1, event: { library: { lagMs: 5 } } });
  });

  it("refuses more than it can have open at once", async () => {
    for (let id = 1; id <= 256; id += 1) channel.say({ kind: "subscribe", id, name: "sessions.follow", input: {} });
    expect(await channel.ask({ kind: "call", id: 257, name: "app.info", input: {} }, 257)).toMatchObject({ failure: { code: "too-many" } });
  });

  it("stops a stream that is cancelled, and every stream when the channel closes", async () => {
    channel.say({ kind: "subscribe", id: 1, name: "statements.follow", input: { filter: "", after: 0 } });
    channel.say({ kind: "subscribe", id: 2, name: "statements.follow", input: { filter: "", after: 0 } });
    expect(core.library.followers).toBe(2);
    channel.say({ kind: "cancel", id: 1 });
    await vi.waitFor(() => expect(core.library.followers).toBe(1));
    channel.close();
    await vi.waitFor(() => expect(core.library.followers).toBe(0));
  });

  it("tells a stream's failure", async () => {
    const failed = channel.next(({ kind }) => kind === "failure");
    channel.say({ kind: "subscribe", id: 1, name: "statements.follow", input: { filter: "(", after: 0 } });
    await vi.waitFor(() => expect(core.library.followers).toBe(1));
    core.library.fail("invalid-filter", "A bracket is not closed.");
    expect(await failed).toMatchObject({ id: 1, failure: { code: "invalid-filter" } });
  });

  it("holds rows back while the channel takes none, and loses and repeats none of them", async () => {
    const ids = () =>
      channel.sent.flatMap((message) => (message.kind === "event" ? (message.event as { rows: { id: number }[] }).rows : []));
    channel.block();
    channel.say({ kind: "subscribe", id: 1, name: "statements.follow", input: { filter: "", after: 0 } });
    for (let count = 0; count < 100; count += 1) core.library.arrive();
    await vi.waitFor(() => expect(core.library.followers).toBe(0));
    expect(ids().length).toBeLessThanOrEqual(1);
    channel.unblock();
    await vi.waitFor(() => expect(ids()).toHaveLength(100));
    expect(ids().map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  });

  it("sends a subscriber with a window no more than it, until it says that it received one", async () => {
    const events = () => channel.sent.filter(({ kind }) => kind === "event");
    channel.say({ kind: "subscribe", id: 1, name: "statements.follow", input: { filter: "", after: 0 }, window: 2 });
    for (let count = 0; count < 20; count += 1) core.library.arrive();
    await vi.waitFor(() => expect(events()).toHaveLength(2));
    await new Promise(setImmediate);
    expect(events()).toHaveLength(2);
    for (let taken = 3; taken <= 20; taken += 1) {
      channel.say({ kind: "received", id: 1 });
      await vi.waitFor(() => expect(events()).toHaveLength(taken), { interval: 1 });
    }
    channel.say({ kind: "received", id: 12345 });
    channel.say({ kind: "cancel", id: 1 });
    await vi.waitFor(() => expect(core.library.followers).toBe(0));
  });

  it("goes on from the cursor after a reconnect", async () => {
    for (let count = 0; count < 3; count += 1) core.library.arrive();
    const again = new FakeChannel();
    serveChannel(again, allHandlers(core, hostCaller(core.info.actor)), report);
    const event = await again.ask({ kind: "subscribe", id: 1, name: "statements.follow", input: { filter: "", after: 2 } }, 1);
    expect(event).toMatchObject({ event: { rows: [{ id: 3 }], after: 3 } });
  });

  it("tells several changes of a session that were not yet taken as one", async () => {
    channel.say({ kind: "subscribe", id: 1, name: "sessions.follow", input: {} });
    const event = channel.next(({ kind }) => kind === "event");
    core.library.announce([{ id: "a", statements: 1 } as never]);
    core.library.announce([{ id: "a", statements: 2 } as never, { id: "b", statements: 1 } as never]);
    expect(await event).toMatchObject({
      event: {
        sessions: [
          { id: "a", statements: 2 },
          { id: "b", statements: 1 },
        ],
      },
    });
  });
});
