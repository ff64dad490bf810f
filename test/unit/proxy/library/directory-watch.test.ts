import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DirectoryWatch } from "../../../../proxy/library/directory-watch.ts";
import { newSessionId, recordingPath } from "../../../../proxy/recording/recording-files.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";

const now = Date.now();
const minute = 60_000;

let data: ReturnType<typeof temporaryDirectory>;
let watch: DirectoryWatch;

beforeEach(() => {
  data = temporaryDirectory();
  watch = new DirectoryWatch(data.path);
});
afterEach(() => data[Symbol.dispose]());

function record(startedAt: number): string {
  const session = newSessionId(startedAt);
  const file = recordingPath(data.path, session);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, "…");
  return session;
}

const added = (at = now): string[] => [...watch.added(at)].map(({ session }) => session);

it("finds what was added since the last look, and nothing twice, oldest first", () => {
  const first = [record(now - 2 * minute), record(now - minute), record(now)];
  expect(added()).toEqual(first);
  expect(added()).toEqual([]);
  const [late, early] = [record(now + 20), record(now + 10)];
  expect(added(now + 20)).toEqual([early, late]);
  expect(added(now + minute)).toEqual([]);
});

it("finds a session that began before others and was recorded after them, as signing in took longer", () => {
  const quick = record(now);
  expect(added()).toEqual([quick]);
  const slow = record(now - 2000);
  expect(added()).toEqual([slow]);
});

it("looks at all of a day again where recordings came of which the name says that they are old", () => {
  const known = record(now - minute);
  expect(added()).toEqual([known]);
  const brought = record(now - 2 * minute);
  expect(added()).toEqual([brought, known]);
  expect(added()).toEqual([]);
});

it("finds recordings that begin after the clock was set back", () => {
  const known = record(now);
  expect(added()).toEqual([known]);
  const earlier = now - 10 * minute;
  const begun = record(earlier);
  expect(added(earlier)).toContain(begun);
  const next = record(earlier + 100);
  expect(added(earlier + 100)).toEqual([next]);
});

it("passes over what is not named as a recording, and names that are of folders", () => {
  const folder = path.dirname(recordingPath(data.path, record(now)));
  added();
  writeFileSync(path.join(folder, "notes.txt"), "");
  mkdirSync(path.join(folder, `${newSessionId(now)}.steno`));
  expect(added()).toEqual([]);
});

it("reads the names of a large folder at fewer looks, and then finds all that was added", () => {
  watch = new DirectoryWatch(data.path, 2);
  const known = [record(now), record(now), record(now), record(now)];
  expect(added()).toHaveLength(known.length);
  const begun = record(now);
  expect(added()).toEqual([]);
  expect(added()).toEqual([begun]);
});

it("passes over a folder that cannot be read, says so, and finds what is in it when it can be", () => {
  const known = record(now - minute);
  const folder = path.dirname(recordingPath(data.path, known));
  renameSync(folder, `${folder}.aside`);
  writeFileSync(folder, "a file in the place of a folder");
  expect(added()).toEqual([]);
  expect(watch.problem).toContain(`Recordings in ${folder} are missing here, because the folder cannot be read: ENOTDIR`);
  rmSync(folder);
  renameSync(`${folder}.aside`, folder);
  expect(added()).toEqual([known]);
  expect(watch.problem).toBeNull();
});

it("lists nothing, and says so, where the folder of all recordings cannot be read", () => {
  const all = path.join(data.path, "recordings");
  writeFileSync(all, "a file in the place of a folder");
  expect([...watch.all()]).toEqual([]);
  expect(watch.problem).toContain(`Recordings in ${all} are missing here`);
  rmSync(all);
  const known = record(now);
  expect([...watch.all()].map(({ session }) => session)).toEqual([known]);
  expect(watch.problem).toBeNull();
});
