import fs from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type IndexedSlice, Indexer } from "../../../../proxy/library/indexer.ts";
import { type LibraryDatabase, openLibrary, recreateTables } from "../../../../proxy/library/schema.ts";
import { SessionTable } from "../../../../proxy/library/session-table.ts";
import type { Actor } from "../../../../proxy/model/actor.ts";
import type { SessionOpen } from "../../../../proxy/model/session.ts";
import { encodeFileHeader, encodeJsonFrame, FrameKind } from "../../../../proxy/recording/frame.ts";
import { sealRecording } from "../../../support/evidence/sealed-recording.ts";
import { RecordedSession } from "../../../support/library/recorded-session.ts";
import { sessionOpenOf } from "../../../support/library/statement-of.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";

const start = Date.UTC(2026, 0, 31, 9) * 1000;
const longEnough = 5000;

let data: ReturnType<typeof temporaryDirectory>;
let database: LibraryDatabase;
let indexer: Indexer;

beforeEach(() => {
  data = temporaryDirectory();
  database = openLibrary(data.path);
  recreateTables(database);
  indexer = new Indexer(database);
});

afterEach(() => {
  indexer.reset();
  database.close();
  data[Symbol.dispose]();
});

function index(...sessions: RecordedSession[]): IndexedSlice {
  for (const { id, path } of sessions) indexer.add({ session: id, path, size: fs.statSync(path).size });
  return indexer.slice(longEnough);
}

function texts(): string[] {
  return database.prepare("SELECT sql FROM statement_details ORDER BY id").pluck().all() as string[];
}

function session(id: string) {
  return new SessionTable(database).get(id);
}

