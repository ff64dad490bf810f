import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { composeEvidence, type EvidenceOptions, type RunningEvidence } from "../../../proxy/compose-evidence.ts";
import type { Entry } from "../../../proxy/evidence/device-log/entry.ts";
import { readLogExcerpt } from "../../../proxy/evidence/device-log/log-excerpt.ts";
import { entriesPath } from "../../../proxy/evidence/device-log/log-files.ts";
import { evidencePath, openEvidenceSettings, witnessOf } from "../../../proxy/evidence-file.ts";
import { MemorySecretStore } from "../../../proxy/identity/memory-secret-store.ts";
import { encodeJsonFrame, FrameKind } from "../../../proxy/recording/frame.ts";
import { RecordedSession } from "../../support/library/recorded-session.ts";

let data: string;
let said: string[];
const running: RunningEvidence[] = [];

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "compose-evidence-"));
  said = [];
});

afterEach(async () => {
  for (const evidence of running.splice(0)) await evidence.close();
  rmSync(data, { recursive: true });
});

async function compose(more: Partial<EvidenceOptions> = {}): Promise<RunningEvidence> {
  const options = { dataDirectory: data, secrets: new MemorySecretStore(), keys: null, sessionsEndAtOnce: () => true };
  const evidence = await composeEvidence({ ...options, openSessions: () => 0, say: (line) => said.push(line), ...more });
  running.push(evidence);
  return evidence;
}

async function entries(): Promise<Entry[]> {
  return (await readLogExcerpt(data, () => true)).entries.map(({ leaf }) => JSON.parse(leaf) as Entry);
}

describe("composeEvidence", () => {
  it("gives the witness the checkpoint of what it should know of, at the end at the latest", async () => {
    const witness = join(data, "witness.txt");
    await (await openEvidenceSettings(data)).change(() => ({ value: { witness: { file: witness } }, result: null }));
    const evidence = await compose();
    expect(evidence.state()).toMatchObject({ key: { kept: "run" }, deviceLog: { state: "writing" }, witness: { state: "waiting" } });
    await evidence.log.enter({ kind: "export", exportId: "e", sessions: [] });
    await evidence.close();
    expect(evidence.state().witness).toMatchObject({ state: "sent" });
    const { consistency } = await readLogExcerpt(data, () => false);
    expect(consistency.map(({ from }) => `${from}\n`)).toEqual([readFileSync(witness, "utf8")]);
  });

  it("enters a failure of recording once, and its end", async () => {
    const evidence = await compose();
    for (const state of [
      { state: "recording" },
      { state: "failing", message: "the disk is full" },
      { state: "failing", message: "the disk is still full" },
      { state: "recording" },
    ] as const)
      evidence.recordingState(state);
    await evidence.close();
    const failures = (await entries()).filter(({ kind }) => kind.startsWith("recording-"));
    expect(failures).toMatchObject([{ kind: "recording-failure", message: "the disk is full" }, { kind: "recording-resumed" }]);
  });

  it("enters as late what was sealed and not entered, where it records; a command only enters what it does", async () => {
    const session = new RecordedSession(data, Date.UTC(2026, 10, 22) * 1000, { recorder: "gone" }).close();
    appendFileSync(session.path, encodeJsonFrame(FrameKind.seal, 1n, { version: 1, sha256: "ab".repeat(32), bytes: 9, frames: 2 }));
    const command = await compose({ openSessions: null });
    await command.close();
    expect((await entries()).map(({ kind }) => kind)).toEqual(["device-key"]);
    const recorder = await compose();
    const sealed = async (): Promise<Entry[]> => (await entries()).filter(({ kind }) => kind === "seal");
    await expect.poll(sealed, { timeout: 15_000 }).toMatchObject([{ session: session.id, late: true, root: null }]);
    await recorder.close();
    // A run later it is known.
    await (await compose()).close();
    expect(await sealed()).toHaveLength(1);
  });

  it("says that the log was changed since it was signed", async () => {
    await (await compose()).close();
    writeFileSync(entriesPath(data), readFileSync(entriesPath(data), "utf8").replace('"kept":"run"', '"kept":"out"'));
    await (await compose()).close();
    expect(said).toEqual([expect.stringMatching(/^The device log is not the one that was signed: .* is kept as device-log\.put-aside-/)]);
  });

  it("does not start with settings that cannot be used: who set a witness wants to know that it gets nothing", async () => {
    for (const witness of [
      { file: "relative.txt" },
      { url: "ftp://witness.example" },
      { file: "/w", url: "http://w" },
      "https://w",
      undefined,
    ]) {
      writeFileSync(evidencePath(data), JSON.stringify({ format: "stenograph-evidence", version: 1, witness }));
      await expect(compose()).rejects.toMatchObject({ code: "settings-unreadable" });
    }
  });
});

describe("A witness as a person names it", () => {
  it("is an address or a file", () => {
    expect(witnessOf("https://witness.example/x", "/here")).toEqual({ url: "https://witness.example/x" });
    expect(witnessOf("/w/notes.txt", "/here")).toEqual({ file: "/w/notes.txt" });
    expect(witnessOf("notes.txt", "/here")).toEqual({ file: join("/here", "notes.txt") });
    for (const neither of ["", "ftp://witness.example", "https://"]) expect(() => witnessOf(neither, "/here")).toThrow("is neither");
  });
});
