import { appendFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Entry, leafOf } from "../../../../../proxy/evidence/device-log/entry.ts";
import { LateSeals } from "../../../../../proxy/evidence/device-log/late-seals.ts";
import { deviceLogDirectory, entriesPath } from "../../../../../proxy/evidence/device-log/log-files.ts";
import { encodeJsonFrame, FrameKind } from "../../../../../proxy/recording/frame.ts";
import { RecorderLock } from "../../../../../proxy/recording/recorder-lock.ts";
import { RecordedSession } from "../../../../support/library/recorded-session.ts";

const day = 86_400_000;
const now = Date.UTC(2026, 10, 22);
let data: string;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "late-seals-"));
});

afterEach(() => rmSync(data, { recursive: true }));

/** A recording that was sealed so many days before now. */
function sealed(daysAgo: number, seal: object, recorder = "a recorder that is gone"): RecordedSession {
  const session = new RecordedSession(data, (now - daysAgo * day) * 1000, { recorder }).close();
  appendFileSync(session.path, encodeJsonFrame(FrameKind.seal, BigInt(now - daysAgo * day) * 1_000_000n, seal));
  const at = new Date(now - daysAgo * day);
  utimesSync(session.path, at, at);
  return session;
}

/** The log as it was when its last entry was entered, so many days before now. */
function logged(daysAgo: number): void {
  mkdirSync(deviceLogDirectory(data));
  const entries = [leafOf(0, 1, { kind: "recording-resumed" }), leafOf(1, (now - daysAgo * day) * 1000, { kind: "recording-resumed" })];
  writeFileSync(entriesPath(data), `${entries.join("\n")}\n`);
}

async function missing(late: LateSeals): Promise<string[]> {
  const found: string[] = [];
  for await (const { session } of late.missing(new AbortController().signal)) found.push(session);
  return found;
}

const v2 = {
  version: 2,
  sha256: "ab".repeat(32),
  bytes: 100,
  frames: 3,
  events: 2,
  root: "cd".repeat(32),
  signatures: [{ by: "device", keyId: "k", algorithm: "Ed25519", sig: "s" }],
};
const v1 = { version: 1, sha256: "ef".repeat(32), bytes: 50, frames: 3 };

describe("Recordings that were sealed and not entered", () => {
  it("are all of them where there was no log, with what their seals say", async () => {
    const [old, newer] = [sealed(900, v1), sealed(1, v2)];
    const found: unknown[] = [];
    for await (const one of new LateSeals(data).missing(new AbortController().signal)) found.push(one);
    const { sha256, bytes, root, events, signatures } = v2;
    expect(found).toEqual([
      { session: old.id, seal: { sha256: v1.sha256, bytes: 50, signatures: [] } },
      { session: newer.id, seal: { sha256, bytes, root, events, signatures } },
    ]);
  });

  it("are not those that the log has, nor those from long before its last entry", async () => {
    logged(10);
    const before = sealed(18, v2);
    const [known, late] = [sealed(16, v2), sealed(16, v2)];
    const seals = new LateSeals(data);
    const entry = { v: 1, i: 0, at: (now - 16 * day) * 1000, kind: "seal", session: known.id } as Entry;
    seals.saw(entry);
    expect(await missing(seals)).toEqual([late.id]);
    expect(before.id).not.toBe(late.id);
  });

  it("are not those of a process that runs, which enters them itself, nor those that are not sealed", async () => {
    const lock = RecorderLock.acquire(data);
    try {
      sealed(1, v2, lock.id);
      new RecordedSession(data, now * 1000).close();
      new RecordedSession(data, now * 1000).abandon();
      const broken = sealed(1, { version: 2 });
      expect(broken.id).toBeDefined();
      expect(await missing(new LateSeals(data))).toEqual([]);
    } finally {
      lock.release();
    }
  });
});
