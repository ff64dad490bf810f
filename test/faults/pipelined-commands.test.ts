import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { toPackets } from "../../proxy/protocol/packet-writer.ts";
import { residentMebibytes } from "../support/process-facts.ts";
import { scriptedClient } from "../support/scripted-peer.ts";
import { commandOk, signIn, startScriptedServer } from "../support/scripted-server.ts";
import { listStatements, startRecorder, temporaryDirectory } from "../support/stenograph.ts";

const commands = 300_000;
const sql = "SELECT id, name FROM customers WHERE id = 12345";

/** What so many commands that wait may cost in all: most of them wait in the sockets, as they would at the server. */
const allowedMebibytes = 32;

it("300,000 commands that are sent ahead of a silent server cost little, and are all answered and recorded in the end", async () => {
  let answer: () => void = () => undefined;
  const answering = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const server = await startScriptedServer(async ({ socket, nextCommand }) => {
    await answering;
    const ok = toPackets(commandOk, 1);
    for (let answered = 0; answered < commands && (await nextCommand()) !== null; answered += 1) socket.write(ok);
  });
  using directory = temporaryDirectory();
  const recorder = await startRecorder({ data: directory.path, upstream: `mysql://127.0.0.1:${server.port}`, auth: "passthrough" }, [
    "--upstream-tls",
    "off",
  ]);
  try {
    const pid = recorder.child.pid as number;
    const client = scriptedClient(recorder.first.port);
    await signIn(client);
    const before = residentMebibytes(pid);
    const thousand = Buffer.concat(Array.from({ length: 1000 }, () => toPackets(Buffer.from(`\x03${sql}`), 0)));
    for (let sent = 0; sent < commands; sent += 1000) client.socket.write(thousand);
    let peak = 0;
    for (let quiet = 0, last = -1; quiet < 10; ) {
      await delay(100);
      const now = residentMebibytes(pid);
      quiet = Math.abs(now - last) < 1 ? quiet + 1 : 0;
      last = now;
      peak = Math.max(peak, now);
    }
    expect(peak - before).toBeLessThan(allowedMebibytes);
    answer();
    for (let answered = 0; answered < commands; answered += 1) expect(await client.next()).not.toBeNull();
    client.socket.destroy();
    expect(await recorder.end()).toEqual({ exitCode: 0, signal: null });
  } finally {
    await recorder.end("SIGKILL");
    await server.stop();
  }
  const statements = await listStatements(directory.path);
  expect([statements.length, statements.filter(({ outcome }) => outcome === "ok").length]).toEqual([commands, commands]);
});
