import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { IndexLock } from "../../../../proxy/library/index-lock.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";

it("one at a time has the right to index, also where the lock's file was damaged", () => {
  using data = temporaryDirectory();
  fs.writeFileSync(path.join(data.path, "library.lock"), "garbage".repeat(2000));
  const one = new IndexLock(data.path);
  expect(one.take()).toBe(true);
  const two = new IndexLock(data.path);
  expect(two.take()).toBe(false);
  one.close();
  expect(two.take()).toBe(true);
  two.close();
});
