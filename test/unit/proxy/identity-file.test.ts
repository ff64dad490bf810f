import { readFileSync, statSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type IdentitySettings, noIdentitySettings } from "../../../proxy/identity/identity-settings.ts";
import { identityPath, loadIdentitySettings, saveIdentitySettings } from "../../../proxy/identity-file.ts";
import { temporaryDirectory } from "../../support/stenograph.ts";

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory[Symbol.dispose]());

const settings: IdentitySettings = {
  provider: {
    kind: "oidc",
    issuer: "https://id.example",
    clientId: "stenograph",
    scopes: ["email"],
    claims: { name: "name", email: "email", groups: "groups" },
    audience: null,
  },
  roles: [{ group: "dba", role: "operator" }],
  endOpenSessions: { kind: "after", minutes: 5 },
};

describe("The identity settings", () => {
  it("are none where nothing was saved", async () => {
    expect(await loadIdentitySettings(directory.path)).toEqual(noIdentitySettings);
  });

  it("are what was saved, for their owner's eyes only", async () => {
    await saveIdentitySettings(directory.path, settings);
    expect(await loadIdentitySettings(directory.path)).toEqual(settings);
    expect(statSync(identityPath(directory.path)).mode & 0o777).toBe(0o600);
  });

  it.each([
    "",
    "{",
    "null",
    "{}",
    '{"format":"stenograph-identity","version":1}',
    '{"format":"stenograph-identity","version":2,"settings":{}}',
  ])("are never none where the file cannot be used: %s", async (text) => {
    writeFileSync(identityPath(directory.path), text);
    await expect(loadIdentitySettings(directory.path)).rejects.toMatchObject({ code: "settings-unreadable" });
    expect(readFileSync(identityPath(directory.path), "utf8")).toBe(text);
  });

  it("are refused where a role is none of the four", async () => {
    await saveIdentitySettings(directory.path, { ...settings, roles: [{ group: "dba", role: "root" as "admin" }] });
    await expect(loadIdentitySettings(directory.path)).rejects.toThrow("settings.roles.0.role");
  });
});
