import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EntryBody } from "../../../../../proxy/evidence/device-log/entry.ts";
import { openingBytes } from "../../../../../proxy/evidence/device-log/opening.ts";
import { type GrownRecording, SessionEntries } from "../../../../../proxy/evidence/device-log/session-entries.ts";
import { sealStatementBytes } from "../../../../../proxy/evidence/seal/seal-statement.ts";
import { pae } from "../../../../../proxy/evidence/signing/dsse.ts";
import { type PublicJwk, verifySignature } from "../../../../../proxy/evidence/signing/public-key.ts";
import { identitySigner, type Signer } from "../../../../../proxy/evidence/signing/signer.ts";
import { IdentityKey } from "../../../../../proxy/identity/identity-key.ts";
import type { PersonActor } from "../../../../../proxy/model/actor.ts";
import { FrameReader } from "../../../../../proxy/recording/frame-reader.ts";
import { memoryDeviceKey } from "../../../../support/evidence/memory-device-key.ts";
import { RecordedSession } from "../../../../support/library/recorded-session.ts";

const inToto = "application/vnd.in-toto+json";
const startedAt = Date.UTC(2026, 10, 22) * 1000;
const anna: PersonActor = {
  kind: "person",
  name: "Anna",
  authenticated: true,
  issuer: "https://id.example",
  subject: "u-1",
  email: null,
  groups: ["dba"],
  via: "oidc",
  signIn: "sign-in-1",
};
const device = memoryDeviceKey();

let data: string;
let entered: EntryBody[];
let identities: Map<string, Signer>;
let entries: SessionEntries;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "session-entries-"));
  entered = [];
  const key = new IdentityKey();
  identities = new Map([["sign-in-1", identitySigner({ clientInstance: key.clientInstance, sign: (bytes) => key.sign(bytes) })]]);
  entries = new SessionEntries({
    log: { append: (body) => void entered.push(body) },
    device,
    identityOf: (signIn) => identities.get(signIn) ?? null,
  });
});

afterEach(() => rmSync(data, { recursive: true }));

const grown = ({ id, path, size }: RecordedSession, closed = false): GrownRecording => ({ session: id, path, size, closed });
const digest = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const verifies = (key: PublicJwk, bytes: Buffer, sig: string): boolean =>
  verifySignature(key, pae(inToto, bytes), Buffer.from(sig, "base64"));

/** Where the first frame of a recording ends. */
function endOfOpening(path: string): number {
  const reader = new FrameReader(path);
  try {
    reader.read(() => false);
    return reader.position;
  } finally {
    reader.close();
  }
}

describe("The opening of a session", () => {
  it("is entered once, with the digest of what is recorded up to there", () => {
    const session = new RecordedSession(data, startedAt, { connection: "shop" }).query("SELECT 1", startedAt + 1);
    entries.grew([grown(session)]);
    entries.grew([grown(session)]);
    session.close();
    entries.grew([grown(session, true)]);
    const bytes = endOfOpening(session.path);
    const sha256 = digest(readFileSync(session.path).subarray(0, bytes));
    expect(entered).toEqual([
      { kind: "session-open", session: session.id, connection: "shop", actor: expect.objectContaining({ kind: "os-user" }), bytes, sha256 },
    ]);
  });

  it("is signed by the identity key of the person's sign-in, over what the entry says", () => {
    const session = new RecordedSession(data, startedAt, { actor: anna });
    entries.grew([grown(session)]);
    const [entry] = entered;
    if (entry?.kind !== "session-open") throw new Error("no opening was entered");
    expect(entry.actor).toEqual({ kind: "person", name: "Anna", issuer: "https://id.example", subject: "u-1" });
    const signer = identities.get("sign-in-1")!;
    expect(entry.identity).toMatchObject({ signIn: "sign-in-1", keyId: signer.keyId });
    expect(verifies(signer.publicKey, openingBytes(entry), entry.identity!.sig)).toBe(true);
    expect(verifies(signer.publicKey, openingBytes({ ...entry, connection: "another" }), entry.identity!.sig)).toBe(false);
  });

  it("waits until the recording has it, and is none of a file that is something else", () => {
    const session = new RecordedSession(data, startedAt);
    entries.grew([{ ...grown(session), path: `${session.path}.not-there` }]);
    entries.grew([{ ...grown(session), session: "another" }]);
    expect(entered).toEqual([]);
    entries.grew([grown(session)]);
    expect(entered).toHaveLength(1);
  });
});

