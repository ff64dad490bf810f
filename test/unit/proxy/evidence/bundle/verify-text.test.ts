import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { verifyText } from "../../../../../proxy/evidence/bundle/verify-text.ts";
import { parseWithholdingRule } from "../../../../../proxy/evidence/bundle/withholding-rules.ts";
import { identitySigner } from "../../../../../proxy/evidence/signing/signer.ts";
import { IdentityKey } from "../../../../../proxy/identity/identity-key.ts";
import { EvidenceWorkstation } from "../../../../support/evidence/evidence-workstation.ts";
import { unzipped } from "../../../../support/evidence/unzipped.ts";
import { temporaryDirectory } from "../../../../support/stenograph.ts";

const missing = ["sh", "sha256sum", "jq", "openssl", "find", "diff", "mktemp"].filter(
  (program) => spawnSync(program, ["--help"]).error !== undefined,
);
if (missing.length > 0) console.warn(`SKIPPED: the steps of VERIFY.txt are not run, because ${missing.join(", ")} cannot be found.`);

/** The lines of VERIFY.txt that are to be run. */
function stepsIn(text: string): string {
  return text
    .split("\n")
    .flatMap((line) => (line.startsWith("    ") ? [line.slice(4)] : []))
    .join("\n");
}

let directory: ReturnType<typeof temporaryDirectory>;
let workstation: EvidenceWorkstation;
let bag: string;

beforeEach(() => {
  directory = temporaryDirectory();
  workstation = new EvidenceWorkstation(directory.path);
  bag = join(directory.path, "bag");
});

afterEach(async () => {
  await workstation[Symbol.asyncDispose]();
  directory[Symbol.dispose]();
});

async function unpack(file: string): Promise<void> {
  for (const [name, bytes] of await unzipped(file)) {
    await mkdir(dirname(join(bag, name)), { recursive: true });
    writeFileSync(join(bag, name), bytes);
  }
}

function runSteps() {
  const temporary = join(directory.path, "tmp");
  const steps = stepsIn(readFileSync(join(bag, "data/VERIFY.txt"), "utf8"));
  const { status, stdout, stderr } = spawnSync("sh", ["-c", `mkdir -p "$TMPDIR"\nset -eu\n${steps}`], {
    cwd: bag,
    encoding: "utf8",
    env: { PATH: process.env.PATH, TMPDIR: temporary },
  });
  return { status, said: `${stdout}${stderr}`, left: readdirSync(temporary) };
}

async function exportOne(rules: readonly string[] = []): Promise<string> {
  const key = new IdentityKey();
  const signer = identitySigner({ clientInstance: key.clientInstance, sign: (bytes) => key.sign(bytes) });
  const by = { signIn: "5e0d5f3e-0000-4000-8000-000000000001", signer };
  const session = await workstation.record(
    (recorded, at) => {
      for (let each = 0; each < 2; each += 1)
        recorded.query(`SELECT name FROM t WHERE a = 'ü"\\\\%s' AND b = ${each}`, at, { rows: ["x"] });
    },
    {},
    by,
  );
  const record = { clientInstance: { jwk: signer.publicKey } };
  await mkdir(join(directory.path, "identity/sign-ins"), { recursive: true });
  writeFileSync(join(directory.path, `identity/sign-ins/${by.signIn}.json`), JSON.stringify(record));
  const { file } = await workstation.export([session], "bundle.zip", { rules: rules.map(parseWithholdingRule) });
  await unpack(file);
  return session;
}

describe.skipIf(missing.length > 0)("The steps of VERIFY.txt", () => {
  it("find a bundle in order, with nothing but a shell, sha256sum, jq and openssl", { timeout: 120_000 }, async () => {
    const session = await exportOne();
    const { status, said, left } = runSteps();
    expect(said).toContain("ok: the files are those of the manifest");
    expect(said).toContain(`ok: sig/export.sigstore.json is signed by ${workstation.key.keyId}`);
    expect(said.split("\n")).toContain(workstation.key.keyId);
    expect(said).toMatch(new RegExp(`ok: data/sessions/${session}/seal.sigstore.json is signed by`));
    expect(said).toContain(`ok: 4 events of data/sessions/${session} are those that were sealed`);
    expect(said).toContain(`SELECT name FROM t WHERE a = 'ü"\\\\%s' AND b = 0`);
    expect(said).not.toContain("WRONG");
    expect(status).toBe(0);
    expect(left).toEqual([]);
  });

  it("hold the commitment of what is withheld in its place", { timeout: 120_000 }, async () => {
    await exportOne(["literals"]);
    const { status, said } = runSteps();
    expect(said).toContain("SELECT name FROM t WHERE a = <withheld> AND b = <withheld>");
    expect(status).toBe(0);
  });

  it("find it where a byte of a file is another one", { timeout: 120_000 }, async () => {
    const session = await exportOne();
    const file = join(bag, "data/sessions", session, "disclosures.jsonl");
    writeFileSync(file, readFileSync(file, "utf8").replace("SELECT", "DELETE"));
    const { status, said } = runSteps();
    expect(status).not.toBe(0);
    expect(said).toMatch(/disclosures\.jsonl: FAILED/);
  });

  it("find a file that nobody listed", { timeout: 120_000 }, async () => {
    await exportOne();
    writeFileSync(join(bag, "data/more.txt"), "more");
    const { status, said } = runSteps();
    expect(status).not.toBe(0);
    expect(said).toContain("data/more.txt");
    rmSync(join(bag, "data/more.txt"));
  });

  it("find another event than was sealed, also where the files' digests are not looked at", { timeout: 120_000 }, async () => {
    const session = await exportOne();
    const file = join(bag, "data/sessions", session, "events.jsonl");
    const lines = readFileSync(file, "utf8").split("\n");
    writeFileSync(file, [...lines.slice(0, -3), ...lines.slice(-2)].join("\n"));
    const verify = join(bag, "data/VERIFY.txt");
    writeFileSync(
      verify,
      readFileSync(verify, "utf8").replaceAll(/^ {4}(sha256sum --quiet|find data|cut -c 67|jq -r '\.subject).*$/gm, ""),
    );
    const { said } = runSteps();
    expect(said).toContain("WRONG");
    expect(said).not.toContain("are those that were sealed");
  });

  it("are lines of a length that a terminal shows", () => {
    expect(verifyText.split("\n").filter((line) => !line.startsWith("    ") && line.length > 80)).toEqual([]);
  });
});
