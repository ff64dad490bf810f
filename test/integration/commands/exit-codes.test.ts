import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { listRecordings, newSessionId, recordingPath } from "../../../proxy/recording/recording-files.ts";
import { available } from "../../support/servers.ts";
import { listSessions, listStatements, runStenograph, startRecorder, temporaryDirectory } from "../../support/stenograph.ts";

const main = fileURLToPath(new URL("../../../proxy/main.ts", import.meta.url));
const upstream = "mysql://127.0.0.1:3306";
const oneSentence = /^[^\n]+\n$/;
const stackTrace = /\n\s+at /;

describe("--help", () => {
  it.each([
    "record",
    "sessions",
    "statements",
    "serve",
    "reindex",
    "demo",
    "app",
    "login",
    "logout",
    "whoami",
    "export",
    "verify",
    "annotate",
    "checkpoint",
  ])("of %s ends well and says what it does", async (command) => {
    const run = await runStenograph([command, "--help"]);
    expect(run).toMatchObject({ stderr: "", exitCode: 0 });
    expect(run.stdout).toMatch(new RegExp(`^Usage: stenograph ${command} `));
  });
});

describe("wrong usage ends with 2 and says what is wrong", () => {
  it.each([
    ["no command that exists", ["recrod"], /unknown command 'recrod'/],
    ["an option that does not exist", ["sessions", "--data", "x", "--jsno"], /unknown option '--jsno'/],
    ["no data directory", ["sessions"], /required option '--data <directory>' not specified/],
    ["no port", ["record", "--data", "x", "--listen", "127.0.0.1", "--upstream", upstream], /It must be HOST:PORT/],
    ["a port beyond the last", ["record", "--data", "x", "--listen", "127.0.0.1:65536", "--upstream", upstream], /It must be HOST:PORT/],
    [
      "an upstream that is no address",
      ["record", "--data", "x", "--listen", "127.0.0.1:0", "--upstream", "localhost"],
      /mysql:\/\/\[USER@\]HOST:PORT/,
    ],
    [
      "a password on the command line",
      ["record", "--data", "x", "--listen", "127.0.0.1:0", "--upstream", "mysql://u:secret@h:1"],
      /--upstream-password-env/,
    ],
    [
      "an unknown mode",
      ["record", "--data", "x", "--listen", "127.0.0.1:0", "--upstream", upstream, "--auth", "none"],
      /Allowed choices are passthrough, mapped/,
    ],
    [
      "mapped without accounts",
      ["record", "--data", "x", "--listen", "127.0.0.1:0", "--upstream", upstream, "--auth", "mapped"],
      /--client-user/,
    ],
    [
      "an environment variable that is not set",
      [
        "record",
        "--data",
        "x",
        "--listen",
        "127.0.0.1:0",
        "--upstream",
        "mysql://u@127.0.0.1:3306",
        "--auth",
        "mapped",
        "--client-user",
        "c",
        "--client-password-env",
        "NOT_SET_AT_ALL",
      ],
      /environment variable NOT_SET_AT_ALL is not set/,
    ],
    [
      "a certificate that cannot be read",
      ["record", "--data", "x", "--listen", "127.0.0.1:0", "--upstream", upstream, "--upstream-ca", "/no/such/file.pem"],
      /certificate authority cannot be read/,
    ],
    [
      "a certificate that is none",
      ["record", "--data", "x", "--listen", "127.0.0.1:0", "--upstream", upstream, "--upstream-ca", main],
      /--upstream-ca .*main\.ts: .*not a certificate/,
    ],
    [
      "an upstream account that cannot be read",
      ["record", "--data", "x", "--listen", "127.0.0.1:0", "--upstream", "mysql://50%@h"],
      /write it as %25/,
    ],
    [
      "an upstream port that is none",
      ["record", "--data", "x", "--listen", "127.0.0.1:0", "--upstream", "mysql://h:0"],
      /cannot have port 0/,
    ],
    ["an empty name of a directory", ["record", "--data", "", "--listen", "127.0.0.1:0", "--upstream", upstream], /must name a directory/],
    ["rows without JSON", ["statements", "--data", "x", "--rows"], /--rows needs --json/],
    ["a filter that cannot be parsed", ["statements", "--data", "x", "--filter", "rows >"], /position/],
  ])("%s", async (_what, args, message) => {
    const run = await runStenograph(args);
    expect(run.stderr).toMatch(message);
    expect(run.stderr).not.toMatch(stackTrace);
    expect(run.stderr).not.toContain("secret");
    expect(run).toMatchObject({ stdout: "", exitCode: 2 });
  });
});

describe("what cannot be done ends with 1 and one sentence", () => {
  it.each(["sessions", "statements", "reindex"])("%s of a directory that is not there", async (command) => {
    const run = await runStenograph([command, "--data", "/no/such/directory"]);
    expect(run.stderr).toMatch(oneSentence);
    expect(run.stderr).toContain("/no/such/directory");
    expect(run).toMatchObject({ stdout: "", exitCode: 1 });
  });

  it("statements of a session that is not there", async () => {
    using directory = temporaryDirectory();
    for (const session of ["nonsense", "../../etc/passwd", newSessionId(Date.now())]) {
      const run = await runStenograph(["statements", "--data", directory.path, session, "--json"]);
      expect(run.stderr).toBe(`There is no recording of a session ${session} in ${directory.path}.\n`);
      expect(run).toMatchObject({ stdout: "", exitCode: 1 });
    }
  });

  it("record on a port in use", async () => {
    using directory = temporaryDirectory();
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const run = await runStenograph(["record", "--data", directory.path, "--listen", `127.0.0.1:${port}`, "--upstream", upstream]);
    server.close();
    expect(run.stderr).toBe(
      `Stenograph cannot listen on 127.0.0.1:${port}: another program uses this port, e.g. a database server or another Stenograph. End that program, or choose another port.\n`,
    );
    expect(run).toMatchObject({ stdout: "", exitCode: 1 });
  });
});

