import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { IndexLock } from "../../../../proxy/library/index-lock.ts";
import { openLibrary, recreateTables } from "../../../../proxy/library/schema.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";

function modes(directory: string): Record<string, string> {
  return Object.fromEntries(
    fs.readdirSync(directory).map((name) => [name, (fs.statSync(path.join(directory, name)).mode & 0o777).toString(8)]),
  );
}

it.runIf(process.platform !== "win32")("nobody but its owner reads the library, in a directory that all can read", () => {
  using data = temporaryDirectory();
  fs.chmodSync(data.path, 0o755);
  const lock = new IndexLock(data.path);
  lock.take();
  const library = openLibrary(data.path);
  recreateTables(library);
  expect(modes(data.path)).toMatchObject({ "library.sqlite": "600", "library.sqlite-wal": "600", "library.lock": "600" });
  expect(new Set(Object.values(modes(data.path)))).toEqual(new Set(["600"]));
  lock.close();
  library.close();
});

it.runIf(process.platform !== "win32")("nor where an earlier one left it open to all", () => {
  using data = temporaryDirectory();
  fs.writeFileSync(path.join(data.path, "library.sqlite"), "", { mode: 0o644 });
  openLibrary(data.path).close();
  expect(modes(data.path)).toEqual({ "library.sqlite": "600" });
});
