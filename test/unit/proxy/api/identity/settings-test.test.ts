import { beforeAll, describe, expect, it } from "vitest";
import { testSettings } from "../../../../../proxy/api/identity/settings-test.ts";
import type { SamlSettings } from "../../../../../proxy/identity/identity-settings.ts";
import { SamlProvider } from "../../../../support/saml/saml-provider.ts";

let provider: SamlProvider;

beforeAll(async () => {
  provider = await SamlProvider.make();
});

const test = (over: Partial<SamlSettings> = {}) =>
  testSettings({ provider: provider.settings(over), roles: [], endOpenSessions: { kind: "never" } });

describe("a test of the settings of a SAML provider", () => {
  it("says what the provider has to know", async () => {
    const { ok, message } = await test({ consumerPort: 8399 });
    expect(ok).toBe(true);
    expect(message).toContain("know this program as urn:stenograph");
    expect(message).toContain("by HTTP-POST to http://127.0.0.1:8399/saml/acs.");
  });

  it("says so where the address is another one each time", async () => {
    expect((await test()).message).toContain("another port each time");
  });

  it("says what cannot work", async () => {
    expect(await test({ idpCertificate: "MIIC" })).toEqual({ ok: false, message: expect.stringContaining("no certificate in PEM format") });
  });
});
