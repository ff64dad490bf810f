import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { RecorderLock, recorderIsAlive } from "../../../../proxy/recording/recorder-lock.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory[Symbol.dispose]());

const locks = (): string[] => fs.readdirSync(path.join(directory.path, "recorders"));

it("a recorder is alive from when it takes its lock until it gives it back", () => {
  const [one, two] = [RecorderLock.acquire(directory.path), RecorderLock.acquire(directory.path)];
  expect([recorderIsAlive(directory.path, one.id), recorderIsAlive(directory.path, two.id)]).toEqual([true, true]);
  one.release();
  expect([recorderIsAlive(directory.path, one.id), recorderIsAlive(directory.path, two.id)]).toEqual([false, true]);
  two.release();
  expect(locks()).toEqual([]);
});

it("a recorder whose process was killed is not alive, and its lock is removed", async () => {
  const source = new URL("../../../../proxy/recording/recorder-lock.ts", import.meta.url);
  const script = `const { RecorderLock } = await import(${JSON.stringify(source.href)});
    console.log(RecorderLock.acquire(${JSON.stringify(directory.path)}).id);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const id = line.toString().trim();
  expect(recorderIsAlive(directory.path, id)).toBe(true);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(recorderIsAlive(directory.path, id)).toBe(false);
  expect(locks()).toEqual([]);
});

it.each(["", "../../etc/passwd", "00000000-0000-4000-8000-000000000000"])("“%s” is nobody, and makes no file", (id) => {
  expect(recorderIsAlive(directory.path, id)).toBe(false);
  expect(fs.existsSync(path.join(directory.path, "recorders"))).toBe(false);
});

it("a lock that is no database any more is nobody's, and is removed", () => {
  const lock = RecorderLock.acquire(directory.path);
  lock.release();
  fs.writeFileSync(path.join(directory.path, "recorders", `${lock.id}.lock`), "garbage".repeat(2000));
  expect(recorderIsAlive(directory.path, lock.id)).toBe(false);
  expect(locks()).toEqual([]);
});
