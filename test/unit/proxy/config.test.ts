import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  connectionsPath,
  connectionsVersion,
  defaultDataDirectory,
  loadConnections,
  reloadConnections,
  saveConnections,
} from "../../../proxy/config.ts";
import { connectionOf } from "../../support/api/connection-of.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "stenograph-config-"));
});

afterEach(() => rmSync(directory, { recursive: true }));

describe("connections on disk", () => {
  it("are none where nothing was saved yet", async () => {
    expect(await loadConnections(directory)).toEqual({ connections: [], version: null, notice: null });
  });

  it("come back as they were saved, in a file that only its owner reads", async () => {
    const stored = [{ connection: connectionOf(), running: true, secrets: ["upstreamPassword" as const] }];
    await saveConnections(directory, stored);
    expect(await loadConnections(directory)).toMatchObject({ connections: stored, notice: null });
    expect(statSync(connectionsPath(directory)).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(["connections.json"]);
  });

  it("that were saved before there were all of today's settings come back with what they did then", async () => {
    const { proxyProtocol: _proxyProtocol, upstreamCompression: _upstreamCompression, identity: _identity, ...before } = connectionOf();
    const connections = [{ connection: before, running: false, secrets: [] }];
    writeFileSync(connectionsPath(directory), JSON.stringify({ format: "stenograph-connections", version: 1, connections }));
    const read = await loadConnections(directory);
    expect(read).toMatchObject({ connections: [{ connection: connectionOf(), running: false, secrets: [] }], notice: null });
  });

  it.each([
    ["no JSON", "{"],
    ["empty", ""],
    ["of another shape", '{"connections":[{"name":"shop"}]}'],
    ["of another version", '{"format":"stenograph-connections","version":99,"connections":[]}'],
    ["cut off", '{"format":"stenograph-connections","version":1,"connections":[{"conn'],
  ])("are put aside and named, not overwritten, when the file is %s", async (_what, text) => {
    writeFileSync(connectionsPath(directory), text);
    const { connections, notice } = await loadConnections(directory);
    expect(connections).toEqual([]);
    const [aside = ""] = readdirSync(directory);
    expect(notice).toContain(aside);
    expect(aside).toMatch(/^connections\.json\.broken-/);
    expect(readFileSync(join(directory, aside), "utf8")).toBe(text);
  });

  it("are left as they are, and said to be broken, where that happens while the program runs", async () => {
    const text = '{"connections":[';
    writeFileSync(connectionsPath(directory), text);
    await expect(reloadConnections(directory)).rejects.toMatchObject({
      message: expect.stringMatching(/changed by another program.*not JSON/),
    });
    expect(readFileSync(connectionsPath(directory), "utf8")).toBe(text);
  });

  it("have another version each time that they were saved, and none where they are not there", async () => {
    expect(await connectionsVersion(directory)).toBeNull();
    await saveConnections(directory, []);
    const first = await connectionsVersion(directory);
    await saveConnections(directory, []);
    expect(new Set([first, await connectionsVersion(directory), null]).size).toBe(3);
  });

  it("are refused in a sentence where the directory cannot be written", async () => {
    const file = join(directory, "a-file");
    writeFileSync(file, "");
    await expect(saveConnections(file, [])).rejects.toMatchObject({ code: "settings-unwritable", message: expect.stringContaining(file) });
  });
});

describe("the default data directory", () => {
  it.each([
    ["linux", {}, join(homedir(), ".local", "share", "stenograph")],
    ["linux", { XDG_DATA_HOME: "/somewhere" }, "/somewhere/stenograph"],
    ["darwin", {}, join(homedir(), "Library", "Application Support", "Stenograph")],
    ["win32", { LOCALAPPDATA: "/local" }, "/local/Stenograph"],
  ] as const)("is the platform's own on %s", (platform, environment, expected) => {
    expect(defaultDataDirectory(platform, environment)).toBe(expected);
  });
});