describe("A seal", () => {
  const stated = {
    sha256: "ab".repeat(32),
    bytes: 7,
    frames: 3,
    events: 2,
    root: "cd".repeat(32),
    sealedAt: 5,
    program: { name: "S", version: "1" },
  };

  /** A session of somebody that this process has recorded. */
  function recorded(): string {
    const session = new RecordedSession(data, startedAt, { actor: anna });
    entries.grew([grown(session)]);
    return session.id;
  }

  it("is signed by the device key, and by the identity key while it is there", () => {
    const session = recorded();
    const bytes = sealStatementBytes(session, stated);
    const identity = identities.get("sign-in-1")!;
    const [first, second] = entries.sign(session, anna, stated);
    expect(first).toMatchObject({ by: "device", keyId: device.keyId, algorithm: "Ed25519" });
    expect(second).toMatchObject({ by: "identity", keyId: identity.keyId, algorithm: "ES256", signIn: "sign-in-1" });
    expect(verifies(device.publicKey, bytes, first!.sig)).toBe(true);
    expect(verifies(identity.publicKey, bytes, second!.sig)).toBe(true);
    identities.clear();
    expect(entries.sign(session, anna, stated).map(({ by }) => by)).toEqual(["device"]);
  });

  it("is not signed for a person whose sign-in a file only names, e.g. because somebody put it there", () => {
    expect(entries.sign("a-file-from-elsewhere", anna, stated).map(({ by }) => by)).toEqual(["device"]);
    const session = recorded();
    for (const actor of [{ ...anna, signIn: "another" }, { kind: "os-user", name: "ada", authenticated: false } as const])
      expect(entries.sign(session, actor, stated).map(({ by }) => by)).toEqual(["device"]);
  });

  it("is entered as late where another run recorded the session; without a root and signatures where it is from before there were any", () => {
    const signatures = entries.sign("a-session", anna, stated);
    entries.sealed("a-session", { ...stated, signatures });
    entries.sealed("old", { sha256: stated.sha256, bytes: 7 });
    expect(entered).toEqual([
      { kind: "seal", session: "a-session", root: stated.root, events: 2, sha256: stated.sha256, bytes: 7, signatures, late: true },
      { kind: "seal", session: "old", root: null, events: null, sha256: stated.sha256, bytes: 7, signatures: [], late: true },
    ]);
  });
});

describe("A session that is open for long", () => {
  it("has its head entered from the second heartbeat on, of whole frames only, until it is closed", async () => {
    const session = new RecordedSession(data, startedAt).query("SELECT 1", startedAt + 1);
    entries.grew([grown(session)]);
    await entries.beat();
    expect(entered).toHaveLength(1);
    const early = session.size;
    session.query("SELECT 2", startedAt + 2);
    await entries.beat();
    entries.grew([grown(session)]);
    await entries.beat();
    session.close();
    entries.grew([grown(session, true)]);
    await entries.beat();
    const bytes = readFileSync(session.path);
    const headOf = (length: number) => ({ kind: "head", session: session.id, bytes: length, sha256: digest(bytes.subarray(0, length)) });
    expect(entered.slice(1)).toEqual([headOf(early), headOf(endOfSecond(session.path))]);
  });

  /** Where the last frame before the close frame ends. */
  function endOfSecond(path: string): number {
    const reader = new FrameReader(path);
    const ends: number[] = [];
    reader.read(({ end }) => ends.push(end));
    reader.close();
    return ends.at(-2)!;
  }
});

describe("What is left to seal of a sign-in", () => {
  it("is nothing once its closed sessions are sealed; open ones count where they are about to end", async () => {
    const [closed, open] = [new RecordedSession(data, startedAt, { actor: anna }), new RecordedSession(data, startedAt, { actor: anna })];
    closed.close();
    entries.grew([grown(closed, true), grown(open)]);
    await entries.settled("another", true);
    const settled: string[] = [];
    const closedOnes = entries.settled("sign-in-1", false).then(() => settled.push("closed ones"));
    const all = entries.settled("sign-in-1", true).then(() => settled.push("all"));
    await Promise.resolve();
    expect(settled).toEqual([]);
    entries.sealed(closed.id, { sha256: "", bytes: 0 });
    await closedOnes;
    expect(settled).toEqual(["closed ones"]);
    entries.sealed(open.id, { sha256: "", bytes: 0 });
    await all;
    expect(settled).toEqual(["closed ones", "all"]);
  });
});
