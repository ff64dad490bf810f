import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { composeRecorder } from "../../../proxy/compose.ts";
import type { Entry } from "../../../proxy/evidence/device-log/entry.ts";
import { readLogExcerpt } from "../../../proxy/evidence/device-log/log-excerpt.ts";
import { listRecordings } from "../../../proxy/recording/recording-files.ts";
import { verifyRecording } from "../../../proxy/recording/verify.ts";
import { connectionOf } from "../../support/api/connection-of.ts";
import { recordedSessions } from "../../support/recorded.ts";
import { freePort } from "../../support/servers.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "stenograph-recorder-"));
});

afterEach(() => rmSync(directory, { recursive: true }));

const noSecrets = { upstreamPassword: null, clientPassword: null };
const verified = () => [...listRecordings(directory)].map(({ path }) => verifyRecording(path));

describe("composeRecorder", () => {
  it("seals at the end what the library's thread could not, because it never ran", async () => {
    const broken = join(directory, "library-that-crashes.mjs");
    writeFileSync(broken, "throw new Error('no library today');");
    const workers = { relay: new URL("../../../proxy/relay-thread.ts", import.meta.url), library: pathToFileURL(broken) };
    const recorder = await composeRecorder({ dataDirectory: directory, workers });
    const nobody = { host: "127.0.0.1", port: await freePort() };
    const connection = connectionOf({ auth: "passthrough", listen: { host: "127.0.0.1", port: 0 }, upstream: nobody });
    const state = await recorder.relay.start(connection, noSecrets);
    const client = connect(state.state === "listening" ? state.port : 0, "127.0.0.1");
    client.resume();
    await once(client, "close");
    await recorder.close();
    expect(verified()).toEqual([{ ok: true }]);
  });

  it.each([["with", true] as const, ["without", false] as const])(
    "ends and seals, %s a library, the recordings of sessions that had just begun when the relay crashed",
    async (_with, library) => {
      const broken = join(directory, "library-that-crashes.mjs");
      writeFileSync(broken, "throw new Error('no library today');");
      const workers = {
        relay: new URL("../../fixtures/relay-thread-crashing-with-sessions.ts", import.meta.url),
        library: library ? new URL("../../../proxy/library-thread.ts", import.meta.url) : pathToFileURL(broken),
      };
      const recorder = await composeRecorder({ dataDirectory: directory, workers });
      await recorder.relay.authorityFile;
      expect(await recorder.relay.start(connectionOf({ id: "crash" }), noSecrets)).toMatchObject({ state: "failed" });
      await recorder.relay.stop("crash");
      const causes = () => recordedSessions(directory).map(({ close }) => close?.cause);
      expect(causes()).toEqual(["crashed", "client-quit"]);
      if (library) await expect.poll(verified, { timeout: 15_000 }).toEqual([{ ok: true }, { ok: true }]);
      await recorder.close();
      expect(verified()).toEqual([{ ok: true }, { ok: true }]);
      // Both sessions, the crash and its end are in the device log.
      const { entries } = await readLogExcerpt(directory, () => true);
      const kinds = entries.map(({ leaf }) => (JSON.parse(leaf) as Entry).kind);
      expect(kinds.filter((kind) => kind === "seal")).toHaveLength(2);
      expect(kinds).toContain("recording-failure");
    },
  );
});
