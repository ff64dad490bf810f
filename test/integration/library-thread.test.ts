import fs from "node:fs";
import os from "node:os";
import { BroadcastChannel } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LibraryClient, type SealHooks } from "../../proxy/library/library-client.ts";
import type { Followed, LibraryThreadOptions } from "../../proxy/library/messages.ts";
import { libraryPath } from "../../proxy/library/schema.ts";
import type { SealToSign } from "../../proxy/library/sealer.ts";
import { FailureError } from "../../proxy/model/failure.ts";
import type { LibraryState } from "../../proxy/model/status.ts";
import type { TimelineRow } from "../../proxy/model/timeline-row.ts";
import type { SealSignature, SignedSeal } from "../../proxy/recording/frame.ts";
import { RecorderLock } from "../../proxy/recording/recorder-lock.ts";
import { digestRecording } from "../../proxy/recording/seal.ts";
import { verifyRecording } from "../../proxy/recording/verify.ts";
import { personOf } from "../support/identity/actors.ts";
import { crashChannel } from "../support/library/crash-channel.ts";
import { RecordedSession } from "../support/library/recorded-session.ts";
import { temporaryDirectory } from "../support/stenograph.ts";

const entry = new URL("../support/library/crashing-library-thread.ts", import.meta.url);
const start = (Date.now() - 60_000) * 1000;

let data: ReturnType<typeof temporaryDirectory>;
let lock: RecorderLock;
const clients: LibraryClient[] = [];

beforeEach(() => {
  data = temporaryDirectory();
  lock = RecorderLock.acquire(data.path);
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  lock.release();
  data[Symbol.dispose]();
});

/** Seals without a key. */
const unsigned: SealHooks = { sign: () => Promise.resolve([]) };

/** A session of a recorder that is alive; others are taken for crashed. */
function record(): RecordedSession {
  return new RecordedSession(data.path, start, { recorder: lock.id });
}

function open(options: Partial<LibraryThreadOptions> = {}, seals: SealHooks | null = unsigned): LibraryClient {
  const client = new LibraryClient(entry, { dataDirectory: data.path, index: true, recorder: null, ...options }, seals);
  clients.push(client);
  return client;
}

async function settledRows(client: LibraryClient, filter = ""): Promise<TimelineRow[]> {
  await client.call("library.settled", {});
  return (await client.call("statements.page", { filter, offset: 0, limit: 1000 })).rows;
}

const texts = (rows: readonly TimelineRow[]) => rows.map(({ sql }) => sql);
const withoutId = (rows: readonly TimelineRow[]) => rows.map(({ id: _, ...row }) => row);

function stateOf(client: LibraryClient, wanted: (state: LibraryState) => boolean): Promise<LibraryState> {
  if (wanted(client.state)) return Promise.resolve(client.state);
  return new Promise((resolve) => {
    const unlisten = client.onState((state) => {
      if (!wanted(state)) return;
      unlisten();
      resolve(state);
    });
  });
}

/** Collects what a follow delivers, and waits until so many rows came. */
function followed(client: LibraryClient, filter: string, after: number) {
  const events: Followed[] = [];
  const failed = Promise.withResolvers<string>();
  let check = () => {};
  client.follow(filter, after, {
    followed: (event) => {
      events.push(event);
      check();
    },
    failed: ({ code }) => failed.resolve(code),
  });
  const rows = () => events.flatMap((event) => event.rows);
  const count = (wanted: number) =>
    new Promise<TimelineRow[]>((resolve) => {
      check = () => rows().length >= wanted && resolve(rows());
      check();
    });
  const until = (wanted: (event: Followed) => boolean) =>
    new Promise<Followed>((resolve) => {
      check = () => {
        const event = events.find(wanted);
        if (event !== undefined) resolve(event);
      };
      check();
    });
  return { rows: count, failed: failed.promise, until };
}

