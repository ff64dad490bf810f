import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AttackedBundle } from "../../support/evidence/attacked-bundle.ts";
import { ProvenWorld } from "../../support/evidence/proven-world.ts";
import { hasTimestampAuthority } from "../../support/evidence/timestamp-authority.ts";
import { runStenograph, temporaryDirectory } from "../../support/stenograph.ts";

const main = fileURLToPath(new URL("../../../proxy/main.ts", import.meta.url));
const whole = hasTimestampAuthority ? "VALID" : "VALID WITH LIMITS";

let directory: ReturnType<typeof temporaryDirectory>;
let world: ProvenWorld;
let trust: string;

beforeAll(async () => {
  directory = temporaryDirectory();
  world = await ProvenWorld.create(directory.path);
  trust = path.join(directory.path, "trust.json");
  fs.writeFileSync(trust, JSON.stringify(world.trust));
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  directory[Symbol.dispose]();
});

/** A file with the world's bundle, changed. */
async function changed(name: string, change: (bundle: AttackedBundle) => unknown): Promise<string> {
  const bundle = await AttackedBundle.of(world.file);
  await change(bundle);
  const file = path.join(directory.path, name);
  fs.writeFileSync(file, bundle.zip());
  return file;
}

describe("verify", () => {
  it("says VALID first, then who, when, where and what, and ends with 0", async () => {
    const { stdout, stderr, exitCode } = await runStenograph(["verify", world.file, "--trust", trust]);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    const [first, ...rest] = stdout.split("\n");
    expect(first?.startsWith(whole)).toBe(true);
    const text = rest.join("\n");
    expect(text).toContain("dana (dana-subject at https://accounts.example), whose key signed it");
    expect(text).toContain("shop, 127.0.0.1:3306 (9.7.0) as app@localhost");
    expect(text).toContain("5 events, 3 statements, 1 error, 3 rows");
    expect(text).toContain("the workstation, ");
  });

  it("names each limit in a sentence, and ends with 0", async () => {
    const { stdout, exitCode } = await runStenograph(["verify", world.file]);
    expect(exitCode).toBe(0);
    const [first, ...rest] = stdout.split("\n");
    expect(first).toMatch(/^VALID WITH LIMITS: .*W_UNKNOWN_DEVICE/);
    for (const code of ["W_UNKNOWN_DEVICE", "W_SELF_JWKS", "W_NO_WITNESS"])
      expect(rest.filter((line) => line.startsWith(`  ${code}: `))).toHaveLength(1);
  });

  it("names file and position of what is wrong, shows nothing else, and ends with 1", async () => {
    const file = await changed("wrong.zip", (bundle) => bundle.replace("data/VERIFY.txt", "sha256sum", "true"));
    const { stdout, stderr, exitCode } = await runStenograph(["verify", file, "--trust", trust]);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 1 });
    expect(stdout).toMatch(/^INVALID E_HASH: data\/VERIFY\.txt: [^\n]+\.\n$/);
  });

  it("gives the same as JSON", async () => {
    const good = await runStenograph(["verify", world.file, "--trust", trust, "--json"]);
    expect(JSON.parse(good.stdout)).toMatchObject({ verdict: whole, facts: { sessions: [{ statements: 3 }, { statements: 1 }] } });
    const file = await changed("json.zip", (bundle) => bundle.remove("data/report.html"));
    const bad = await runStenograph(["verify", file, "--json"]);
    expect(bad.exitCode).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({ verdict: "INVALID", code: "E_GAP", file: "data/report.html" });
  });

  it("shows what a bundle says without letting it speak to the terminal", async () => {
    const name = "da\u001b[2Jna \u202egnp.exe";
    const file = path.join(directory.path, "escapes.zip");
    const exporter = { kind: "os-user", name, authenticated: false } as const;
    await world.workstation.export(world.sessions, file, { exporter });
    const { stdout, exitCode } = await runStenograph(["verify", file]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("da\\u001b[2Jna \\u202egnp.exe");
    expect(stdout).not.toContain("\u001b");
    expect(stdout).not.toContain("\u202e");
  });

  it("needs nothing but the bundle: no environment, no home, no data directory", async () => {
    const empty = path.join(directory.path, "empty");
    fs.mkdirSync(empty);
    const { stdout } = await promisify(execFile)(process.execPath, [main, "verify", world.file], { cwd: empty, env: {} });
    expect(stdout).toMatch(/^VALID WITH LIMITS/);
    expect(fs.readdirSync(empty)).toEqual([]);
  });

  it.each([
    ["a file that is not there", "missing.zip", null],
    ["a folder", "", null],
    ["a file that is no ZIP", "text.zip", "just text"],
    ["an empty file", "empty.zip", ""],
  ])("ends with 2 for %s, with one sentence", async (_what, name, content) => {
    const file = path.join(directory.path, name);
    if (content !== null) fs.writeFileSync(file, content);
    const { stdout, stderr, exitCode } = await runStenograph(["verify", file]);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    expect(stderr).toMatch(/^[^\n]+\.\n$/);
  });

  it("ends with 2 for a trust file that is none", async () => {
    const file = path.join(directory.path, "bad-trust.json");
    fs.writeFileSync(file, '{"issuers":7}');
    const { stdout, stderr, exitCode } = await runStenograph(["verify", world.file, "--trust", file]);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    expect(stderr).toMatch(/^The trust file .* cannot be used: [^\n]+\.\n$/);
  });

  it("takes a checkpoint that was printed for a witness of what is exported later", async () => {
    const printed = await runStenograph(["checkpoint", "--data", directory.path]);
    const file = path.join(directory.path, "later.zip");
    await world.workstation.export(world.sessions, file);
    const held = path.join(directory.path, "held.json");
    fs.writeFileSync(held, JSON.stringify({ checkpoints: [printed.stdout] }));
    const { stdout, exitCode } = await runStenograph(["verify", file, "--trust", held]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Log .*, witnessed$/m);
  });

  describe("of an encrypted bundle", () => {
    let file: string;
    let keys: string;
    let identity: string;

    beforeAll(async () => {
      identity = await generateX25519Identity();
      file = path.join(directory.path, "secret.zip.age");
      keys = path.join(directory.path, "keys.txt");
      await world.workstation.export(world.sessions, file, { recipients: [await identityToRecipient(identity)] });
    });

    it("opens it for who has the identity", async () => {
      fs.writeFileSync(keys, `# created: today\n${identity}\n`);
      const { stdout, exitCode } = await runStenograph(["verify", file, "--identity", keys]);
      expect({ exitCode, first: stdout.slice(0, 17) }).toEqual({ exitCode: 0, first: "VALID WITH LIMITS" });
    });

    it("says that it is encrypted to who gives none, and ends with 2", async () => {
      const { stderr, exitCode } = await runStenograph(["verify", file]);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/is encrypted by age\. Give .* --identity\.\n$/);
    });

    it("says so to a stranger, and ends with 2", async () => {
      fs.writeFileSync(keys, `${await generateX25519Identity()}\n`);
      const { stderr, exitCode } = await runStenograph(["verify", file, "--identity", keys]);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/cannot be decrypted/);
    });

    it("does not repeat what it takes for an identity", async () => {
      fs.writeFileSync(keys, "AGE-SECRET-KEY-1NOTAKEY\n");
      const { stderr, exitCode } = await runStenograph(["verify", file, "--identity", keys]);
      expect(exitCode).toBe(2);
      expect(stderr).not.toContain("NOTAKEY");
    });
  });
});
