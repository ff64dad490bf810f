import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCheckpoint } from "../../../../../proxy/evidence/device-log/checkpoint.ts";
import type { DeviceLog } from "../../../../../proxy/evidence/device-log/device-log.ts";
import type { Entry } from "../../../../../proxy/evidence/device-log/entry.ts";
import { readLogExcerpt } from "../../../../../proxy/evidence/device-log/log-excerpt.ts";
import { checkpointPath, deviceLogDirectory, entriesPath } from "../../../../../proxy/evidence/device-log/log-files.ts";
import { leafHash } from "../../../../../proxy/evidence/merkle/hash.ts";
import { verifyInclusion } from "../../../../../proxy/evidence/merkle/verify-proofs.ts";
import type { DeviceLogState } from "../../../../../proxy/model/status.ts";
import { rootOf } from "../../../../support/evidence/defined-tree.ts";
import { memoryDeviceKey } from "../../../../support/evidence/memory-device-key.ts";
import { lockOf, runDeviceLog } from "../../../../support/evidence/running-device-log.ts";

let data: string;
const logs: DeviceLog[] = [];
const key = memoryDeviceKey();

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "device-log-"));
});

afterEach(async () => {
  for (const log of logs.splice(0)) await log.close();
  rmSync(data, { recursive: true, force: true });
});

function run(...[more, by = key]: [Parameters<typeof runDeviceLog>[2]?, typeof key?]): DeviceLog {
  const log = runDeviceLog(data, by, more);
  logs.push(log);
  return log;
}

const lines = (): string[] => readFileSync(entriesPath(data), "utf8").split("\n").slice(0, -1);
const entries = (): Entry[] => lines().map((line) => JSON.parse(line) as Entry);
const failure = (message: string) => ({ kind: "recording-failure", message }) as const;
const messages = (): string[] => entries().flatMap((entry) => (entry.kind === "recording-failure" ? [entry.message] : []));
const putAside = (): string[] => readdirSync(data).filter((name) => name.startsWith("device-log.put-aside-"));

function untilState(log: DeviceLog, state: DeviceLogState["state"]): Promise<DeviceLogState> {
  return new Promise((resolve) => {
    if (log.state.state === state) return resolve(log.state);
    const unsubscribe = log.onState((now) => {
      if (now.state !== state) return;
      unsubscribe();
      resolve(now);
    });
  });
}

/** The log's lock, which cannot be had while there is trouble. */
function lockThatFails() {
  const lock = lockOf(data);
  const locked = <T>(change: () => Promise<T>): Promise<T> =>
    locked.trouble === null ? lock(change) : Promise.reject(new Error(locked.trouble));
  locked.trouble = null as string | null;
  return locked;
}

/** The newest checkpoint is of all entries, and signed by one of the keys. */
function expectWhole(keys = [key]): void {
  const note = readFileSync(checkpointPath(data), "utf8");
  const checkpoint = keys.map(({ publicKey }) => openCheckpoint(note, publicKey)).find((opened) => opened !== null);
  const leaves = lines();
  expect(checkpoint?.size).toBe(leaves.length);
  expect(checkpoint?.root.toString("hex")).toBe(rootOf(leaves.map((leaf) => leafHash(Buffer.from(leaf)))).toString("hex"));
  expect(entries().map(({ i }) => i)).toEqual(leaves.map((_, index) => index));
}

