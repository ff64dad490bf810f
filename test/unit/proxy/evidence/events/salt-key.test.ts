import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openSaltKey } from "../../../../../proxy/evidence/events/salt-key.ts";
import { temporaryDirectory } from "../../../../support/stenograph.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
beforeEach(() => {
  directory = temporaryDirectory();
  file = path.join(directory.path, "evidence", "salt-key");
});
afterEach(() => directory[Symbol.dispose]());

it("is made once, for its owner alone, and is the same from then on", () => {
  const key = openSaltKey(directory.path);
  expect(key).toHaveLength(32);
  expect(openSaltKey(directory.path)).toEqual(key);
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  expect(fs.statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  expect(fs.readdirSync(path.dirname(file))).toEqual(["salt-key"]);
});

it("is another one in another data directory", () => {
  using other = temporaryDirectory();
  expect(openSaltKey(other.path)).not.toEqual(openSaltKey(directory.path));
});

it("is that of the first of two processes that make it at once", () => {
  const theirs = Buffer.alloc(32, 9);
  const link = vi.spyOn(fs, "linkSync").mockImplementationOnce(() => {
    fs.writeFileSync(file, theirs);
    throw Object.assign(new Error("EEXIST: file already exists"), { code: "EEXIST" });
  });
  try {
    expect(openSaltKey(directory.path)).toEqual(theirs);
  } finally {
    link.mockRestore();
  }
});

it("is not made anew where what is there is no key", () => {
  fs.mkdirSync(path.dirname(file));
  fs.writeFileSync(file, "short");
  expect(() => openSaltKey(directory.path)).toThrow(/has 5 bytes and is no key/);
  expect(fs.readFileSync(file, "utf8")).toBe("short");
});

it("says which file cannot be used where it cannot be made", () => {
  fs.writeFileSync(path.dirname(file), "a file where the folder should be");
  expect(() => openSaltKey(directory.path)).toThrow(/The key .*salt-key cannot be used: /);
});
