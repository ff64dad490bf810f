import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { describe, expect, inject, it } from "vitest";
import type { Entry } from "../../proxy/evidence/device-log/entry.ts";
import { readLogExcerpt } from "../../proxy/evidence/device-log/log-excerpt.ts";
import { listRecordings } from "../../proxy/recording/recording-files.ts";
import { verifyRecording } from "../../proxy/recording/verify.ts";
import { recordedSessions } from "../support/recorded.ts";
import { available, type ServerAddress } from "../support/servers.ts";
import { type RunningStenograph, startRecorder } from "../support/stenograph.ts";

const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stderr.write("Not tested: a full disk, because only root may mount a small file system. Run the tests as root.\n");

/** A file system in memory with room for `mebibytes`; unmounted at the end of a `using` block. */
function mountSmall(mebibytes: number): { readonly path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), "stenograph-small-"));
  const mount = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", path], { encoding: "utf8" });
  if (mount.status !== 0) throw new Error(`no small file system could be mounted: ${mount.stderr}`);
  return {
    path,
    [Symbol.dispose]: () => {
      spawnSync("umount", ["--lazy", path]);
      rmdirSync(path);
    },
  };
}

/** Fills what is left of the file system; removing the file that is returned frees it again. */
function fillUp(directory: string): string {
  const path = join(directory, "ballast");
  const fd = openSync(path, "w");
  const block = Buffer.alloc(4096);
  try {
    for (;;) writeSync(fd, block);
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "ENOSPC")) throw thrown;
  } finally {
    closeSync(fd);
  }
  return path;
}

function untilSaid(recorder: RunningStenograph, words: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (!words.test(recorder.stderr())) return;
      recorder.child.stderr?.off("data", look);
      resolve();
    };
    recorder.child.stderr?.on("data", look);
    recorder.child.once("exit", () => reject(new Error(`it ended without saying ${words}: ${recorder.stderr()}`)));
    look();
  });
}

const full = /Stenograph cannot record and therefore forwards nothing: the disk is full; free some space \(ENOSPC/;
const connect = (port: number, server: ServerAddress) => createConnection({ host: "127.0.0.1", port, ...server.app });

describe.runIf(isRoot).each(available(inject("servers")))("when the disk fills up under sessions with $kind", (server) => {
  it("stops traffic with a clear error, says so, and goes on by itself once there is room", async () => {
    using small = mountSmall(16);
    const data = small.path;
    await using recorder = await startRecorder({ data, upstream: `mysql://127.0.0.1:${server.port}`, auth: "passthrough" });
    const { port } = recorder.first;
    const client = await connect(port, server);
    await client.query("SELECT 'recorded' AS it");

    const ballast = fillUp(data);
    await expect(client.query(`SELECT '${"x".repeat(20_000)}' AS lost`)).rejects.toMatchObject({
      errno: 1105,
      message: expect.stringMatching(full),
    });
    await expect(connect(port, server)).rejects.toThrow(full);
    await untilSaid(recorder, full);

    rmSync(ballast);
    await untilSaid(recorder, /Recording works again\./);
    const again = await connect(port, server);
    const [rows] = await again.query<RowDataPacket[]>("SELECT 'recorded again' AS it");
    await again.end();
    expect(rows).toEqual([{ it: "recorded again" }]);
    // The library, which had no room either, seals what has ended meanwhile.
    const notSealed = (): number => [...listRecordings(data)].filter(({ path }) => !verifyRecording(path).ok).length;
    await expect.poll(notSealed, { timeout: 30_000, interval: 100 }).toBe(0);
    expect(await recorder.end()).toEqual({ exitCode: 0, signal: null });

    const sessions = recordedSessions(data);
    expect(sessions).toHaveLength(2);
    const [cut] = sessions;
    expect(cut?.statements[0]).toMatchObject({ sql: "SELECT 'recorded' AS it", outcome: "ok" });
    expect(cut?.gaps).toMatchObject([{ reason: "recording-failed", detail: expect.stringMatching(full) }]);
    expect(cut?.close).toMatchObject({ cause: "recording-failed", detail: expect.stringMatching(full) });
    const results = sessions.flatMap(({ statements }) => statements.map((statement) => statement.results[0]?.[0]?.[0]));
    expect(results).toContain("recorded again");

    // The device log, which had no room either, tells of it, and has every session and its seal.
    const { entries } = await readLogExcerpt(data, () => true);
    const kinds = entries.map(({ leaf }) => (JSON.parse(leaf) as Entry).kind);
    const counted = (kind: Entry["kind"]): number => kinds.filter((one) => one === kind).length;
    expect(kinds).toContain("recording-failure");
    expect(kinds.indexOf("recording-resumed")).toBeGreaterThan(kinds.indexOf("recording-failure"));
    expect([counted("session-open"), counted("seal"), counted("log-put-aside")]).toEqual([2, 2, 0]);
  });
});
