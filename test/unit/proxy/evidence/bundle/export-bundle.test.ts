import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseWithholdingRule } from "../../../../../proxy/evidence/bundle/withholding-rules.ts";
import { canonicalText } from "../../../../../proxy/evidence/canonical/canonical.ts";
import { verifyEnvelope } from "../../../../../proxy/evidence/signing/dsse.ts";
import { readSigstoreBundle } from "../../../../../proxy/evidence/signing/sigstore-bundle.ts";
import { recordingPath } from "../../../../../proxy/recording/recording-files.ts";
import { EvidenceWorkstation } from "../../../../support/evidence/evidence-workstation.ts";
import { unzipped } from "../../../../support/evidence/unzipped.ts";
import { temporaryDirectory } from "../../../../support/stenograph.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let workstation: EvidenceWorkstation;
let before: string[];

beforeEach(() => {
  directory = temporaryDirectory();
  workstation = new EvidenceWorkstation(directory.path);
});

afterEach(async () => {
  await workstation[Symbol.asyncDispose]();
  directory[Symbol.dispose]();
});

function recordTwo(): Promise<string[]> {
  return Promise.all([
    workstation.record((recorded, at) => recorded.query("SELECT 1", at, { rows: ["a", "b"] })),
    workstation.record((recorded, at) => recorded.query("SELECT 2", at, { error: 1064, message: "no" })),
  ]);
}

