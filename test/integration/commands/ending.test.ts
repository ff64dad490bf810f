import { createConnection } from "mysql2/promise";
import { expect, inject, it } from "vitest";
import { listRecordings } from "../../../proxy/recording/recording-files.ts";
import { verifyRecording } from "../../../proxy/recording/verify.ts";
import { recordedBytes, recordedSessions } from "../../support/recorded.ts";
import { scriptedClient } from "../../support/scripted-peer.ts";
import { available } from "../../support/servers.ts";
import { startRecorder, temporaryDirectory } from "../../support/stenograph.ts";

it.each((["SIGINT", "SIGTERM", "SIGHUP"] as const).flatMap((signal) => available(inject("servers")).map((server) => ({ signal, server }))))(
  "$signal closes sessions of $server.kind and seals their recordings, whatever the clients are doing",
  async ({ signal, server }) => {
    using directory = temporaryDirectory();
    const recorder = await startRecorder({ data: directory.path, upstream: `mysql://127.0.0.1:${server.port}`, auth: "passthrough" });
    const { port } = recorder.first;
    const connect = () => createConnection({ host: "127.0.0.1", port, ...server.app });
    const [idle, waiting, streaming] = [await connect(), await connect(), await connect()];
    for (const client of [idle, waiting, streaming]) client.on("error", () => undefined);
    await idle.query("SELECT 'idle' AS it");
    const answers = [waiting.query("SELECT SLEEP(20)"), streaming.query("SELECT REPEAT('s', 100000000)")];
    const settled = Promise.allSettled(answers);
    // A client that has connected and says nothing.
    const silent = scriptedClient(port);
    await silent.next();
    const asked = (): number => [...listRecordings(directory.path)].filter(({ path }) => recordedBytes(path, "client").length > 0).length;
    await expect.poll(asked).toBe(3);

    expect(await recorder.end(signal)).toEqual({ exitCode: 0, signal: null });
    expect((await settled).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await silent.closed();
    const sessions = recordedSessions(directory.path);
    expect(sessions.map(({ path }) => verifyRecording(path))).toEqual(sessions.map(() => ({ ok: true })));
    expect(new Set(sessions.map(({ close }) => close?.cause))).toEqual(new Set(["shutdown"]));
    expect(recorder.stderr()).toBe("");
  },
);

it.each(available(inject("servers")).flatMap((server) => (["SIGTERM", "SIGHUP"] as const).map((signal) => ({ signal, server }))))(
  "$signal that comes again, because it was sent to a whole process group and passed on as well, does not cut the ending short ($server.kind)",
  async ({ signal, server }) => {
    using directory = temporaryDirectory();
    await using recorder = await startRecorder({ data: directory.path, upstream: `mysql://127.0.0.1:${server.port}`, auth: "passthrough" });
    const clients = await Promise.all(
      Array.from({ length: 20 }, () => createConnection({ host: "127.0.0.1", port: recorder.first.port, ...server.app })),
    );
    const again = new Promise<void>((resolve) => {
      const sendAgain = (): void => {
        recorder.child.kill(signal);
        resolve();
      };
      for (const client of clients) client.on("error", sendAgain);
    });
    const ended = recorder.end(signal);
    await again;

    expect(await ended).toEqual({ exitCode: 0, signal: null });
    const sessions = recordedSessions(directory.path);
    expect(sessions.map(({ path }) => verifyRecording(path))).toEqual(clients.map(() => ({ ok: true })));
  },
);
