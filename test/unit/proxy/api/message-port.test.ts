import { beforeEach, describe, expect, it, vi } from "vitest";
import { serveChannel } from "../../../../proxy/api/dispatcher.ts";
import { allHandlers } from "../../../../proxy/api/handlers/all-handlers.ts";
import { hostCaller } from "../../../../proxy/api/identity/host-caller.ts";
import { MessagePortChannel } from "../../../../proxy/api/message-port.ts";
import { type FakeCore, fakeCore } from "../../../support/api/fake-core.ts";
import { type FakeChannelEnd, MessageChannelMain } from "../../../support/electron/fake-electron.ts";

let core: FakeCore;
let page: FakeChannelEnd;
const heard: unknown[] = [];

beforeEach(async () => {
  heard.length = 0;
  core = await fakeCore();
  const { port1, port2 } = new MessageChannelMain();
  page = port2;
  page.on("message", ({ data }: { data: unknown }) => heard.push(data));
  page.start();
  serveChannel(new MessagePortChannel(port1), allHandlers(core, hostCaller(core.info.actor)), () => undefined);
});

describe("MessagePortChannel", () => {
  it("carries calls and their answers, and refuses what is no message", async () => {
    page.postMessage({ kind: "call", id: 1, name: "app.info", input: {} });
    page.postMessage("nonsense");
    await vi.waitFor(() => expect(heard).toHaveLength(2));
    expect(heard).toContainEqual(expect.objectContaining({ kind: "answer", id: 1 }));
    expect(heard).toContainEqual(expect.objectContaining({ kind: "failure", id: -1 }));
  });

  it("ends the streams of a page that is gone, and sends it nothing more", async () => {
    page.postMessage({ kind: "subscribe", id: 1, name: "statements.follow", input: { filter: "", after: 0 } });
    await vi.waitFor(() => expect(core.library.followers).toBe(1));
    page.close();
    await vi.waitFor(() => expect(core.library.followers).toBe(0));
    core.library.arrive();
    expect(heard).toEqual([]);
  });
});
