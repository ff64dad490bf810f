import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { composeWorkstation, type Workstation } from "../../../proxy/compose.ts";
import { connectionOf } from "../../support/api/connection-of.ts";

const workers = {
  relay: new URL("../../../proxy/relay-thread.ts", import.meta.url),
  library: new URL("../../../proxy/library-thread.ts", import.meta.url),
};
const anyPort = { host: "127.0.0.1", port: 0 };
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "stenograph-compose-"));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

const compose = (dataDirectory = directory): Promise<Workstation> =>
  composeWorkstation({ dataDirectory, host: "browser", workers, demo: false });

describe("composeWorkstation", () => {
  it("refuses a data directory that cannot be one, and leaves nothing running", async () => {
    const file = join(directory, "a-file");
    writeFileSync(file, "");
    await expect(compose(file)).rejects.toMatchObject({ code: "directory-unusable", message: expect.stringContaining(file) });
  });

  it("makes the data directory and what it lies in", async () => {
    const deep = join(directory, "not", "there");
    await (await compose(deep)).close();
    expect(statSync(deep).mode & 0o777).toBe(0o700);
  });

  it.runIf(process.platform === "linux")("refuses a data directory that the system says is nowhere", async () => {
    await expect(compose("/proc/stenograph/data")).rejects.toMatchObject({ code: "directory-unusable" });
  });

  it("keeps passwords with the passphrase, which no program gets that is started from then on", async () => {
    vi.stubEnv("STENOGRAPH_PASSPHRASE", "a passphrase of the tests");
    const workstation = await compose();
    const { calls } = workstation.handlers;
    await calls["connections.save"]({
      connection: connectionOf({ listen: anyPort }),
      secrets: { upstreamPassword: "up", clientPassword: "in" },
    });
    await workstation.close();
    expect(readdirSync(directory, { recursive: true })).toContainEqual(expect.stringContaining("passphrase"));
    expect(spawnSync("env").stdout.toString()).not.toContain("a passphrase of the tests");
  });

  it("says at the start that broken settings were put aside", async () => {
    writeFileSync(join(directory, "connections.json"), "{");
    const workstation = await compose();
    expect(workstation.notices).toEqual([expect.stringMatching(/connections\.json\.broken-/)]);
    await workstation.close();
  });

  it("starts again the listener that was running", async () => {
    const first = await compose();
    const { calls } = first.handlers;
    await calls["connections.save"]({ connection: connectionOf({ auth: "passthrough", listen: anyPort }), secrets: {} });
    expect(await calls["connections.start"]({ id: "shop" })).toMatchObject({ state: "listening" });
    expect((await calls["app.info"]({})).clientCaFile).toBe(join(directory, "tls", "ca.pem"));
    await first.close();
    const second = await compose();
    expect((await second.handlers.calls["status.get"]({})).listeners).toMatchObject({ shop: { state: "listening" } });
    await second.close();
  });

  it("is there to read with a relay that cannot work, answers a start with the reason, and ends", async () => {
    mkdirSync(join(directory, "tls"));
    for (const name of ["ca.pem", "ca-key.pem", "server.pem", "password-key.pem"]) writeFileSync(join(directory, "tls", name), "garbage");
    const workstation = await compose();
    const { calls } = workstation.handlers;
    const why = expect.stringMatching(/^The certificate and keys for clients in .* cannot be used/);
    expect((await calls["status.get"]({})).recording).toEqual({ state: "stopped", message: why });
    await calls["connections.save"]({ connection: connectionOf({ auth: "passthrough", listen: anyPort }), secrets: {} });
    expect(await calls["connections.start"]({ id: "shop" })).toEqual({ state: "failed", message: why });
    expect(await calls["connections.stop"]({ id: "shop" })).toMatchObject({ state: expect.stringMatching(/stopped|failed/) });
    expect(await calls["sessions.list"]({ limit: 10 })).toEqual({ sessions: [], more: false });
    await workstation.close();
  });
});