describe("The device log", () => {
  it("begins with its key, and signs a checkpoint over all that was entered", async () => {
    const log = run();
    log.append(failure("one"));
    expect(await log.enter(failure("two"))).toBe(2);
    await log.flush();
    expect(entries()).toMatchObject([
      { v: 1, i: 0, kind: "device-key", keyId: key.keyId, publicKey: key.publicKey, kept: "run" },
      { v: 1, i: 1, kind: "recording-failure", message: "one" },
      { v: 1, i: 2, kind: "recording-failure", message: "two" },
    ]);
    expectWhole();
    expect(log.checkpoint).toBe(readFileSync(checkpointPath(data), "utf8"));
    for (const path of [entriesPath(data), checkpointPath(data)]) expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(deviceLogDirectory(data)).mode & 0o777).toBe(0o700);
  });

  it("is there from the start, also where nothing happens", async () => {
    await run().flush();
    expect(entries().map(({ kind }) => kind)).toEqual(["device-key"]);
    expectWhole();
  });

  it("goes on where it ended, and names another key when there is one", async () => {
    await run().close();
    const second = run();
    second.append(failure("again"));
    await second.close();
    const other = memoryDeviceKey();
    const third = run({}, other);
    third.append(failure("by another"));
    await third.close();
    expect(entries().map(({ kind }) => kind)).toEqual(["device-key", "recording-failure", "device-key", "recording-failure"]);
    expectWhole([other]);
    // The log keeps the name of the key that began it.
    expect(readFileSync(checkpointPath(data), "utf8").split("\n")[0]).toBe(`stenograph.dev/device/${key.keyId.slice(0, 16)}`);
  });

  it("tells of each entry that was there, and gives each that was entered its index", async () => {
    const first = run();
    await Promise.all(["a", "b", "c"].map((message) => first.enter(failure(message))));
    await first.close();
    const seen: Entry[] = [];
    const second = run({ seen: (entry) => seen.push(entry) });
    expect(await second.enter(failure("d"))).toBe(4);
    expect(seen).toEqual(entries().slice(0, 4));
  });

  it("has the entries of all who write to it at once, each once and in the order in which each entered them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat({ max: 2 }), fc.boolean()), { minLength: 1, maxLength: 30 }), async (steps) => {
        const writers = [run(), run({}, memoryDeviceKey()), run()];
        for (const [step, [writer, waits]] of steps.entries()) {
          writers[writer]!.append(failure(`${writer} ${step}`));
          if (waits) await writers[writer]!.flush();
        }
        for (const log of writers) await log.close();
        const wrote = messages();
        expect(wrote).toHaveLength(steps.length);
        for (const writer of [0, 1, 2]) {
          const expected = steps.flatMap(([by], step) => (by === writer ? [`${by} ${step}`] : []));
          expect(wrote.filter((message) => message.startsWith(`${writer} `))).toEqual(expected);
        }
        expect(putAside()).toEqual([]);
        rmSync(deviceLogDirectory(data), { recursive: true });
      }),
      { numRuns: 15 },
    );
  });

  it("is cut to its last whole entry where a write was cut short, and says so", async () => {
    for (const torn of ['{"at":1,"i":1,"ki', "\0\0\0\0\n", "no entry\n", '{"v":1,"i":7,"at":1,"kind":"heartbeat"}\n']) {
      await run().close();
      appendFileSync(entriesPath(data), torn);
      const log = run();
      log.append(failure("after"));
      await log.close();
      expect(entries()).toMatchObject([{ kind: "device-key" }, { kind: "log-torn", bytes: torn.length }, { message: "after" }]);
      expectWhole();
      rmSync(deviceLogDirectory(data), { recursive: true });
    }
  });

  it("goes on where it was ended between an entry and its checkpoint", async () => {
    const log = run();
    await log.enter(failure("one"));
    const early = readFileSync(checkpointPath(data));
    await log.enter(failure("two"));
    await log.close();
    writeFileSync(checkpointPath(data), early);
    const again = run();
    again.append(failure("three"));
    await again.close();
    expect(messages()).toEqual(["one", "two", "three"]);
    expect(putAside()).toEqual([]);
    expectWhole();
  });

  const forks: readonly (readonly [string, () => void, RegExp])[] = [
    [
      "an entry was changed",
      () => writeFileSync(entriesPath(data), readFileSync(entriesPath(data), "utf8").replace("one", "two")),
      /are not those of its checkpoint/,
    ],
    [
      "its last entry was removed",
      () => writeFileSync(entriesPath(data), `${lines().slice(0, -1).join("\n")}\n`),
      /has 2 whole entries, where its checkpoint is of 3/,
    ],
    ["its last byte was cut", () => truncateSync(entriesPath(data), statSync(entriesPath(data)).size - 1), /has 2 whole entries/],
    ["its entries are gone", () => rmSync(entriesPath(data)), /has 0 whole entries/],
    ["its checkpoint is gone", () => rmSync(checkpointPath(data)), /its checkpoint is missing/],
    ["its checkpoint is no note", () => writeFileSync(checkpointPath(data), "nothing"), /its checkpoint cannot be read/],
    [
      "its checkpoint is of a stranger",
      () => writeFileSync(checkpointPath(data), strangersCheckpoint()),
      /not signed by a key of this log/,
    ],
  ];

  /** The right size and root, and the right name, by a key that the log does not name. */
  function strangersCheckpoint(): string {
    const note = readFileSync(checkpointPath(data), "utf8");
    return note.replace(/— (\S+) \S+/, (_line, name: string) => `— ${name} ${Buffer.alloc(68, 7).toString("base64")}`);
  }

  it.each(forks)("is put aside, and another one begun that says so, where %s", async (_what, change, reason) => {
    const log = run();
    await log.enter(failure("one"));
    await log.enter(failure("last"));
    await log.close();
    change();
    const [entriesThen, checkpointThen] = [entriesPath(data), checkpointPath(data)].map((path) =>
      existsSync(path) ? readFileSync(path, "utf8") : null,
    );
    const again = run();
    again.append(failure("after"));
    await again.close();
    const [aside] = putAside();
    expect(entries()).toMatchObject([
      { kind: "device-key" },
      { kind: "log-put-aside", name: aside, reason: expect.stringMatching(reason) },
      { kind: "recording-failure", message: "after" },
    ]);
    expectWhole();
    expect(readdirSync(join(data, aside!)).sort()).toEqual(
      [entriesThen === null ? [] : ["entries.jsonl"], checkpointThen === null ? [] : ["checkpoint"]].flat().sort(),
    );
    if (entriesThen !== null) expect(readFileSync(join(data, aside!, "entries.jsonl"), "utf8")).toBe(entriesThen);
  });

  it("notices while it runs that another log took its place, or that it is gone", async () => {
    const log = run();
    await log.enter(failure("one"));
    rmSync(deviceLogDirectory(data), { recursive: true });
    await log.enter(failure("two"));
    expect(entries()).toMatchObject([{ kind: "device-key" }, { kind: "log-put-aside", name: null }, { message: "two" }]);

    const early = readFileSync(entriesPath(data), "utf8");
    await log.enter(failure("three"));
    renameSync(entriesPath(data), `${entriesPath(data)}.old`);
    writeFileSync(entriesPath(data), early);
    await log.enter(failure("four"));
    expect(putAside()).toHaveLength(1);
    expect(messages()).toEqual(["four"]);
    expectWhole();
  });

  it("waits while it cannot be written, says so, and tells afterwards since when", async () => {
    const locked = lockThatFails();
    const log = run({ locked });
    await log.enter(failure("before"));
    locked.trouble = "the disk is full";
    log.append(failure("meanwhile"));
    await log.flush();
    expect(await untilState(log, "failing")).toEqual({
      state: "failing",
      message: "The device log cannot be written: the disk is full. It is tried again by itself; recording goes on.",
    });
    await expect(log.enter(failure("an export"))).rejects.toMatchObject({ code: "device-log-unwritable" });
    locked.trouble = null;
    await untilState(log, "writing");
    expect(entries().slice(2)).toMatchObject([
      { kind: "log-resumed", lost: 0, message: "the disk is full", failedAt: expect.any(Number) },
      { kind: "recording-failure", message: "meanwhile" },
    ]);
    expectWhole();
  });

  it("keeps 10,000 entries while it cannot be written, and counts the rest", async () => {
    const locked = lockThatFails();
    const log = run({ locked });
    await log.flush();
    locked.trouble = "the disk is full";
    for (let n = 0; n < 10_003; n += 1) log.append(failure(String(n)));
    locked.trouble = null;
    await log.flush();
    expect(entries()[1]).toMatchObject({ kind: "log-resumed", lost: 3 });
    expect(messages()).toHaveLength(10_000);
  });

  it("makes no data directory anew that is gone", async () => {
    const log = run();
    await log.flush();
    renameSync(data, `${data}.away`);
    log.append(failure("unmounted"));
    await log.flush();
    expect(log.state.state).toBe("failing");
    expect(existsSync(data)).toBe(false);
    renameSync(`${data}.away`, data);
    await untilState(log, "writing");
    expect(messages()).toEqual(["unmounted"]);
  });

  it("refuses what comes after its end", async () => {
    const log = run();
    await log.close();
    log.append(failure("late"));
    await expect(log.enter(failure("late"))).rejects.toThrow("the program ends");
    expect(messages()).toEqual([]);
  });
});