describe("The indexer", () => {
  it("gives ids from 1 on without holes, in the order in which statements ended, whichever session they are of", () => {
    const slow = new RecordedSession(data.path, start).query("slow", start + 10, "ok", 1000).query("last", start + 2000);
    const quick = new RecordedSession(data.path, start + 5).query("first", start + 20).query("second", start + 500);
    index(slow, quick);
    expect(texts()).toEqual(["first", "second", "slow", "last"]);
    expect(database.prepare("SELECT id FROM statements ORDER BY id").pluck().all()).toEqual([1, 2, 3, 4]);
  });

  it("counts a session's statements and errors, and knows how it ended", () => {
    const recorded = new RecordedSession(data.path, start)
      .query("a", start + 1)
      .query("b", start + 2, { error: 1064, message: "near b" })
      .close("client-quit");
    const slice = index(recorded);
    expect(session(recorded.id)).toMatchObject({
      statements: 2,
      errors: 1,
      closeCause: "client-quit",
      sealed: false,
      actor: { name: "anna" },
    });
    expect(slice.closed).toMatchObject([{ session: recorded.id }]);
  });

  it.each<Actor>([
    {
      kind: "person",
      name: "Anna Lind",
      authenticated: true,
      issuer: "https://id.example",
      subject: "u-17",
      email: "anna@example.com",
      groups: ["dba"],
      via: "oidc",
      signIn: "s1",
    },
    {
      kind: "machine",
      name: "reports",
      authenticated: true,
      issuer: null,
      subject: "m-3",
      owner: "Anna Lind",
      groups: [],
      via: "secret",
    },
    { kind: "os-user", name: "anna", authenticated: false },
  ])("keeps all that an open frame says of its actor: $kind", (actor) => {
    const recorded = new RecordedSession(data.path, start, { actor }).query("a", start + 1).close();
    index(recorded);
    expect(session(recorded.id)?.actor).toEqual(actor);
  });

  it("goes on with a recording that grows", () => {
    const recorded = new RecordedSession(data.path, start).query("a", start + 1);
    index(recorded);
    expect(texts()).toEqual(["a"]);
    recorded.query("b", start + 200, "none");
    index(recorded);
    expect(texts()).toEqual(["a"]);
    recorded.close();
    index(recorded);
    expect(texts()).toEqual(["a", "b"]);
    expect(database.prepare("SELECT outcome FROM statements").pluck().all()).toEqual([0, 2]);
  });

  it("goes on after a restart without repeating or losing a statement", () => {
    const recorded = new RecordedSession(data.path, start).query("a", start + 1).query("b", start + 200);
    index(recorded);
    indexer.reset();
    indexer = new Indexer(database);
    recorded.query("c", start + 400);
    index(recorded);
    expect(texts()).toEqual(["a", "b", "c"]);
    expect(session(recorded.id)).toMatchObject({ statements: 3 });
  });

  it("does not read a sealed recording again", async () => {
    const recorded = new RecordedSession(data.path, start).query("a", start + 1).close();
    await sealRecording(recorded.path);
    index(recorded);
    expect(session(recorded.id)).toMatchObject({ sealed: true });
    indexer = new Indexer(database);
    expect(index(recorded).bytes).toBe(0);
  });

  it("waits for the rest of a frame that is written in part", () => {
    const recorded = new RecordedSession(data.path, start).query("a", start + 1).query("b", start + 200);
    const whole = fs.readFileSync(recorded.path);
    fs.writeFileSync(recorded.path, whole.subarray(0, whole.length - 5));
    index(recorded);
    expect(texts()).toEqual(["a"]);
    expect(indexer.hasWork).toBe(false);
    expect(indexer.lag().bytes).toBeGreaterThan(0);
    fs.writeFileSync(recorded.path, whole);
    index(recorded);
    expect(texts()).toEqual(["a", "b"]);
    expect(indexer.lag().bytes).toBe(0);
  });

  it("keeps what comes before damage, says what is wrong, and goes on with other recordings", () => {
    const damaged = new RecordedSession(data.path, start)
      .query("a", start + 1)
      .query("b", start + 200)
      .query("c", start + 400);
    const bytes = fs.readFileSync(damaged.path);
    bytes[bytes.lastIndexOf("b")] = 0;
    fs.writeFileSync(damaged.path, bytes);
    const other = new RecordedSession(data.path, start).query("d", start + 1000);
    index(damaged, other);
    expect(texts()).toEqual(["a", "d"]);
    expect(indexer.hasWork).toBe(false);
    expect(database.prepare("SELECT problem FROM recordings WHERE session = ?").pluck().get(damaged.id)).toMatch(/checksum/);
  });

  it("goes on with other recordings where one cannot be read, says so, and reads it when that works", () => {
    const unreadable = new RecordedSession(data.path, start).query("a", start + 1);
    const bytes = fs.readFileSync(unreadable.path);
    fs.rmSync(unreadable.path);
    fs.mkdirSync(unreadable.path);
    const other = new RecordedSession(data.path, start).query("b", start + 1000);
    index(unreadable, other);
    expect(texts()).toEqual(["b"]);
    expect([indexer.hasWork, indexer.lag().bytes]).toEqual([false, 0]);
    expect(indexer.damage).toMatch(new RegExp(`^The recording ${unreadable.id} cannot be read now, .*: EISDIR`));
    fs.rmdirSync(unreadable.path);
    fs.writeFileSync(unreadable.path, bytes);
    index(unreadable);
    expect(texts()).toEqual(["b", "a"]);
    expect(indexer.damage).toBeNull();
  });

  it("forgets a recording that was removed before it was read", () => {
    const removed = new RecordedSession(data.path, start).query("a", start + 1);
    const other = new RecordedSession(data.path, start).query("b", start + 1000);
    indexer.add({ session: removed.id, path: removed.path, size: fs.statSync(removed.path).size });
    fs.rmSync(removed.path);
    index(other);
    expect(texts()).toEqual(["b"]);
    expect([indexer.hasWork, indexer.lag().bytes, indexer.damage]).toEqual([false, 0, null]);
  });

  it("is not disturbed by a file that is no recording", () => {
    const recorded = new RecordedSession(data.path, start).query("a", start + 1);
    fs.writeFileSync(recorded.path, "this is no recording at all");
    index(recorded);
    expect(indexer.hasWork).toBe(false);
    expect(indexer.lag().bytes).toBe(0);
  });

  it("keeps the beginning of a very long statement, and finds words in it", () => {
    const recorded = new RecordedSession(data.path, start).query(`SELECT '${"x".repeat(1_000_000)}' AS ocelot`, start + 1);
    index(recorded);
    expect(texts()[0]?.length).toBe(65_536);
    expect(database.prepare("SELECT rowid FROM statement_words('\"select\"')").pluck().all()).toEqual([1]);
  });

  it("writes all of a slice or nothing, and does it again", () => {
    const recorded = new RecordedSession(data.path, start).query("a", start + 1);
    database.exec("CREATE TRIGGER full BEFORE INSERT ON statement_details BEGIN SELECT raise(ABORT, 'disk is full'); END");
    expect(() => index(recorded)).toThrow("disk is full");
    expect(session(recorded.id)).toBeNull();
    database.exec("DROP TRIGGER full");
    index(recorded);
    expect(texts()).toEqual(["a"]);
  });

  describe("goes on with other recordings where one", () => {
    const unlike = (given: object) => given as Partial<SessionOpen>;
    it.each<[string, Partial<SessionOpen>]>([
      ["says nothing of its actor", unlike({ actor: undefined })],
      ["says that its actor was authenticated", unlike({ actor: { kind: "os-user", name: "eve", authenticated: true } })],
      ["has a person whom nobody vouched for", unlike({ actor: { kind: "person", name: "eve", authenticated: false } })],
      ["claims nothing", unlike({ claimed: undefined })],
      ["has an object for a name", unlike({ connection: { name: "shop" } })],
      ["names its recorder by what cannot be text", unlike({ recorder: { toString: 1 } })],
      ["started at no time", unlike({ acceptedAt: "today" })],
    ])("%s", (_, given) => {
      const good = new RecordedSession(data.path, start).query("good", start + 20).close();
      const bad = new RecordedSession(data.path, start, given).query("bad", start + 10).close();
      index(bad, good);
      expect(texts()).toEqual(["good"]);
      expect(indexer.hasWork).toBe(false);
      expect(indexer.damage).toContain(bad.id);
    });

    it("closes in a way that cannot be", () => {
      const good = new RecordedSession(data.path, start).query("good", start + 20).close();
      const bad = new RecordedSession(data.path, start).query("before", start + 10).abandon();
      fs.appendFileSync(bad.path, encodeJsonFrame(FrameKind.close, BigInt(start + 15) * 1000n, { cause: {}, detail: [1] }));
      index(bad, good);
      expect(texts()).toEqual(["before", "good"]);
      expect(session(bad.id)).toMatchObject({ closeCause: null });
      expect(indexer.damage).toContain("close frame");
    });
  });

  it("takes no statement for another session's, whatever a recording says it is", () => {
    const good = new RecordedSession(data.path, start).query("mine", start + 20).close();
    const open = sessionOpenOf({ session: good.id });
    const renamed = new RecordedSession(data.path, start).abandon();
    const frame = encodeJsonFrame(FrameKind.open, BigInt(start) * 1000n, open);
    fs.writeFileSync(renamed.path, Buffer.concat([encodeFileHeader(), frame]));
    const twice = new RecordedSession(data.path, start).query("first", start + 5).abandon();
    fs.appendFileSync(twice.path, frame);
    index(renamed, twice, good);
    expect(session(good.id)).toMatchObject({ statements: 1 });
    expect(session(renamed.id)).toBeNull();
    expect(indexer.damage).toContain("1 more");
  });

  it("counts how often each form of a statement came, and when", () => {
    const recorded = new RecordedSession(data.path, start);
    for (let n = 1; n <= 3; n += 1) recorded.query(`SELECT ${n}`, start + n * 1000);
    index(recorded);
    expect(database.prepare("SELECT text, count, first_seen, last_seen FROM digests").all()).toEqual([
      { text: "SELECT ?", count: 3, first_seen: start + 1000, last_seen: start + 3000 },
    ]);
  });
});
