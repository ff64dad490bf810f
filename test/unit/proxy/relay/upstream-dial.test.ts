import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { dialUpstream } from "../../../../proxy/relay/upstream-dial.ts";
import { isKeptAlive } from "../../../support/process-facts.ts";
import { startScriptedUpstream } from "../../../support/scripted-peer.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";

const never = new AbortController().signal;
let server: Server | null = null;

afterEach(() => {
  server?.close();
  server = null;
});

async function closedPort(): Promise<number> {
  const listening = createServer().listen(0, "127.0.0.1");
  await once(listening, "listening");
  const { port } = listening.address() as { port: number };
  listening.close();
  await once(listening, "close");
  return port;
}

it("gives a connected socket", async () => {
  const upstream = await startScriptedUpstream(() => undefined);
  const dialled = await dialUpstream({ host: "127.0.0.1", port: upstream.port }, 1000, never);
  expect(dialled).toMatchObject({ ok: true });
  if (dialled.ok) dialled.socket.destroy();
  await upstream.stop();
});

it("says in words why there is no connection", async () => {
  const refused = await dialUpstream({ host: "127.0.0.1", port: await closedPort() }, 1000, never);
  expect(refused).toEqual({ ok: false, message: "nothing listens there (ECONNREFUSED)" });
});

it("says so for every address of a host that has several", async () => {
  const refused = await dialUpstream({ host: "localhost", port: await closedPort() }, 1000, never);
  expect(refused).toEqual({ ok: false, message: "nothing listens there (ECONNREFUSED)" });
});

it("gives up when its time is up", async () => {
  // An address of the block that is set aside for documentation, which no one answers.
  const late = await dialUpstream({ host: "192.0.2.1", port: 3306 }, 1, never);
  expect(late).toMatchObject({ ok: false });
});

it("gives up when the client has gone", async () => {
  const gone = new AbortController();
  const dialling = dialUpstream({ host: "192.0.2.1", port: 3306 }, 60_000, gone.signal);
  gone.abort();
  expect(await dialling).toMatchObject({ ok: false });
});

it("gives a connection over a Unix socket", async () => {
  using directory = temporaryDirectory();
  const host = join(directory.path, "upstream.sock");
  server = createServer((accepted) => accepted.end("hello")).listen(host);
  await once(server, "listening");
  const dialled = await dialUpstream({ host, port: 0 }, 1000, never);
  expect(dialled).toMatchObject({ ok: true });
  if (dialled.ok) expect(String((await once(dialled.socket, "data"))[0])).toBe("hello");
  const gone = await dialUpstream({ host: join(directory.path, "gone.sock"), port: 0 }, 1000, never);
  expect(gone).toEqual({ ok: false, message: "there is no such socket (ENOENT)" });
});

it.runIf(process.platform === "linux")("notices an upstream that has vanished, by TCP keep-alive", async () => {
  const upstream = await startScriptedUpstream(() => undefined);
  const dialled = await dialUpstream({ host: "127.0.0.1", port: upstream.port }, 1000, never);
  if (!dialled.ok) throw new Error(dialled.message);
  expect(isKeptAlive(dialled.socket.localPort ?? 0, upstream.port)).toBe(true);
  dialled.socket.destroy();
  await upstream.stop();
});
