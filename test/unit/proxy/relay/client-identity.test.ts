import { X509Certificate } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadClientIdentity } from "../../../../proxy/relay/client-identity.ts";

const day = 24 * 60 * 60 * 1000;
let parent: string;
let directory: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "stenograph-identity-"));
  directory = join(parent, "data", "tls");
});
afterEach(() => rm(parent, { recursive: true, force: true }));

async function certificate(name: string): Promise<X509Certificate> {
  return new X509Certificate(await readFile(join(directory, name)));
}

async function contents(): Promise<Record<string, string>> {
  const names = (await readdir(directory)).sort();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(directory, name), "utf8")] as const)));
}

describe("the identity for clients", () => {
  it("is made at the first start, for this host by all its names", async () => {
    const identity = await loadClientIdentity(directory);
    const [authority, server] = [await certificate("ca.pem"), await certificate("server.pem")];
    expect(identity.authorityFile).toBe(join(directory, "ca.pem"));
    expect([authority.ca, server.ca]).toEqual([true, false]);
    expect(server.verify(authority.publicKey)).toBe(true);
    expect(server.checkIssued(authority)).toBe(true);
    expect(["localhost", hostname()].map((name) => server.checkHost(name) !== undefined)).toEqual([true, true]);
    expect(["127.0.0.1", "::1"].map((address) => server.checkIP(address) !== undefined)).toEqual([true, true]);
    expect(identity.passwordKey.publicKeyPem.toString()).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    expect(identity.passwordKey.privateKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
  });

  it("can be read by the user alone", async () => {
    await loadClientIdentity(directory);
    const modes = await Promise.all(
      [directory, ...(await readdir(directory)).map((name) => join(directory, name))].map((path) => stat(path)),
    );
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(["700", "600", "600", "600", "600"]);
  });

  it("stays the same from start to start", async () => {
    await loadClientIdentity(directory);
    const first = await contents();
    await loadClientIdentity(directory);
    expect(await contents()).toEqual(first);
  });

  it("is one and the same for processes that start at once, with nothing left over", async () => {
    const loaded = await Promise.all([1, 2, 3, 4].map(() => loadClientIdentity(directory)));
    expect(new Set(loaded.map(({ passwordKey }) => passwordKey.publicKeyPem.toString())).size).toBe(1);
    expect(await readdir(join(parent, "data"))).toEqual(["tls"]);
  });

  it("has its certificate renewed a month before it ends, under the same authority", async () => {
    await loadClientIdentity(directory);
    const before = await contents();
    await loadClientIdentity(directory, new Date(Date.now() + 366 * day));
    expect(await contents()).toEqual(before);
    await loadClientIdentity(directory, new Date(Date.now() + 370 * day));
    const after = await contents();
    expect(after["ca.pem"]).toBe(before["ca.pem"]);
    expect(after["password-key.pem"]).toBe(before["password-key.pem"]);
    expect(after["server.pem"]).not.toBe(before["server.pem"]);
    expect((await certificate("server.pem")).verify((await certificate("ca.pem")).publicKey)).toBe(true);
  });

  it("has its authority renewed before that ends, and the certificate with it", async () => {
    await loadClientIdentity(directory);
    const before = await contents();
    await loadClientIdentity(directory, new Date(Date.now() + 3600 * day));
    expect((await contents())["ca.pem"]).not.toBe(before["ca.pem"]);
    expect((await certificate("server.pem")).verify((await certificate("ca.pem")).publicKey)).toBe(true);
  });

  it("says what to do when it is damaged", async () => {
    await loadClientIdentity(directory);
    await writeFile(join(directory, "server.pem"), "nothing");
    await expect(loadClientIdentity(directory)).rejects.toMatchObject({
      code: "client-identity",
      message: expect.stringContaining("remove it"),
    });
  });

  it("says what to do when its folder cannot be made", async () => {
    await writeFile(join(parent, "data"), "a file");
    await expect(loadClientIdentity(directory)).rejects.toMatchObject({ code: "client-identity" });
  });
});