/** What is in the directory besides what was there before. */
function leftOver(): string[] {
  return readdirSync(directory.path).filter((name) => !before.includes(name));
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

describe("An export", { timeout: 90_000 }, () => {
  it("lists every file with its digest, and signs the list", async () => {
    const sessions = await recordTwo();
    const result = await workstation.export(sessions, "bundle.zip");
    const files = await unzipped(result.file);
    const listed = ["manifest-sha256.txt", "tagmanifest-sha256.txt"].flatMap((name) => {
      const lines = files.get(name)?.toString("utf8").split("\n").slice(0, -1) ?? [];
      return lines.map((line) => [line.slice(66), line.slice(0, 64)] as const);
    });
    for (const [name, digest] of listed) expect(sha256(files.get(name) as Buffer), name).toBe(digest);
    const unlisted = [...files.keys()].filter((name) => !listed.some(([path]) => path === name));
    expect(unlisted.sort()).toEqual(["sig/export.sigstore.json", "tagmanifest-sha256.txt"]);
    expect(sha256(files.get("manifest-sha256.txt") as Buffer)).toBe(result.manifestSha256);
    const bundle = readSigstoreBundle(JSON.parse(files.get("sig/export.sigstore.json")?.toString("utf8") ?? ""));
    const check = bundle === null ? null : verifyEnvelope(bundle.dsseEnvelope, workstation.key.publicKey);
    if (check?.ok !== true) throw new Error("the export is not signed");
    const statement = JSON.parse(check.payload.toString("utf8"));
    for (const { name, digest } of statement.subject) expect(digest.sha256).toBe(sha256(files.get(name) as Buffer));
    expect(statement.predicate).toMatchObject({ exportId: result.exportId, sessions, parent: null, redactions: { records: 0, parts: 0 } });
  });

  it("has each session's recording as it is, its events, and every part opened in canonical JSON", async () => {
    const sessions = await recordTwo();
    const files = await unzipped((await workstation.export(sessions, "bundle.zip")).file);
    for (const session of sessions) {
      const file = (name: string): Buffer => files.get(`data/sessions/${session}/${name}`) as Buffer;
      expect(file("wire.steno")).toEqual(readFileSync(recordingPath(directory.path, session)));
      const header = JSON.parse(file("header.json").toString("utf8"));
      const events = file("events.jsonl").toString("utf8").split("\n").slice(0, -1);
      expect(header).toMatchObject({ session, events: events.length, withheld: { parts: 0 }, seal: { version: 2 } });
      for (const line of [...events, ...file("disclosures.jsonl").toString("utf8").split("\n").slice(0, -1)]) {
        expect(canonicalText(JSON.parse(line))).toBe(line);
      }
    }
  });

  it("is entered in the device log, with proofs for its sessions and for itself", async () => {
    const [first = "", second = ""] = await recordTwo();
    const { file, exportId } = await workstation.export([second], "bundle.zip");
    const lines = (await unzipped(file)).get("data/device/entries.jsonl")?.toString("utf8").split("\n").slice(0, -1) ?? [];
    const entries = lines.map((line) => JSON.parse(JSON.parse(line).leaf));
    expect(entries.map(({ kind }) => kind).sort()).toEqual(["device-key", "export", "seal", "session-open"]);
    expect(entries).toContainEqual(expect.objectContaining({ kind: "export", exportId, sessions: [second] }));
    expect(JSON.stringify(entries)).not.toContain(first);
  });

  it("is a file for its owner alone, and leaves nothing else behind", async () => {
    const sessions = await recordTwo();
    before = readdirSync(directory.path);
    const { file, bytes } = await workstation.export(sessions, "bundle.zip", { rules: [parseWithholdingRule("results")] });
    expect(leftOver()).toEqual(["bundle.zip"]);
    expect(statSync(file)).toMatchObject({ size: bytes, mode: expect.any(Number) });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("never takes the place of another file", async () => {
    const sessions = await recordTwo();
    writeFileSync(join(directory.path, "mine.zip"), "mine");
    await expect(workstation.export(sessions, "mine.zip")).rejects.toMatchObject({ code: "file-exists" });
    // Somebody makes it while the export runs.
    const progress = () => writeFileSync(join(directory.path, "theirs.zip"), "theirs");
    before = readdirSync(directory.path);
    await expect(workstation.export(sessions, "theirs.zip", {}, { progress })).rejects.toMatchObject({ code: "file-exists" });
    expect(leftOver()).toEqual(["theirs.zip"]);
    expect(readFileSync(join(directory.path, "theirs.zip"), "utf8")).toBe("theirs");
  });

  it("leaves nothing where it is cancelled, whatever it is at", async () => {
    const sessions = await recordTwo();
    before = readdirSync(directory.path);
    const recipients = [await identityToRecipient(await generateX25519Identity())];
    for (const at of ["looking", "writing", "encrypting"]) {
      const abort = new AbortController();
      const progress = ({ phase }: { readonly phase: string }) => (phase === at ? abort.abort() : undefined);
      const rules = [parseWithholdingRule("results")];
      const exporting = workstation.export(sessions, "bundle.zip", { rules, recipients }, { progress, signal: abort.signal });
      await expect(exporting, at).rejects.toThrow(/abort/i);
      expect(leftOver()).toEqual([]);
    }
  });

  it("does not begin where nothing can be written, and says so", async () => {
    const sessions = await recordTwo();
    await expect(workstation.export(sessions, "missing/bundle.zip")).rejects.toMatchObject({ code: "export-unwritable" });
  });

  it("refuses a recording that is not what was sealed, and leaves nothing", async () => {
    const [session = ""] = await recordTwo();
    const [, other = ""] = await recordTwo();
    const source = workstation.sources([session, other]);
    before = readdirSync(directory.path);
    const file = recordingPath(directory.path, session);
    const bytes = readFileSync(file);
    const sql = bytes.indexOf("SELECT 1");
    const changed = Buffer.from(bytes);
    changed.write("SELECT 9", sql);
    writeFileSync(file, changed);
    await expect(workstation.export([session], "bundle.zip")).rejects.toMatchObject({ code: "recording-damaged" });
    // The seal of one session on the recording of another.
    writeFileSync(file, bytes);
    const [first, second] = source;
    if (first === undefined || second === undefined) throw new Error("no sources");
    const forged = { session, seal: second.seal, bytes: first.bytes, wire: first.wire, read: () => first.read() };
    await expect(workstation.export([], "bundle.zip", { sources: [forged] })).rejects.toMatchObject({ code: "recording-changed" });
    expect(leftOver()).toEqual([]);
  });

  it("stores what would become so small that readers take it for a bomb", async () => {
    const session = await workstation.record((recorded, at) => {
      for (let each = 0; each < 20; each += 1) recorded.query("SELECT x", at, { rows: ["a".repeat(500_000)] });
    });
    const { file } = await workstation.export([session], "bundle.zip");
    const unpacked = [...(await unzipped(file)).values()].reduce((sum, { length }) => sum + length, 0);
    expect(unpacked).toBeGreaterThan(20_000_000);
    expect(unpacked / statSync(file).size).toBeLessThan(2);
  });

  it("is encrypted as a whole to those who shall read it", async () => {
    const sessions = await recordTwo();
    const identity = await generateX25519Identity();
    const recipients = [await identityToRecipient(identity), await identityToRecipient(await generateX25519Identity())];
    const { file, encrypted } = await workstation.export(sessions, "bundle.zip.age", { recipients });
    expect(encrypted).toBe(true);
    expect(readFileSync(file).subarray(0, 22).toString("latin1")).toBe("age-encryption.org/v1\n");
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    writeFileSync(join(directory.path, "plain.zip"), await decrypter.decrypt(readFileSync(file)));
    expect((await unzipped(join(directory.path, "plain.zip"))).has("sig/export.sigstore.json")).toBe(true);
    await expect(workstation.export(sessions, "other.age", { recipients: ["age1nobody"] })).rejects.toMatchObject({ code: "recipient" });
  });

  it("is of sessions, each once", async () => {
    const [session = ""] = await recordTwo();
    await expect(workstation.export([], "bundle.zip")).rejects.toMatchObject({ code: "no-session" });
    await expect(workstation.export([session, session], "bundle.zip")).rejects.toMatchObject({ code: "session-twice" });
  });
});
