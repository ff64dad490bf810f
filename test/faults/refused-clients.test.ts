import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, it } from "vitest";
import { FaultyFiles } from "../support/faulty-files.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { scriptedClient } from "../support/scripted-peer.ts";
import { signIn, startScriptedServer } from "../support/scripted-server.ts";

/** A client that reads everything and never closes. */
async function stubborn(to: RecordedRelay): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port: to.port, allowHalfOpen: true });
  socket.on("error", () => undefined);
  await once(socket.resume(), "end");
  return socket;
}

it("a client that is refused because recording fails is cut off where it does not close", async () => {
  const server = await startScriptedServer(() => undefined);
  const files = new FaultyFiles();
  const relay = await startRecordedRelay({ upstream: { host: "127.0.0.1", port: server.port }, files });
  files.fault = (operation) => (operation === "write" ? "ENOSPC" : null);
  await expect(signIn(scriptedClient(relay.port))).rejects.toThrow();
  const socket = await stubborn(relay);
  // Still open on our side; writing to what the proxy has given up is answered by a reset.
  const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  const nag = setInterval(() => socket.write("x"), 100);
  await gone;
  clearInterval(nag);
  await relay.stop();
  relay.remove();
  await server.stop();
});

it("a client that signs in at the very moment of the stop does not keep it from ending", async () => {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const { promise: signedIn, resolve: letIn } = Promise.withResolvers<void>();
    const server = await startScriptedServer(() => letIn());
    const relay = await startRecordedRelay({ upstream: { host: "127.0.0.1", port: server.port } });
    const client = scriptedClient(relay.port);
    const signing = signIn(client).catch(() => undefined);
    // The upstream has sent its OK_Packet: the relay's session begins any moment now.
    await signedIn;
    for (let turn = 0; turn < attempt; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    await relay.stop();
    await signing;
    await client.closed();
    relay.remove();
    await server.stop();
  }
});

it("clients that connect and never sign in are held to a number, and others are told to try again", async () => {
  const server = await startScriptedServer(() => undefined);
  const relay = await startRecordedRelay({ upstream: { host: "127.0.0.1", port: server.port } });
  const silent = Array.from({ length: 600 }, () => connect({ host: "127.0.0.1", port: relay.port }).on("error", () => undefined));
  await Promise.all(silent.map((socket) => once(socket, "data")));
  const refused = connect({ host: "127.0.0.1", port: relay.port });
  const [answer] = (await once(refused, "data")) as [Buffer];
  expect(answer.readUInt16LE(5)).toBe(1040);
  expect(answer.toString("latin1")).toContain("try again");
  for (const socket of [...silent, refused]) socket.destroy();
  await relay.stop();
  relay.remove();
  await server.stop();
});
