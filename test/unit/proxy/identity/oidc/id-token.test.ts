import { describe, expect, it } from "vitest";
import { keptOf, personOf } from "../../../../../proxy/identity/oidc/id-token.ts";

const names = { name: "name", email: "email", groups: "groups" };
const token = { iss: "https://id.example", sub: "u-1" };

describe("The person of a token", () => {
  it("has a name, an e-mail address and groups by the claims that the settings name", () => {
    const claims = { ...token, display: "Anna", mail: "anna@example.com", "https://example.com/groups": ["dba"] };
    const person = personOf(claims, { name: "display", email: "mail", groups: "https://example.com/groups" });
    expect(person).toEqual({ issuer: token.iss, subject: "u-1", name: "Anna", email: "anna@example.com", groups: ["dba"] });
  });

  it("is named by the e-mail address or the subject where there is no name", () => {
    expect(personOf({ ...token, email: "anna@example.com" }, names).name).toBe("anna@example.com");
    expect(personOf({ ...token, name: " " }, names).name).toBe("u-1");
  });

  it("has groups from within another claim, where dots lead there", () => {
    const claims = { ...token, realm_access: { roles: ["dba", "audit"] } };
    expect(personOf(claims, { ...names, groups: "realm_access.roles" }).groups).toEqual(["dba", "audit"]);
    expect(personOf(claims, { ...names, groups: "realm_access.roles.length" }).groups).toEqual([]);
    expect(personOf(claims, { ...names, groups: "constructor.name" }).groups).toEqual([]);
  });

  it("has one group where the claim is text", () => {
    expect(personOf({ ...token, groups: "dba" }, names).groups).toEqual(["dba"]);
  });

  it.each([{ groups: 17 }, { groups: [17, null, { a: 1 }, ""] }, { groups: { dba: true } }, { name: 17, email: ["x"] }])(
    "takes nothing from %j, which is not text",
    (claims) => {
      expect(personOf({ ...token, ...claims }, names)).toEqual({ issuer: token.iss, subject: "u-1", name: "u-1", email: null, groups: [] });
    },
  );

  it("is bounded, however much the provider says", () => {
    const groups = Array.from({ length: 5000 }, (_, index) => `g${index}`);
    const person = personOf({ ...token, name: "n".repeat(5000), groups: [...groups, "x".repeat(5000)] }, names);
    expect([person.name.length, person.groups.length]).toEqual([1000, 1000]);
  });
});

it("What is kept of a token are the known claims and those that the settings name", () => {
  const claims = {
    ...token,
    acr: "1",
    amr: ["pwd"],
    auth_time: 1,
    iat: 2,
    exp: 3,
    nonce: "n",
    at_hash: "h",
    name: "Anna",
    groups: ["dba"],
    address: "x",
  };
  expect(keptOf(claims, names)).toEqual({ ...token, acr: "1", amr: ["pwd"], auth_time: 1, iat: 2, exp: 3, name: "Anna", groups: ["dba"] });
});
