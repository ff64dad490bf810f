import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCheckpoint } from "../../../proxy/evidence/device-log/checkpoint.ts";
import { checkpointPath } from "../../../proxy/evidence/device-log/log-files.ts";
import { readWitnessed } from "../../../proxy/evidence/device-log/witnessed.ts";
import { memoryDeviceKey } from "../../support/evidence/memory-device-key.ts";
import { runDeviceLog } from "../../support/evidence/running-device-log.ts";
import { type CommandRun, runStenograph, temporaryDirectory } from "../../support/stenograph.ts";

let data: ReturnType<typeof temporaryDirectory>;

beforeEach(() => {
  data = temporaryDirectory();
});

afterEach(() => data[Symbol.dispose]());

const checkpoint = (...args: string[]): Promise<CommandRun> => runStenograph(["checkpoint", "--data", data.path, ...args]);

async function someLog(): Promise<string> {
  const log = runDeviceLog(data.path, memoryDeviceKey());
  await log.close();
  return readFileSync(checkpointPath(data.path), "utf8");
}

describe("stenograph checkpoint", () => {
  it("prints the newest checkpoint as it was signed", async () => {
    const note = await someLog();
    expect(await checkpoint()).toEqual({ stdout: note, stderr: "", exitCode: 0 });
    expect(readCheckpoint(note)?.size).toBe(1);
  });

  it("gives it to a witness, and to no other program than itself", async () => {
    const note = await someLog();
    const witness = join(data.path, "witness.txt");
    const run = await checkpoint("--witness", witness);
    expect(run).toEqual({ stdout: note, stderr: `The witness ${witness} has it.\n`, exitCode: 0 });
    expect(readFileSync(witness, "utf8")).toBe(`${note}\n`);
    expect(await readWitnessed(data.path)).toMatchObject([{ witness, size: 1, note }]);
  });

  it("sets who is to have them from now on, also before there is one, and ends that", async () => {
    const witness = join(data.path, "witness.txt");
    const setting = () => JSON.parse(readFileSync(join(data.path, "evidence.json"), "utf8")) as unknown;
    expect(await checkpoint("--witness", witness, "--always")).toMatchObject({ stdout: "", exitCode: 0 });
    expect(setting()).toEqual({ format: "stenograph-evidence", version: 1, witness: { file: witness } });
    await checkpoint("--witness", "none", "--always");
    expect(setting()).toMatchObject({ witness: null });
  });

  it("says in a sentence what cannot be asked for", async () => {
    expect(await checkpoint()).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^There is no checkpoint in .* yet\. /) });
    expect(await checkpoint("--always")).toMatchObject({ exitCode: 2 });
    expect(await checkpoint("--witness", "ftp://witness.example")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("neither"),
    });
  });

  it("says in a sentence that the witness has nothing, and that what is there is no checkpoint", async () => {
    await someLog();
    const nowhere = join(data.path, "not", "there.txt");
    expect(await checkpoint("--witness", nowhere)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^The witness .*there\.txt did not get the checkpoint: ENOENT/),
    });
    writeFileSync(checkpointPath(data.path), "something else\n");
    expect(await checkpoint()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("is not a checkpoint") });
  });
});
