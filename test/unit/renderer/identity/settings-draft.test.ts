import { describe, expect, it } from "vitest";
import type { IdentitySettings } from "../../../../proxy/api/contract.ts";
import { readSettings, settingsDraft } from "../../../../renderer/identity/settings-draft.ts";

const none: IdentitySettings = { provider: null, roles: [], endOpenSessions: { kind: "at-once" } };

const oidc: IdentitySettings = {
  provider: {
    kind: "oidc",
    issuer: "https://id.example.com",
    clientId: "stenograph",
    scopes: ["profile", "groups"],
    claims: { name: "name", email: "mail", groups: "realm_groups" },
    audience: "urn:mysql",
  },
  roles: [{ group: "dba", role: "admin" }],
  endOpenSessions: { kind: "after", minutes: 5 },
};

const saml: IdentitySettings = {
  provider: {
    kind: "saml",
    entryPoint: "https://id.example.com/sso",
    idpIssuer: "urn:idp",
    idpCertificate: "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----",
    spIssuer: "urn:stenograph",
    consumerPort: 8123,
    attributes: { name: "displayName", email: "mail", groups: "memberOf" },
  },
  roles: [],
  endOpenSessions: { kind: "never" },
};

describe("settings of identity while they are edited", () => {
  it.each([
    ["nobody signs in", none],
    ["OpenID Connect", oidc],
    ["SAML", saml],
  ])("come back as they were: %s", (_what, settings) => {
    expect(readSettings(settingsDraft(settings))).toEqual({ ok: true, settings });
  });

  it("say next to each field what it lacks", () => {
    const draft = { ...settingsDraft(none), kind: "oidc" as const, issuer: "id.example.com", nameClaim: " " };
    expect(readSettings(draft)).toMatchObject({
      ok: false,
      errors: { issuer: expect.stringContaining("https://"), clientId: expect.any(String), nameClaim: expect.any(String) },
    });
    expect(readSettings({ ...settingsDraft(saml), consumerPort: "80a" })).toMatchObject({
      ok: false,
      errors: { consumerPort: expect.stringContaining("65535") },
    });
    expect(readSettings({ ...settingsDraft(oidc), minutes: "0" })).toMatchObject({ ok: false, errors: { minutes: expect.any(String) } });
  });

  it("leave out groups without a name, spaces around what was typed, and the scope that is always asked for", () => {
    const draft = settingsDraft(oidc);
    const typed = {
      ...draft,
      issuer: " https://id.example.com ",
      scopes: " openid  email",
      roles: [...draft.roles, { key: "k", group: " ", role: "auditor" as const }],
    };
    expect(readSettings(typed)).toMatchObject({
      settings: { provider: { issuer: "https://id.example.com", scopes: ["email"] }, roles: [{ group: "dba", role: "admin" }] },
    });
  });
});
