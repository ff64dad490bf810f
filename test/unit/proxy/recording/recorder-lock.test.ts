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

/** Another process that takes a lock of its own and then forgets it, as far as a program can. Killed at the end of an `await using` block. */
async function anotherRecorder(): Promise<{ readonly id: string; kill(): Promise<void> } & AsyncDisposable> {
  const source = new URL("../../../../proxy/recording/recorder-lock.ts", import.meta.url);
  const script = `const { RecorderLock } = await import(${JSON.stringify(source.href)});
    const { id } = RecorderLock.acquire(${JSON.stringify(directory.path)});
    await new Promise((resolve) => setImmediate(resolve));
    gc();
    await new Promise((resolve) => setImmediate(resolve));
    console.log(id);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--expose-gc", "--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  const first = await Promise.race([once(child.stdout, "data"), ended.then(() => null)]);
  if (first === null) throw new Error("The other recorder ended at once; its reason is above.");
  return { id: String(first[0]).trim(), kill, [Symbol.asyncDispose]: kill };
}

it("a recorder is alive as long as its process, whatever the program still knows of its lock", async () => {
  await using other = await anotherRecorder();
  expect(recorderIsAlive(directory.path, other.id)).toBe(true);
});

it("a recorder whose process was killed is not alive, and its lock is removed", async () => {
  await using other = await anotherRecorder();
  await other.kill();
  expect(recorderIsAlive(directory.path, other.id)).toBe(false);
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