describe("An excerpt of the device log", () => {
  it("has the entries that are asked for, each with a proof up to the newest checkpoint", async () => {
    const log = run();
    for (let n = 0; n < 20; n += 1) await log.enter(failure(String(n)));
    const excerpt = await readLogExcerpt(data, (entry) => entry.kind === "recording-failure" && Number(entry.message) % 7 === 0);
    expect(excerpt.checkpoint).toMatchObject({ note: log.checkpoint, size: 21 });
    expect(excerpt.entries.map(({ index }) => index)).toEqual([1, 8, 15]);
    expect(excerpt.keys).toEqual([{ keyId: key.keyId, publicKey: key.publicKey, kept: "run" }]);
    for (const { index, leaf, proof } of excerpt.entries) {
      const claim = { index, size: 21, leafHash: leafHash(Buffer.from(leaf)), proof: proof.map((hash) => Buffer.from(hash, "hex")) };
      expect(verifyInclusion({ ...claim, root: Buffer.from(excerpt.checkpoint.root, "hex") })).toBe(true);
    }
  });

  it("is refused in a sentence where the log is not what was signed, or there is none", async () => {
    await expect(readLogExcerpt(data, () => true)).rejects.toMatchObject({ code: "device-log-unreadable" });
    const log = run();
    await log.enter(failure("one"));
    writeFileSync(entriesPath(data), readFileSync(entriesPath(data), "utf8").replace("one", "two"));
    await expect(readLogExcerpt(data, () => true)).rejects.toThrow(
      "The device log cannot be used: its entries are not those of its checkpoint.",
    );
  });
});
