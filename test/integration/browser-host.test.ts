import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { WebSocket } from "ws";
import type { TimelineRow } from "../../proxy/api/contract.ts";
import { connectionOf } from "../support/api/connection-of.ts";
import { BrowserClient } from "../support/browser-client.ts";
import { available, freePort, type ServerAddress } from "../support/servers.ts";
import { type RunningStenograph, runStenograph, startStenograph, temporaryDirectory } from "../support/stenograph.ts";

const clientPassword = "canary-client-8f2c";
const passphrase = { STENOGRAPH_PASSPHRASE: "canary-passphrase-77" };
let data: ReturnType<typeof temporaryDirectory>;
let running: RunningStenograph | null = null;

beforeEach(() => {
  data = temporaryDirectory();
});

afterEach(async () => {
  await running?.end("SIGKILL");
  running = null;
  data[Symbol.dispose]();
});

async function serve(environment: Record<string, string> = {}): Promise<{ url: string; client: BrowserClient }> {
  running = await startStenograph(["serve", "--data", data.path, "--no-open"], environment);
  const { url } = running.first as unknown as { url: string };
  return { url, client: await BrowserClient.connect(url, await BrowserClient.letIn(url)) };
}

const shopAt = (server: ServerAddress, port: number) =>
  connectionOf({ listen: { host: "127.0.0.1", port }, upstream: { host: server.host, port: server.port }, upstreamUser: server.app.user });

async function query(port: number, sql: string): Promise<void> {
  const client = await createConnection({ host: "127.0.0.1", port, user: "ada", password: clientPassword });
  await client.query(sql);
  await client.end();
}

function followed(client: BrowserClient, after: number): TimelineRow[] {
  const rows: TimelineRow[] = [];
  client.follow("statements.follow", { filter: "SELECT", after }, (event) => rows.push(...event.rows));
  return rows;
}

describe.each(available(inject("servers")))("serve, in front of $kind", (server) => {
  it("shows what runs through a connection that was set up in the browser, and its rows", async () => {
    const { client } = await serve();
    const port = await freePort();
    const secrets = { upstreamPassword: server.app.password, clientPassword };
    const tested = await client.call("connections.test", { connection: shopAt(server, port), secrets });
    expect(tested).toMatchObject({ ok: true });
    await client.call("connections.save", { connection: shopAt(server, port), secrets });
    expect(await client.call("connections.start", { id: "shop" })).toMatchObject({ state: "listening", port });
    const rows = followed(client, 0);
    await query(port, "SELECT 'größer' AS word, NULL AS nothing");
    await vi.waitFor(
      () => expect(rows).toMatchObject([{ sql: "SELECT 'größer' AS word, NULL AS nothing", outcome: "ok", rows: 1 }]),
      15_000,
    );
    const { session, seq } = rows[0] ?? expect.fail("no row");
    const result = await client.call("statements.rows", { session, seq, result: 0, from: 0, limit: 10, cellLimit: 0 });
    expect(result).toEqual({ rows: [["größer", null]], more: false });
    expect((await client.call("status.get", {})).recording).toEqual({ state: "recording" });
    await running?.end();
    const reindexed = await runStenograph(["reindex", "--data", data.path]);
    expect(reindexed).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^\{"event":"reindexed","sessions":1,"statements":\d+\}\n$/),
    });
  });

  it("goes on after a lost connection where the reader was, without losing or repeating a row", async () => {
    const { url, client } = await serve();
    const port = await freePort();
    await client.call("connections.save", {
      connection: shopAt(server, port),
      secrets: { upstreamPassword: server.app.password, clientPassword },
    });
    await client.call("connections.start", { id: "shop" });
    const before = followed(client, 0);
    await query(port, "SELECT 1");
    await vi.waitFor(() => expect(before).toHaveLength(1), 15_000);
    client.drop();
    for (const number of [2, 3, 4]) await query(port, `SELECT ${number}`);
    const again = await BrowserClient.connect(url, await BrowserClient.letIn(freshAddress()));
    const after = followed(again, before[0]?.id ?? 0);
    await vi.waitFor(() => expect(after).toHaveLength(3), 15_000);
    expect([...before, ...after].map(({ sql }) => sql)).toEqual(["SELECT 1", "SELECT 2", "SELECT 3", "SELECT 4"]);
  });

  it("listens again after a restart, and shows no password in any file, answer or line", async () => {
    const first = await serve(passphrase);
    const port = await freePort();
    const secrets = { upstreamPassword: server.app.password, clientPassword };
    await first.client.call("connections.save", { connection: shopAt(server, port), secrets });
    await first.client.call("connections.start", { id: "shop" });
    await query(port, "SELECT 1");
    const lines = [running?.stderr() ?? ""];
    expect(await running?.end()).toEqual({ exitCode: 0, signal: null });

    const second = await serve(passphrase);
    await query(port, "SELECT 2");
    await second.client.call("connections.list", {});
    lines.push(running?.stderr() ?? "", ...first.client.received, ...second.client.received);
    expect(await running?.end()).toEqual({ exitCode: 0, signal: null });
    for (const canary of [clientPassword, passphrase.STENOGRAPH_PASSPHRASE, `"${server.app.password}"`]) {
      for (const line of lines) expect(line).not.toContain(canary);
      for (const file of filesIn(data.path)) expect(readFileSync(file).includes(canary), `${canary} in ${file}`).toBe(false);
    }
  });
});

