import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findSealed } from "../../../proxy/evidence/bundle/sealed-sessions.ts";
import { RecorderLock } from "../../../proxy/recording/recorder-lock.ts";
import { unzipped } from "../../support/evidence/unzipped.ts";
import { RecordedSession } from "../../support/library/recorded-session.ts";
import { runStenograph, temporaryDirectory } from "../../support/stenograph.ts";

const main = fileURLToPath(new URL("../../../proxy/main.ts", import.meta.url));
const start = Date.UTC(2026, 0, 31, 9) * 1000;
let data: ReturnType<typeof temporaryDirectory>;

beforeEach(() => {
  data = temporaryDirectory();
});
afterEach(() => data[Symbol.dispose]());

const out = (name = "bundle.zip"): string => join(data.path, name);

function run(sessions: readonly string[], ...args: string[]) {
  return runStenograph(["export", "--data", data.path, ...sessions, "--out", out(), ...args], { STENOGRAPH_PASSPHRASE: "correct horse" });
}

describe("export", { timeout: 180_000 }, () => {
  it("seals what an earlier run left unsealed, a crashed session too, and makes a bundle that verifies with nothing else there", async () => {
    const closed = new RecordedSession(data.path, start).query("SELECT 1", start + 1, { rows: ["a"] }).close();
    const crashed = new RecordedSession(data.path, start + 1_000_000).query("SELECT 2", start + 1_000_001).abandon();
    const ended = await run([closed.id, crashed.id], "--json");
    expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
    expect(JSON.parse(ended.stdout)).toMatchObject({
      event: "exported",
      file: out(),
      sessions: [{ session: closed.id }, { session: crashed.id }],
      encrypted: false,
    });
    for (const { id } of [closed, crashed]) expect(findSealed(data.path, id).kind).toBe("sealed");
    const verified = await runStenograph(["verify", out(), "--json"]);
    expect(verified).toMatchObject({ exitCode: 0, stderr: "" });
    expect(JSON.parse(verified.stdout).verdict).toBe("VALID WITH LIMITS");
  });

  it("leaves out what it is told to, also by rules in a file, and the bundle still verifies", async () => {
    const session = new RecordedSession(data.path, start)
      .query("SELECT 'canary-1', 'canary-2', 'kept'", start + 1, { rows: ["canary-1"] })
      .close();
    writeFileSync(join(data.path, "rules"), "literal:canary-2\n");
    const ended = await run(
      [session.id],
      "--withhold",
      "literal:canary-1",
      "--withhold",
      `@${join(data.path, "rules")}`,
      "--reason",
      "not theirs",
    );
    expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
    expect(ended.stdout).toContain("Withheld 4 parts of 1 event\n");
    const everything = Buffer.concat([...(await unzipped(out())).values()]).toString("latin1");
    expect(everything).not.toContain("canary");
    expect(everything).toContain("'kept'");
    expect(everything).toContain("not theirs");
    expect((await runStenograph(["verify", out()])).exitCode).toBe(0);
  });

  it("tells beforehand what would be withheld, and makes nothing", async () => {
    const session = new RecordedSession(data.path, start).query("SELECT 'canary-1', 'kept'", start + 1, { rows: ["canary-1"] }).close();
    const preview = ["export", "--data", data.path, session.id, "--preview", "--withhold", "literal:canary-1"];
    const told = await runStenograph(preview);
    expect(told).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`${session.id}  3 parts of 1 event: 1 of SQL`) });
    const json = await runStenograph([...preview, "--json"]);
    expect(json).toMatchObject({ exitCode: 0 });
    const { counts, limits } = JSON.parse(json.stdout);
    expect(counts).toEqual({ parts: 3, events: 1, sql: 1, parameters: 0, cells: 1, other: 1 });
    expect(limits.join(" ")).toContain("not where a statement computes it");
    expect((await runStenograph([...preview, "--out", out()])).exitCode).toBe(2);
    expect(existsSync(out())).toBe(false);
  });

  it("signs with the same device key each time where secrets are kept", async () => {
    const session = new RecordedSession(data.path, start).close();
    const keys: string[] = [];
    for (const name of ["a.zip", "b.zip"]) {
      await runStenograph(["export", "--data", data.path, session.id, "--out", out(name)], { STENOGRAPH_PASSPHRASE: "correct horse" });
      const envelope = JSON.parse((await unzipped(out(name))).get("sig/export.sigstore.json")?.toString("utf8") ?? "");
      keys.push(envelope.dsseEnvelope.signatures[0].keyid);
    }
    expect(keys[1]).toBe(keys[0]);
    expect(JSON.parse(readFileSync(join(data.path, "evidence/device.json"), "utf8")).keyId).toBe(keys[0]);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("leaves nothing behind where %s cancels it", async (signal) => {
    const session = new RecordedSession(data.path, start).close();
    // An authority that takes the request, and never answers it.
    const authority = createServer().listen(0, "127.0.0.1");
    await once(authority, "listening");
    const asked = once(authority, "request");
    const url = `http://127.0.0.1:${(authority.address() as AddressInfo).port}/`;
    const args = ["export", "--data", data.path, session.id, "--out", out(), "--timestamp", url];
    const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    try {
      let said = "";
      child.stderr.on("data", (text: Buffer) => {
        said += text.toString("utf8");
      });
      const ended = once(child, "close");
      await Promise.race([asked, ended]);
      expect(readdirSync(data.path).some((name) => name.startsWith("bundle.zip.partial-"))).toBe(true);
      child.kill(signal);
      expect(await ended).toEqual([1, null]);
      expect(said).toContain("The export was cancelled. Nothing was written.");
      expect(readdirSync(data.path).filter((name) => name.includes("bundle"))).toEqual([]);
    } finally {
      child.kill("SIGKILL");
      authority.closeAllConnections();
      authority.close();
    }
  });

  it("refuses a session that is still open, and makes nothing", async () => {
    const recorder = RecorderLock.acquire(data.path);
    try {
      const session = new RecordedSession(data.path, start, { recorder: recorder.id }).query("SELECT 1", start + 1).abandon();
      const ended = await run([session.id]);
      expect(ended).toMatchObject({
        exitCode: 1,
        stdout: "",
        stderr: `Session ${session.id} is still open. Export it when it has ended.\n`,
      });
      expect(existsSync(out())).toBe(false);
    } finally {
      recorder.release();
    }
  });

  it("refuses a damaged recording at once", async () => {
    const session = new RecordedSession(data.path, start).query("SELECT 1", start + 1).close();
    const bytes = readFileSync(session.path);
    bytes.write("SELECT 9", bytes.indexOf("SELECT 1"));
    writeFileSync(session.path, bytes);
    const ended = await run([session.id]);
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toContain(`${session.path} is damaged`);
  });

  it.each([
    ["no such session", ["01990000-0000-7000-8000-000000000001"], /no recording of a session/],
    ["no session at all", [], /missing required argument/],
    ["a rule that says nothing", ["01990000-0000-7000-8000-000000000001", "--withhold", "everything"], /nothing that can be withheld/],
    ["a file of rules that is not there", ["01990000-0000-7000-8000-000000000001", "--withhold", "@/nowhere"], /cannot be read/],
  ])("exits with 2 where there is %s", async (_what, args, says) => {
    const before = readdirSync(data.path);
    const ended = await run(args);
    expect(ended).toMatchObject({ exitCode: 2, stdout: "" });
    expect(ended.stderr).toMatch(says);
    expect(readdirSync(data.path).filter((name) => name.includes("bundle"))).toEqual(before.filter((name) => name.includes("bundle")));
  });

  it("does not take the place of a file, nor of a recipient's key what is none", async () => {
    const session = new RecordedSession(data.path, start).close();
    writeFileSync(out(), "mine");
    expect(await run([session.id])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("exists already") });
    expect(readFileSync(out(), "utf8")).toBe("mine");
    const other = await runStenograph(["export", "--data", data.path, session.id, "--out", out("other.zip"), "--recipient", "age1nobody"]);
    expect(other).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("not a recipient of age") });
  });
});
