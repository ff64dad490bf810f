import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterEach, expect, inject, it } from "vitest";
import { recordingsDirectory } from "../../proxy/recording/recording-files.ts";
import { recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { available, type ServerAddress } from "../support/servers.ts";
import { runStenograph, temporaryDirectory } from "../support/stenograph.ts";

const servers = available(inject("servers"));
let relay: RecordedRelay | null = null;

afterEach(async () => {
  await relay?.stop();
  relay?.remove();
  relay = null;
});

const connect = (to: RecordedRelay, server: ServerAddress) => createConnection({ host: "127.0.0.1", port: to.port, ...server.app });

it.each(servers)(
  "a directory that is removed while sessions of $kind are recorded ends them, and recording goes on in a new one",
  async (server) => {
    relay = await startRecordedRelay({ upstream: server });
    const client = await connect(relay, server);
    const ended = new Promise<Error>((resolve) => client.on("error", resolve));
    await client.query("SELECT 1");
    rmSync(recordingsDirectory(relay.dataDirectory), { recursive: true });
    await client.query("SELECT 2").catch(() => undefined);
    expect((await ended).message).toMatch(/cannot record and therefore forwards nothing: the recording or its directory was removed/);

    await relay.untilState("recording");
    const again = await connect(relay, server);
    const [rows] = await again.query<RowDataPacket[]>("SELECT 'again' AS it");
    await again.end();
    await relay.untilIdle();
    expect(rows).toEqual([{ it: "again" }]);
    expect(recordedSessions(relay.dataDirectory).at(-1)?.close?.cause).toBe("client-quit");
  },
);

it.each(servers)("a file in the place of the directory refuses sessions of $kind until it is gone", async (server) => {
  relay = await startRecordedRelay({ upstream: server });
  writeFileSync(recordingsDirectory(relay.dataDirectory), "not a directory");
  await expect(connect(relay, server)).rejects.toThrow(/cannot record and therefore forwards nothing/);
  await expect(connect(relay, server)).rejects.toThrow(/cannot record and therefore forwards nothing/);
  renameSync(recordingsDirectory(relay.dataDirectory), join(relay.dataDirectory, "aside"));
  await relay.untilState("recording");
  const client = await connect(relay, server);
  await client.end();
});

it("a data directory that cannot be made is refused at the start, in one sentence", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "file");
  writeFileSync(file, "");
  const run = await runStenograph([
    "record",
    "--data",
    join(file, "data"),
    "--listen",
    "127.0.0.1:0",
    "--upstream",
    "mysql://127.0.0.1:3306",
  ]);
  expect(run).toMatchObject({ stdout: "", exitCode: 1 });
  expect(run.stderr).toMatch(/^The data directory .* cannot be used: something else, e.g. a file, .*Choose another with --data\.\n$/);
});

/** A directory that may not be written, by root neither; `undo` makes it one that can be removed. */
function unwritable(path: string): { undo(): void } {
  mkdirSync(path, { mode: 0o500 });
  if (process.getuid?.() !== 0) return { undo: () => chmodSync(path, 0o700) };
  const mount = spawnSync("mount", ["-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", path], { encoding: "utf8" });
  if (mount.status !== 0) throw new Error(`no read-only file system could be mounted: ${mount.stderr}`);
  return { undo: () => void spawnSync("umount", ["--lazy", path]) };
}

it("a data directory that may not be written is refused at the start, in one sentence", async () => {
  using directory = temporaryDirectory();
  const data = join(directory.path, "data");
  const { undo } = unwritable(data);
  const run = await runStenograph(["record", "--data", data, "--listen", "127.0.0.1:0", "--upstream", "mysql://127.0.0.1:3306"]);
  undo();
  expect(run).toMatchObject({ stdout: "", exitCode: 1 });
  expect(run.stderr).toMatch(/^The data directory .* cannot be used: .*Choose another with --data\.\n$/);
});