describe("serve", () => {
  it("answers garbage on the WebSocket, and goes on", async () => {
    const { url, client } = await serve();
    const cookie = await BrowserClient.letIn(freshAddress());
    const { host, origin } = new URL(url);
    const socket = new WebSocket(`ws://${host}/api`, { headers: { Cookie: cookie, Origin: origin } });
    const answers: string[] = [];
    socket.on("message", (bytes) => answers.push(String(bytes)));
    socket.on("open", () => {
      for (const garbage of [
        "",
        "{",
        "null",
        "[]",
        '{"kind":"call","id":1}',
        '{"kind":"call","id":2,"name":"hasOwnProperty","input":null}',
      ])
        socket.send(garbage);
      socket.send(Buffer.from([0xff, 0xfe]));
    });
    await vi.waitFor(() => expect(answers).toHaveLength(7), 15_000);
    for (const answer of answers)
      expect(JSON.parse(answer)).toMatchObject({ kind: "failure", failure: { code: expect.stringMatching(/malformed|unknown-call/) } });
    expect(await client.call("app.info", {})).toMatchObject({ host: "browser", actor: { authenticated: false } });
    socket.terminate();
  });

  it("says in one sentence that its port is in use", async () => {
    const { url } = await serve();
    const { port } = new URL(url);
    using other = temporaryDirectory();
    const ran = await runStenograph(["serve", "--data", other.path, "--port", port, "--no-open"]);
    expect(ran).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: expect.stringMatching(new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 is in use.*\\.\n$`)),
    });
  });

  it.each([
    ["a port that is none", ["--port", "x"]],
    ["a port that is too large", ["--port", "65536"]],
    ["an unknown option", ["--nothing"]],
  ])("refuses %s as wrong usage", async (_what, args) => {
    const ran = await runStenograph(["serve", "--data", data.path, "--no-open", ...args]);
    expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
    expect(ran.stderr).not.toMatch(/\n {4}at /);
  });

  it("refuses another passphrase in one sentence, and leaves the stored passwords", async () => {
    const { client } = await serve(passphrase);
    await client.call("connections.save", { connection: connectionOf(), secrets: { upstreamPassword: "x", clientPassword } });
    await running?.end();
    const ran = await runStenograph(["serve", "--data", data.path, "--no-open"], { STENOGRAPH_PASSPHRASE: "another" });
    expect(ran).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: expect.stringMatching(/^The stored passwords in .* could not be opened.*\n$/),
    });
    const again = await serve(passphrase);
    expect((await again.client.call("connections.list", {})).connections).toMatchObject([{ hasClientPassword: true }]);
  });
});

describe("app", () => {
  it("says in one sentence that there is no desktop, and serves the browser host instead", async () => {
    running = await startStenograph(["app", "--data", data.path], { DISPLAY: "", WAYLAND_DISPLAY: "" });
    expect(running.first).toMatchObject({ event: "serving", url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/) });
    await vi.waitFor(
      () => expect(running?.stderr()).toMatch(/^There is no display, so the workstation is served to your browser instead\.\nOpen http/),
      5000,
    );
    expect(await running.end("SIGINT")).toEqual({ exitCode: 0, signal: null });
  });

  it("says in one sentence that its data directory cannot be used", async () => {
    const ran = await runStenograph(["app", "--data", "/dev/null/data"], { DISPLAY: "", WAYLAND_DISPLAY: "" });
    expect(ran).toMatchObject({ exitCode: 1, stdout: "" });
    expect(ran.stderr).toMatch(/\nThe data directory \/dev\/null\/data cannot be used: .*\.\n$/);
  });
});

describe("reindex", () => {
  it("says in one sentence that there is no such directory", async () => {
    const ran = await runStenograph(["reindex", "--data", join(data.path, "nothing")]);
    expect(ran).toMatchObject({ exitCode: 1, stdout: "", stderr: expect.stringMatching(/^There is no directory .*\.\n$/) });
  });
});

/** The address that was printed after the one before was used. */
function freshAddress(): string {
  const addresses = [...(running?.stderr() ?? "").matchAll(/For another browser: (http:\S+)/g)];
  return addresses.at(-1)?.[1] ?? expect.fail("no fresh address was printed");
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => existsSync(path));
}
