import { createHash } from "node:crypto";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EntryBody } from "../../../../../proxy/evidence/device-log/entry.ts";
import { GrowingDigest } from "../../../../../proxy/evidence/device-log/growing-digest.ts";
import { Heartbeat } from "../../../../../proxy/evidence/device-log/heartbeat.ts";

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "heartbeat-"));
  file = join(directory, "access-log.jsonl");
});

afterEach(() => rmSync(directory, { recursive: true }));

const headOf = (text: string) => ({ bytes: Buffer.byteLength(text), sha256: createHash("sha256").update(text).digest("hex") });

describe("The digest of a growing file", () => {
  it("is of its first bytes, as far as it was read", async () => {
    const digest = new GrowingDigest(file);
    expect(await digest.head()).toBeNull();
    writeFileSync(file, "one\n");
    expect(await digest.head()).toEqual(headOf("one\n"));
    appendFileSync(file, "two\n");
    expect(await digest.head(6)).toEqual(headOf("one\ntw"));
    expect(await digest.head()).toEqual(headOf("one\ntwo\n"));
    expect(await digest.head(2)).toEqual(headOf("one\ntwo\n"));
  });

  it("begins anew where the file got shorter", async () => {
    writeFileSync(file, "one\ntwo\n");
    const digest = new GrowingDigest(file);
    await digest.head();
    writeFileSync(file, "new\n");
    expect(await digest.head()).toEqual(headOf("new\n"));
  });

  it("reads no more at once than it may", async () => {
    const text = "x".repeat(3_000_000);
    writeFileSync(file, text);
    const digest = new GrowingDigest(file, 1_300_000);
    expect((await digest.head())?.bytes).toBe(1_300_000);
    expect((await digest.head())?.bytes).toBe(2_600_000);
    expect(await digest.head()).toEqual(headOf(text));
  });
});

describe("The heartbeat", () => {
  it("enters at the start, at each beat and at the end how many sessions are open and what the access log is", async () => {
    const entered: EntryBody[] = [];
    let open = 2;
    const heartbeat = new Heartbeat({
      log: { append: (body) => void entered.push(body) },
      sessions: {
        beat: () => {
          entered.push({ kind: "recording-resumed" });
          return Promise.resolve();
        },
      },
      openSessions: () => open,
      accessLogPath: file,
    });
    await heartbeat.beat();
    writeFileSync(file, "{}\n");
    open = 0;
    await heartbeat.close();
    const beats = entered.filter(({ kind }) => kind === "heartbeat");
    expect(beats).toEqual([
      { kind: "heartbeat", openSessions: 2, accessLog: null },
      { kind: "heartbeat", openSessions: 2, accessLog: null },
      { kind: "heartbeat", openSessions: 0, accessLog: headOf("{}\n") },
    ]);
    // Each time the heads of open sessions come first.
    expect(entered.filter((_, index) => index % 2 === 0).every(({ kind }) => kind === "recording-resumed")).toBe(true);
  });
});
