import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EvidenceWorkstation } from "../../support/evidence/evidence-workstation.ts";
import { unzipped } from "../../support/evidence/unzipped.ts";
import { runStenograph, temporaryDirectory } from "../../support/stenograph.ts";

let data: ReturnType<typeof temporaryDirectory>;
let elsewhere: ReturnType<typeof temporaryDirectory>;
let bundle: string;

beforeEach(async () => {
  data = temporaryDirectory();
  elsewhere = temporaryDirectory();
  await using workstation = new EvidenceWorkstation(data.path);
  const session = await workstation.record((recorded, at) => recorded.query("SELECT 1", at, { rows: ["a".repeat(900_000)] }));
  bundle = (await workstation.export([session], "bundle.zip")).file;
});

afterEach(() => {
  data[Symbol.dispose]();
  elsewhere[Symbol.dispose]();
});

const at = (name: string): string => join(elsewhere.path, name);

function annotate(file: string, out: string, ...text: string[]) {
  return runStenograph(["annotate", file, "--data", elsewhere.path, "--out", at(out), ...text], { STENOGRAPH_PASSPHRASE: "correct horse" });
}

describe("annotate", { timeout: 180_000 }, () => {
  it("adds entries to copies of a bundle, which verify, and changes nothing else", async () => {
    expect(await annotate(bundle, "opened.zip")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await annotate(at("opened.zip"), "said.zip", "--text", "Compared with the ledger.")).toMatchObject({ exitCode: 0, stderr: "" });
    const before = await unzipped(bundle);
    const after = await unzipped(at("said.zip"));
    expect([...after.keys()].filter((name) => !before.has(name))).toEqual(["custody/0001.json", "custody/0002.json"]);
    for (const [name, bytes] of before) expect(after.get(name)?.equals(bytes), name).toBe(true);
    const verified = await runStenograph(["verify", at("said.zip"), "--json"]);
    expect(verified.exitCode).toBe(0);
    const acts = JSON.parse(verified.stdout).facts.custody.map(({ act }: { readonly act: unknown }) => act);
    expect(acts).toEqual([{ kind: "opened" }, { kind: "annotated", text: "Compared with the ledger." }]);
    expect(readdirSync(elsewhere.path).filter((name) => name.includes("partial"))).toEqual([]);
  });

  it("adds nothing to a bundle that does not verify, nor to what is none", async () => {
    const bytes = readFileSync(bundle);
    bytes[100] = (bytes[100] as number) ^ 1;
    writeFileSync(at("changed.zip"), bytes);
    expect(await annotate(at("changed.zip"), "copy.zip")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("does not verify"),
    });
    expect(await annotate(at("missing.zip"), "copy.zip")).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("cannot be read") });
    expect(existsSync(at("copy.zip"))).toBe(false);
  });
});
