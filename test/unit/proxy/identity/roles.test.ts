import { expect, it } from "vitest";
import { rolesOf } from "../../../../proxy/identity/roles.ts";

const table = [
  { group: "admins", role: "admin" },
  { group: "dba", role: "operator" },
  { group: "everybody", role: "operator" },
  { group: "dba", role: "approver" },
] as const;

it("Roles are those of all groups, each once, in one order", () => {
  expect(rolesOf(["everybody", "dba", "admins", "others"], table)).toEqual(["operator", "approver", "admin"]);
});

it("Roles are given by the whole name of a group, to the letter", () => {
  expect(rolesOf(["DBA", "dba ", "db", "admins/dba"], table)).toEqual([]);
  expect(rolesOf([], table)).toEqual([]);
});