describe("The library", () => {
  it("indexes what was recorded before it started, and what any process records while it runs", async () => {
    const session = record().query("before", start + 1);
    const client = open();
    expect(texts(await settledRows(client))).toEqual(["before"]);
    const follow = followed(client, "", 1);
    session.query("while", start + 1000);
    expect(texts(await follow.rows(1))).toEqual(["while"]);
    new RecordedSession(data.path, Date.now() * 1000, { recorder: lock.id }).query("another session", Date.now() * 1000);
    expect(texts(await follow.rows(2))).toEqual(["while", "another session"]);
  });

  it("hears of growth from the relay at once, and seals what was closed", async () => {
    const client = open({ recorder: lock.id });
    await client.call("library.settled", {});
    const session = record()
      .query("a", start + 1)
      .close();
    const sealed = new Promise<void>((resolve) => {
      client.onSessions((sessions) => sessions.some((one) => one.sealed) && resolve());
    });
    client.grew([{ session: session.id, path: session.path, size: session.size, closed: true }]);
    await sealed;
    expect(await client.call("sessions.get", { session: session.id })).toMatchObject({
      closeCause: "client-quit",
      sealed: true,
      statements: 1,
    });
  });

  it("seals what was closed before it is closed itself", async () => {
    const client = open({ recorder: lock.id });
    await client.call("library.settled", {});
    const session = record()
      .query("a", start + 1)
      .close();
    client.grew([{ session: session.id, path: session.path, size: session.size, closed: true }]);
    await client.close();
    expect(await open({ index: true }).call("library.settled", {})).toEqual({});
    expect(fs.readFileSync(session.path).includes('"sha256"')).toBe(true);
  });

  it("writes the signatures that the main thread made into the seal, and tells of the seal once", async () => {
    const signature: SealSignature = { by: "device", keyId: "key", algorithm: "Ed25519", sig: "c2ln" };
    const asked: SealToSign[] = [];
    const told: [string, SignedSeal][] = [];
    const sealed = Promise.withResolvers<void>();
    const seals: SealHooks = {
      sign: (seal) => {
        asked.push(seal);
        return Promise.resolve([signature]);
      },
      sealed: (session, seal) => {
        told.push([session, seal]);
        sealed.resolve();
      },
    };
    const client = open({ recorder: lock.id }, seals);
    await client.call("library.settled", {});
    const session = record()
      .query("a", start + 1)
      .close();
    client.grew([{ session: session.id, path: session.path, size: session.size, closed: true }]);
    await sealed.promise;
    await client.call("library.settled", {});
    const [{ facts, actor } = expect.fail()] = asked;
    expect(actor).toMatchObject({ kind: "os-user" });
    expect(told).toEqual([[session.id, { version: 2, ...facts, signatures: [signature] }]]);
    expect(digestRecording(session.path).seal).toEqual(told[0]?.[1]);
    expect(verifyRecording(session.path)).toEqual({ ok: true });
  });

  it("says why nothing is sealed where signing fails, and the session stays closed and unsealed", async () => {
    const client = open({ recorder: lock.id }, { sign: () => Promise.reject(new FailureError("key-lost", "The device key is gone.")) });
    const session = record()
      .query("a", start + 1)
      .close();
    client.grew([{ session: session.id, path: session.path, size: session.size, closed: true }]);
    expect((await stateOf(client, ({ message }) => message !== null)).message).toBe("The device key is gone.");
    expect(verifyRecording(session.path)).toEqual({ ok: false, reason: "it is closed but not sealed yet" });
  });

  it("without a signer ends a crashed session and leaves it unsealed, for the next process that has one", async () => {
    const session = new RecordedSession(data.path, start).query("a", start + 1).abandon();
    const reader = open({}, null);
    const closed = new Promise<void>((resolve) => {
      reader.onSessions((sessions) => sessions.some(({ closeCause }) => closeCause === "crashed") && resolve());
    });
    await closed;
    await reader.close();
    expect(verifyRecording(session.path)).toEqual({ ok: false, reason: "it is closed but not sealed yet" });
    const sealed = Promise.withResolvers<string>();
    open({}, { ...unsigned, sealed: sealed.resolve });
    expect(await sealed.promise).toBe(session.id);
    expect(verifyRecording(session.path)).toEqual({ ok: true });
  });

  it("ends a session whose recorder is gone as crashed", async () => {
    const session = new RecordedSession(data.path, start)
      .query("a", start + 1)
      .query("unanswered", start + 500, "none")
      .abandon();
    fs.appendFileSync(session.path, "torn");
    const client = open();
    const closed = new Promise<void>((resolve) => {
      client.onSessions((sessions) => sessions.some((one) => one.sealed) && resolve());
    });
    await closed;
    expect(await client.call("sessions.get", { session: session.id })).toMatchObject({
      closeCause: "crashed",
      sealed: true,
      statements: 2,
    });
    expect((await settledRows(client)).map(({ outcome }) => outcome)).toEqual(["ok", "aborted"]);
  });

  it("follows a filter without a gap or a repetition, also when its thread crashes in between", async () => {
    const session = record();
    const client = open();
    await client.call("library.settled", {});
    const follow = followed(client, "odd", 0);
    for (let n = 0; n < 100; n += 1) session.query(`${n % 2 === 0 ? "even" : "odd"} ${n}`, start + n * 1000);
    await follow.rows(50);
    await crash(client);
    for (let n = 100; n < 200; n += 1) session.query(`${n % 2 === 0 ? "even" : "odd"} ${n}`, start + n * 1000);
    const rows = await follow.rows(100);
    expect(texts(rows)).toEqual(Array.from({ length: 100 }, (_, index) => `odd ${index * 2 + 1}`));
    expect((await follow.until(({ total }) => total === 100)).total).toBe(100);
  });

  it("fails what it was asked when its thread crashes, says so, and starts again", async () => {
    const client = open();
    await client.call("library.settled", {});
    const states: string[] = [];
    client.onState(({ state, message }) => states.push(`${state} ${message ?? ""}`));
    const asked = client.call("library.reindex", {}).then(
      () => "answered",
      ({ code }: { code: string }) => code,
    );
    await crash(client);
    expect(["answered", "library-stopped"]).toContain(await asked);
    expect(states.some((state) => state.startsWith("stopped The library stopped"))).toBe(true);
    await stateOf(client, ({ state }) => state === "current");
    expect(await client.call("library.settled", {})).toEqual({});
  });

  it("gives the same rows after it was rebuilt, in the order in which statements ended", async () => {
    const first = record().query("SELECT 1", start + 1, { rows: ["x"] });
    const client = open();
    await settledRows(client);
    const second = record()
      .query("earlier", start + 2)
      .query("bad", start + 9000, { error: 1064, message: "near bad" });
    await settledRows(client);
    first.query("between", start + 5000).close();
    second.close();
    const before = await settledRows(client);
    const sessionsBefore = await client.call("sessions.list", { limit: 10 });
    const follow = followed(client, "", before.length);
    await client.call("library.reindex", {});
    expect(await follow.failed).toBe("library-rebuilt");
    const after = await settledRows(client);
    expect(texts(after)).toEqual(["SELECT 1", "earlier", "between", "bad"]);
    const bySeq = (rows: TimelineRow[]) => withoutId(rows).sort((a, b) => (`${a.session}/${a.seq}` < `${b.session}/${b.seq}` ? -1 : 1));
    expect(bySeq(after)).toEqual(bySeq(before));
    expect(await client.call("sessions.list", { limit: 10 })).toEqual(sessionsBefore);
  });

  it.each([
    ["deleted", (file: string) => fs.rmSync(file)],
    ["overwritten with something else", (file: string) => fs.writeFileSync(file, "no database ".repeat(1000))],
    ["of another version", (file: string) => fs.writeFileSync(file, "")],
  ])("is rebuilt by itself where its file was %s", async (_, spoil) => {
    record().query("a", start + 1);
    const client = open();
    await settledRows(client);
    await client.close();
    spoil(libraryPath(data.path));
    expect(texts(await settledRows(open()))).toEqual(["a"]);
  });

  it("is written by one process; another one reads along, and takes over when the first is gone", async () => {
    const session = record().query("one", start + 1);
    const writer = open();
    await settledRows(writer);
    const reader = open();
    const follow = followed(reader, "", 0);
    expect(texts(await follow.rows(1))).toEqual(["one"]);
    session.query("two", start + 1000);
    expect(texts(await follow.rows(2))).toEqual(["one", "two"]);
    await expect(reader.call("library.reindex", {})).rejects.toMatchObject({ code: "library-busy" });
    await writer.close();
    session.query("three", start + 2000);
    expect(texts(await follow.rows(3))).toEqual(["one", "two", "three"]);
  });

  it("says in sentences what it cannot answer", async () => {
    const client = open();
    await client.call("library.settled", {});
    await expect(client.call("sessions.get", { session: "x" })).rejects.toThrow("There is no session x");
    await expect(client.call("statements.page", { filter: "(", offset: 0, limit: 1 })).rejects.toMatchObject({ code: "bad-filter" });
    expect(await followed(client, "rows:many", 0).failed).toBe("bad-filter");
    expect(await followed(client, "", 1_000_000).failed).toBe("library-rebuilt");
  });

  it("tells a reader of nothing that they may not read, by whatever call", async () => {
    const anna = personOf({ subject: "anna" });
    const [own, other] = [anna, personOf({ subject: "ben" })].map((actor) =>
      new RecordedSession(data.path, start, { recorder: lock.id, actor }).query("SELECT secret FROM t", start + 10, { rows: ["x"] }),
    ) as [RecordedSession, RecordedSession];
    const client = open();
    const reader = client.within({ kind: "own", issuer: anna.issuer, subject: anna.subject });
    await client.call("library.settled", {});
    expect((await reader.call("sessions.list", { limit: 10 })).sessions.map(({ id }) => id)).toEqual([own.id]);
    const page = await reader.call("statements.page", { filter: "", offset: 0, limit: 10 });
    expect(page).toMatchObject({ total: 1, rows: [{ session: own.id, actor: "Anna Lind", actorKind: "person", authenticated: true }] });
    const counted = await reader.call("statements.histogram", { filter: "secret", from: null, to: null, buckets: 1 });
    expect(counted.buckets).toMatchObject([{ count: 1 }]);
    const followedRows: TimelineRow[] = [];
    await new Promise<void>((resolve, reject) => {
      reader.follow("", 0, {
        followed: ({ rows, total }) => {
          followedRows.push(...rows);
          if (total === 1) resolve();
        },
        failed: ({ message }) => reject(new Error(message)),
      });
    });
    expect(followedRows.map(({ session }) => session)).toEqual([own.id]);
    const window = { seq: 1, result: 0, from: 0, limit: 1, cellLimit: 0 };
    expect(await reader.call("sessions.get", { session: own.id })).toMatchObject({ actor: anna });
    expect((await reader.call("statements.get", { session: own.id, seq: 1 })).sql).toBe("SELECT secret FROM t");
    expect((await reader.call("statements.rows", { session: own.id, ...window })).rows).toEqual([["x"]]);
    const hidden = { code: "not-found", message: `There is no session ${other.id} in the library.` };
    await expect(reader.call("sessions.get", { session: other.id })).rejects.toMatchObject(hidden);
    await expect(reader.call("statements.get", { session: other.id, seq: 1 })).rejects.toMatchObject(hidden);
    await expect(reader.call("statements.rows", { session: other.id, ...window })).rejects.toMatchObject(hidden);
    const announced = new Promise<readonly string[]>((resolve) => {
      reader.onSessions((sessions) => resolve(sessions.map(({ id }) => id)));
    });
    for (const each of [other, own]) {
      each.close();
      client.grew([{ session: each.id, path: each.path, size: fs.statSync(each.path).size, closed: true }]);
      await client.call("library.settled", {});
    }
    expect(await announced).toEqual([own.id]);
  });

  it.runIf(process.platform === "linux")("runs at the lowest priority, and leaves the other threads' alone", async () => {
    const before = nicest();
    const client = open();
    await client.call("library.settled", {});
    expect(nicest()).toBe(19);
    expect(before).toBeLessThan(19);
    expect(os.getPriority(0)).toBeLessThan(19);
  });
});

/** Makes the library's thread throw where nobody catches. */
async function crash(client: LibraryClient): Promise<void> {
  const stopped = stateOf(client, ({ state }) => state === "stopped");
  const channel = new BroadcastChannel(crashChannel);
  channel.postMessage("crash");
  await stopped;
  channel.close();
}

/** The highest niceness of any thread of this process. */
function nicest(): number {
  const threads = fs.readdirSync("/proc/self/task").map((thread) => fs.readFileSync(`/proc/self/task/${thread}/stat`, "utf8"));
  return Math.max(...threads.map((stat) => Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16])));
}
