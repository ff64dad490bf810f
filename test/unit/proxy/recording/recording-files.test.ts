import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  isSessionId,
  listDay,
  listRecordings,
  newSessionId,
  recordingPath,
  recordingsDirectory,
} from "../../../../proxy/recording/recording-files.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory[Symbol.dispose]());

const midnight = Date.UTC(2026, 10, 23);

describe("a session's id", () => {
  it("is a UUIDv7 of its start, so that ids sort as sessions started", () => {
    const ids = [midnight - 1, midnight, midnight + 1].map(newSessionId);
    expect(ids.every(isSessionId)).toBe(true);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set([newSessionId(midnight), newSessionId(midnight)]).size).toBe(2);
  });

  it.each([
    "",
    "../../../../etc/passwd",
    "00000000-0000-4000-8000-000000000000",
    newSessionId(midnight).toUpperCase(),
    `${newSessionId(midnight)}\n`,
  ])("is not “%s”", (text) => {
    expect(isSessionId(text)).toBe(false);
  });
});

describe("recordings", () => {
  it("lie in the folder of the UTC day on which they started", () => {
    const [before, after] = [newSessionId(midnight - 1), newSessionId(midnight)];
    expect(recordingPath("/d", before)).toBe(`/d/recordings/2026/11/22/${before}.steno`);
    expect(recordingPath("/d", after)).toBe(`/d/recordings/2026/11/23/${after}.steno`);
  });

  it("are listed oldest first, and nothing else is", () => {
    const ids = [midnight - 86_400_000 * 400, midnight - 1, midnight, midnight + 5].map(newSessionId);
    for (const id of ids) {
      const file = recordingPath(directory.path, id);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, "four");
      fs.writeFileSync(`${file}.torn`, "");
      fs.writeFileSync(path.join(path.dirname(file), "notes.steno"), "");
    }
    fs.writeFileSync(path.join(recordingsDirectory(directory.path), ".probe-1"), "");
    const listed = [...listRecordings(directory.path)];
    expect(listed).toEqual(ids.map((session) => ({ session, path: recordingPath(directory.path, session), size: 4 })));
    expect([...listDay(path.dirname(recordingPath(directory.path, newSessionId(midnight))))]).toHaveLength(2);
  });

  it("are none where there is no folder yet", () => {
    expect([...listRecordings(directory.path)]).toEqual([]);
  });
});
