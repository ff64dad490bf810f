import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { identitySettingsFor, setUpIdentity } from "../../../../proxy/demo/demo-identity.ts";
import { noIdentitySettings } from "../../../../proxy/identity/identity-settings.ts";
import { loadIdentitySettings, saveIdentitySettings } from "../../../../proxy/identity-file.ts";
import { openMachines } from "../../../../proxy/machines-file.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";

const provider = {
  issuer: "http://127.0.0.1:9999",
  clientId: "stenograph",
  audience: "urn:stenograph:mysql",
  scopes: ["groups"],
};

let data: string;
beforeEach(() => {
  const directory = temporaryDirectory();
  onTestFinished(() => directory[Symbol.dispose]());
  data = directory.path;
});

const machines = async () => (await openMachines(data)).value;

describe("the demo's identities in a data directory", () => {
  it("are its provider, with a role for each group, and two machines that somebody answers for", async () => {
    const { shop, assistant } = await setUpIdentity(data, provider, ["demo"]);
    const settings = await loadIdentitySettings(data);
    expect(settings).toEqual(identitySettingsFor(provider));
    expect(settings.provider).toMatchObject({ kind: "oidc", issuer: provider.issuer, audience: provider.audience });
    expect(await machines()).toMatchObject([
      { name: "web shop", owner: "Dana Beck", connections: ["demo"], user: shop.user, revokedAt: null },
      { name: "desk assistant", owner: "Ravi Menon", connections: ["demo"], user: assistant.user, revokedAt: null },
    ]);
    expect(shop.actor).toEqual({ kind: "machine", name: "web shop", owner: "Dana Beck" });
    expect(JSON.stringify(await machines())).not.toContain(shop.password);
  });

  it("are gone when the demo has ended", async () => {
    const identity = await setUpIdentity(data, provider, ["demo"]);
    await identity.remove();
    expect(await loadIdentitySettings(data)).toEqual(noIdentitySettings);
    expect(await machines()).toEqual([]);
  });

  it("take the place of those of a demo that was killed", async () => {
    const killed = await setUpIdentity(data, provider, ["demo"]);
    const { shop } = await setUpIdentity(data, { ...provider, issuer: "http://127.0.0.1:9998" }, ["demo"]);
    expect(await machines()).toHaveLength(2);
    expect(shop.user).not.toBe(killed.shop.user);
    expect((await loadIdentitySettings(data)).provider).toMatchObject({ issuer: "http://127.0.0.1:9998" });
  });

  it("never take the place of a provider that somebody set up", async () => {
    const own = identitySettingsFor({ ...provider, issuer: "https://id.example" });
    await saveIdentitySettings(data, own);
    await expect(setUpIdentity(data, provider, ["demo"])).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining("--data"),
    });
    expect(await loadIdentitySettings(data)).toEqual(own);
    expect(await machines()).toEqual([]);
  });
});
