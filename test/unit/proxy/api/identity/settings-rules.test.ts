import { describe, expect, it } from "vitest";
import { settingsProblem } from "../../../../../proxy/api/identity/settings-rules.ts";
import { testSettings } from "../../../../../proxy/api/identity/settings-test.ts";
import { type IdentitySettings, noIdentitySettings, type OidcSettings } from "../../../../../proxy/identity/identity-settings.ts";
import { FakeCaller } from "../../../../support/api/fake-caller.ts";

const oidc: OidcSettings = {
  kind: "oidc",
  issuer: "https://id.example",
  clientId: "stenograph",
  scopes: [],
  claims: { name: "name", email: "email", groups: "groups" },
  audience: null,
};
const settings: IdentitySettings = { ...noIdentitySettings, provider: oidc, roles: [{ group: "dba", role: "admin" }] };
const admin = new FakeCaller(["admin"]).signIn();

describe("Settings of identity", () => {
  it("may be to sign nobody in, whatever the roles", () => {
    expect(settingsProblem(noIdentitySettings, settings, admin)).toBeNull();
  });

  it("are right where a group can change them again", () => {
    expect(settingsProblem(settings, noIdentitySettings, null)).toBeNull();
    expect(settingsProblem({ ...settings, roles: [{ group: "dba", role: "auditor" }] }, noIdentitySettings, null)).toMatch(
      /^No group has the role admin/,
    );
  });

  it("do not lock out who changes them, but for another provider, whose groups nobody knows yet", () => {
    const others: IdentitySettings = { ...settings, roles: [{ group: "others", role: "admin" }] };
    expect(settingsProblem(others, settings, admin)).toMatch(/^You would lose the role admin yourself/);
    expect(settingsProblem({ ...others, provider: { ...oidc, issuer: "https://new.example" } }, settings, admin)).toBeNull();
  });

  it.each(["http://id.example", "ftp://id.example", "https://user:secret@id.example"])("name no provider at %s", (issuer) => {
    expect(settingsProblem({ ...settings, provider: { ...oidc, issuer } }, noIdentitySettings, null)).toMatch(
      /^The identity provider cannot be used/,
    );
  });

  it("name a certificate for SAML", () => {
    const provider = {
      kind: "saml",
      entryPoint: "https://id.example/sso",
      idpIssuer: "https://id.example",
      idpCertificate: "none",
      spIssuer: "stenograph",
      consumerPort: 0,
      attributes: { name: "name", email: "email", groups: "groups" },
    } as const;
    expect(settingsProblem({ ...settings, provider }, noIdentitySettings, null)).toMatch(/certificate cannot be used/);
  });
});

describe("A test of settings", () => {
  it("says why a provider cannot be asked", async () => {
    const away = { ...oidc, issuer: "http://127.0.0.1:1" };
    expect(await testSettings({ ...settings, provider: away })).toEqual({
      ok: false,
      message: expect.stringContaining("could not be reached"),
    });
  });

  it("says what no provider means", async () => {
    expect(await testSettings(noIdentitySettings)).toEqual({ ok: true, message: expect.stringContaining("may do everything") });
  });
});
