import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fetchTimestamp, timestampRequest } from "../../../../../proxy/evidence/bundle/timestamp.ts";
import { sha256 } from "../../../../../proxy/evidence/merkle/hash.ts";
import { EvidenceWorkstation } from "../../../../support/evidence/evidence-workstation.ts";
import { hasTimestampAuthority, TimestampAuthority } from "../../../../support/evidence/timestamp-authority.ts";
import { unzipped } from "../../../../support/evidence/unzipped.ts";
import { temporaryDirectory } from "../../../../support/stenograph.ts";

if (!hasTimestampAuthority) console.warn("SKIPPED: timestamps are not tested, because openssl cannot be found.");

const bytes = Buffer.from("what is stamped");
const never = new AbortController().signal;

describe.skipIf(!hasTimestampAuthority)("A timestamp", { timeout: 90_000 }, () => {
  let authority: TimestampAuthority;

  beforeAll(async () => {
    authority = await TimestampAuthority.start();
  }, 60_000);

  beforeEach(() => {
    authority.answer = null;
    authority.requests = [];
  });

  afterAll(() => authority[Symbol.asyncDispose]());

  it("is one that openssl verifies", async () => {
    for (let each = 0; each < 5; each += 1) {
      const answer = await fetchTimestamp(authority.url, bytes, never);
      expect(authority.verify(answer, bytes)).toContain("OK");
      expect(() => authority.verify(answer, Buffer.from("something else"))).toThrow();
    }
  });

  it("is not asked for twice with the same number, nor told what is stamped", async () => {
    await fetchTimestamp(authority.url, bytes, never);
    await fetchTimestamp(authority.url, bytes, never);
    const [first, second] = authority.requests;
    expect(first).not.toEqual(second);
    expect(first?.includes(sha256(bytes))).toBe(true);
    expect(first?.includes(bytes)).toBe(false);
  });

  it.each([
    ["refuses", () => ({ status: 503, body: Buffer.from("later") }), /HTTP 503/],
    ["answers with something else", () => ({ status: 200, body: Buffer.from("<html>") }), /cannot be read|no timestamp/],
    ["answers with nothing", () => ({ status: 200, body: Buffer.alloc(0) }), /cannot be read|no timestamp/],
    ["answers without end", () => ({ status: 200, body: Buffer.alloc(2 * 1024 * 1024) }), /sent more than/],
    ["stamps something else", (of: TimestampAuthority) => stamped(of, Buffer.from("other")), /of something else/],
    ["answers to another request", (of: TimestampAuthority) => stamped(of, bytes), /another request/],
    [
      "rejects the request",
      (of: TimestampAuthority) => ({ status: 200, body: of.stamp(Buffer.from("not a request")) }),
      /refused the request/,
    ],
  ])("is not taken where the authority %s", async (_what, answer, says) => {
    authority.answer = answer(authority);
    await expect(fetchTimestamp(authority.url, bytes, never)).rejects.toMatchObject({
      code: "timestamp",
      message: expect.stringMatching(says),
    });
  });

  it("is not asked for where there is no authority", async () => {
    for (const url of ["http://127.0.0.1:1/", "ftp://example.com/", "nonsense"]) {
      await expect(fetchTimestamp(url, bytes, never)).rejects.toMatchObject({ code: "timestamp" });
    }
  });

  it("is over the signature of an export, in the bundle", async () => {
    using directory = temporaryDirectory();
    await using workstation = new EvidenceWorkstation(directory.path);
    const session = await workstation.record((recorded, at) => recorded.query("SELECT 1", at));
    const files = await unzipped((await workstation.export([session], "bundle.zip", { timestampUrl: authority.url })).file);
    const { dsseEnvelope } = JSON.parse(files.get("sig/export.sigstore.json")?.toString("utf8") ?? "");
    const signature = Buffer.from(dsseEnvelope.signatures[0].sig, "base64");
    expect(authority.verify(files.get("sig/export.tsr") as Buffer, signature)).toContain("OK");
    expect(files.get("data/report.html")?.toString("utf8")).toContain(authority.url);
  });
});

function stamped(authority: TimestampAuthority, what: Buffer): { readonly status: number; readonly body: Buffer } {
  return { status: 200, body: authority.stamp(timestampRequest(sha256(what), Buffer.concat([Buffer.from([0x41]), randomBytes(15)]))) };
}
