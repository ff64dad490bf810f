import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Entry } from "../../../proxy/evidence/device-log/entry.ts";
import { type LogExcerpt, readLogExcerpt } from "../../../proxy/evidence/device-log/log-excerpt.ts";
import { memoryDeviceKey } from "../../support/evidence/memory-device-key.ts";
import { runDeviceLog } from "../../support/evidence/running-device-log.ts";
import { temporaryDirectory } from "../../support/stenograph.ts";

const writer = fileURLToPath(new URL("../../support/evidence/device-log-writer.ts", import.meta.url));

let directory: ReturnType<typeof temporaryDirectory>;
let children: ChildProcess[] = [];

beforeEach(() => {
  directory = temporaryDirectory();
});

afterEach(async () => {
  await Promise.all(children.map(kill));
  children = [];
  directory[Symbol.dispose]();
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

/** Starts a process that writes; `said` are the lines that it has said so far. */
function start(name: string, count: number) {
  const child = spawn(process.execPath, [writer, name, String(count), directory.path], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const said: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => said.push(line));
  const ended = Promise.all([once(child, "exit"), once(lines, "close")]).then(([[code]]) => code as number | null);
  const untilSaid = async (number: number): Promise<void> => {
    while (said.length < number) await once(lines, "line");
  };
  return { child, said, ended, untilSaid };
}

function entriesOf({ entries }: LogExcerpt): Map<number, string> {
  return new Map(
    entries.map(({ index, leaf }) => {
      const entry = JSON.parse(leaf) as Entry;
      return [index, entry.kind === "recording-failure" ? entry.message : entry.kind];
    }),
  );
}

/** Each line is `INDEX MESSAGE`: that is what the log has there. */
function expectEntered(log: Map<number, string>, said: readonly string[]): void {
  for (const line of said) {
    const [index, ...message] = line.split(" ");
    expect(log.get(Number(index))).toBe(message.join(" "));
  }
}

const putAside = (): string[] => readdirSync(directory.path).filter((name) => name.includes("put-aside"));

describe("A device log that several processes write", () => {
  it("has each entry of both once, where each was told that it is", async () => {
    const [one, other] = [start("one", 40), start("other", 40)];
    expect(await Promise.all([one.ended, other.ended])).toEqual([0, 0]);
    const log = entriesOf(await readLogExcerpt(directory.path, () => true));
    expect([one.said.length, other.said.length, log.size]).toEqual([40, 40, 82]);
    expectEntered(log, [...one.said, ...other.said]);
    expect(putAside()).toEqual([]);
  });

  it("loses no entry that was said to be in it where one of them is killed, and goes on", async () => {
    const survivor = start("survivor", 0);
    const said: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const victim = start(`victim ${round}`, 0);
      await victim.untilSaid(3 + round);
      await kill(victim.child);
      await victim.ended;
      said.push(...victim.said);
    }
    const before = survivor.said.length;
    await survivor.untilSaid(before + 3);
    await kill(survivor.child);
    await survivor.ended;
    said.push(...survivor.said);
    // Whoever comes next finds a log that it can go on with.
    const next = runDeviceLog(directory.path, memoryDeviceKey());
    await next.close();
    expectEntered(entriesOf(await readLogExcerpt(directory.path, () => true)), said);
    expect(putAside()).toEqual([]);
  });
});
