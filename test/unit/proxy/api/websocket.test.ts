import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import type { ServerChannel } from "../../../../proxy/api/server-channel.ts";
import { WebSocketServer } from "../../../../proxy/api/websocket.ts";
import { begunByProgram, loopbackPlace } from "../../../../proxy/identity/answers/loopback-listener.ts";

let server: Server;
let sockets: WebSocketServer;
let client: WebSocket;
let channel: ServerChannel;
const heard: unknown[] = [];

beforeEach(() => connect(10_000));

afterEach(disconnect);

async function connect(pingEveryMs: number): Promise<void> {
  heard.length = 0;
  server = createServer();
  const connected = Promise.withResolvers<ServerChannel>();
  sockets = new WebSocketServer((accepted) => connected.resolve(accepted), pingEveryMs);
  server.on("upgrade", (request, socket, head) => sockets.accept(request, socket, head, "browser", loopbackPlace(begunByProgram)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/api`);
  client.on("error", () => undefined);
  channel = await connected.promise;
  channel.onMessage((message) => heard.push(message));
  await new Promise((resolve) => (client.readyState === WebSocket.OPEN ? resolve(null) : client.once("open", resolve)));
}

function disconnect(): void {
  client.terminate();
  sockets.close();
  server.close();
}

describe("WebSocketChannel", () => {
  it("carries messages both ways", async () => {
    const received = new Promise((resolve) => client.once("message", (bytes) => resolve(JSON.parse(String(bytes)))));
    channel.send({ kind: "answer", id: 1, output: { text: "größer" } });
    expect(await received).toEqual({ kind: "answer", id: 1, output: { text: "größer" } });
    client.send('{"kind":"cancel","id":1}');
    await vi.waitFor(() => expect(heard).toEqual([{ kind: "cancel", id: 1 }]));
  });

  it("hands on what is no JSON, and what is binary, as nothing: for the contract to refuse", async () => {
    client.send("{");
    client.send(Buffer.from([1, 2, 3]));
    await vi.waitFor(() => expect(heard).toEqual([undefined, undefined]));
  });

  it("closes on a message that is longer than anything a page sends", async () => {
    const closed = new Promise((resolve) => client.once("close", resolve));
    const told = new Promise<void>((resolve) => channel.onClose(resolve));
    client.send("x".repeat((1 << 20) + 1));
    expect(await closed).toBe(1009);
    await told;
  });

  it("is writable until a slow page lets too much wait, and again when it has caught up", async () => {
    client.pause();
    const chunk = "x".repeat(1 << 20);
    let writable = true;
    let sent = 0;
    for (; sent < 64 && writable; sent += 1) {
      channel.send({ kind: "event", id: 1, event: chunk });
      writable = await Promise.race([
        channel.writable().then(() => true),
        new Promise<boolean>((resolve) => setImmediate(() => resolve(false))),
      ]);
    }
    expect(sent).toBeLessThan(64);
    client.resume();
    await channel.writable();
    let received = 0;
    client.on("message", () => {
      received += 1;
    });
    await vi.waitFor(() => expect(received).toBeGreaterThan(0));
  });

  it("stays open while the page answers pings, and closes when it does no more", async () => {
    disconnect();
    await connect(20);
    let pings = 0;
    client.on("ping", () => {
      pings += 1;
    });
    await vi.waitFor(() => expect(pings).toBeGreaterThan(5));
    expect(client.readyState).toBe(WebSocket.OPEN);
    const told = new Promise<void>((resolve) => channel.onClose(resolve));
    client.pause();
    await told;
  });

  it("is written to no more, without an error, after the page is gone", async () => {
    const told = new Promise<void>((resolve) => channel.onClose(resolve));
    client.terminate();
    await told;
    channel.send({ kind: "answer", id: 1, output: {} });
    await channel.writable();
  });
});