describe.each(available(inject("servers")))("a directory with recordings of $kind", (server) => {
  const directory = temporaryDirectory();
  const data = directory.path;

  beforeAll(async () => {
    const recorder = await startRecorder({ data, upstream: `mysql://127.0.0.1:${server.port}`, auth: "passthrough" });
    for (const n of [1, 2, 3]) {
      const client = await createConnection({ host: "127.0.0.1", port: recorder.first.port, ...server.app });
      await client.query(`SELECT ${n} AS session`);
      for (let count = 0; count < 300; count += 1) await client.query(`SELECT ${count} AS n, REPEAT('x', 1000) AS filling`);
      await client.end();
    }
    expect(await recorder.end("SIGINT")).toEqual({ exitCode: 0, signal: null });
    expect(recorder.stderr()).toBe("");
  });
  afterAll(() => directory[Symbol.dispose]());

  it("lists its sessions with what each of them is", async () => {
    const sessions = await listSessions(data);
    expect(sessions).toHaveLength(3);
    expect(sessions[0]).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      connection: `127.0.0.1:${server.port}`,
      actor: { name: expect.any(String), authenticated: false },
      account: "app",
      client: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      endedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      closeCause: "client-quit",
      statements: 302,
      upstreamVersion: server.version,
      tls: { client: null, upstream: { version: expect.stringMatching(/^TLSv1/), cipher: expect.any(String) } },
    });
    expect(sessions.map(({ startedAt }) => startedAt)).toEqual(sessions.map(({ startedAt }) => startedAt).toSorted());
  });

  it("lists statements in order, of one session and by a filter", async () => {
    const [, second] = await listSessions(data);
    const statements = await listStatements(data, [String(second?.id)]);
    expect(statements.map(({ seq }) => seq)).toEqual(Array.from({ length: 302 }, (_, index) => index + 1));
    expect(statements[0]).toMatchObject({
      session: second?.id,
      command: "COM_QUERY",
      sql: "SELECT 2 AS session",
      params: null,
      outcome: "ok",
      rows: 1,
      affected: null,
      errno: null,
      sqlstate: null,
      message: null,
      durationUs: expect.any(Number),
      firstByteUs: expect.any(Number),
      // With two more where the client and the server have query attributes.
      bytesIn: server.kind === "mysql" ? 26 : 24,
      bytesOut: expect.any(Number),
      partial: false,
    });
    expect(statements[0]).not.toHaveProperty("results");
    const found = await listStatements(data, ["--filter", '"AS session"', "--rows"]);
    expect(found.map(({ results }) => results?.[0]?.rows)).toEqual([[["1"]], [["2"]], [["3"]]]);
  });

  it("stops without a word when its reader has read enough", async () => {
    const child = spawn(process.execPath, [main, "statements", "--data", data, "--json", "--rows"], { stdio: ["ignore", "pipe", "pipe"] });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString("utf8");
    });
    child.stdout.once("data", () => child.stdout.destroy());
    const [exitCode] = (await once(child, "close")) as [number | null];
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });

  it("goes on with the others past a corrupt recording, and ends with 1", async () => {
    using copy = temporaryDirectory();
    const [first, second, third] = [...listRecordings(data)];
    const broken = newSessionId(Date.now());
    for (const { session, path } of [first, second, third].filter((file) => file !== undefined)) {
      const to = recordingPath(copy.path, session);
      mkdirSync(join(to, ".."), { recursive: true });
      writeFileSync(to, readFileSync(path));
    }
    writeFileSync(recordingPath(copy.path, broken), "this was never a recording");
    const damaged = recordingPath(copy.path, second?.session ?? "");
    const bytes = readFileSync(damaged);
    bytes[bytes.length >> 1] = ~(bytes[bytes.length >> 1] as number) & 0xff;
    truncateSync(damaged, 0);
    appendFileSync(damaged, bytes);

    for (const command of ["sessions", "statements"]) {
      const run = await runStenograph([command, "--data", copy.path, "--json"]);
      expect(run.exitCode).toBe(1);
      expect(run.stderr).not.toMatch(stackTrace);
      expect(run.stderr.trimEnd().split("\n")).toHaveLength(2);
      expect(run.stderr).toContain(damaged);
      expect(run.stderr).toContain(broken);
      const lines = run.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as { id?: string; session?: string });
      const shown = new Set(lines.map(({ id, session }) => id ?? session));
      expect(shown).toEqual(new Set([first?.session, second?.session, third?.session]));
    }
  });
});

it("a password for clients that is empty is wrong usage, because nobody could sign in", async () => {
  using data = temporaryDirectory();
  const address = ["--listen", "127.0.0.1:0", "--upstream", "mysql://app@127.0.0.1:3306"];
  const mapped = ["--auth", "mapped", "--client-user", "ada", "--client-password-env", "EMPTY_PASSWORD"];
  const run = await runStenograph(["record", "--data", data.path, ...address, ...mapped], { EMPTY_PASSWORD: "" });
  expect(run).toMatchObject({ stdout: "", exitCode: 2, stderr: expect.stringMatching(/EMPTY_PASSWORD is empty/) });
  expect(run.stderr).toMatch(oneSentence);
});
