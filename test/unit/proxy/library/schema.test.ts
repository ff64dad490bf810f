import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isCurrent, openLibrary, recreateTables } from "../../../../proxy/library/schema.ts";

it("a library is current with the tables of this program only, so that any other is rebuilt", () => {
  const directory = mkdtempSync(join(tmpdir(), "stenograph-schema-"));
  const database = openLibrary(directory);
  expect(isCurrent(database)).toBe(false);
  recreateTables(database);
  expect(isCurrent(database)).toBe(true);
  database.pragma("user_version = 3");
  expect(isCurrent(database)).toBe(false);
  database.close();
  rmSync(directory, { recursive: true });
});
