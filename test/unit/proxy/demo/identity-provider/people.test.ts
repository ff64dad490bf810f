import { describe, expect, it } from "vitest";
import { demoPeople, demoRoles, personOf } from "../../../../../proxy/demo/identity-provider/people.ts";

describe("the demo's people", () => {
  it("have passwords of each run's own, without characters that are taken for each other", () => {
    const passwords = [...demoPeople(), ...demoPeople()].map(({ password }) => password);
    expect(new Set(passwords).size).toBe(6);
    for (const password of passwords) expect(password).toMatch(/^[a-hjkmnp-z2-9]{4}-[a-hjkmnp-z2-9]{4}$/);
  });

  it("are an operator who is an administrator too, an approver and an auditor", () => {
    const rolesOf = (groups: readonly string[]) => demoRoles.filter(({ group }) => groups.includes(group)).map(({ role }) => role);
    expect(demoPeople().map(({ groups }) => rolesOf(groups))).toEqual([["operator", "admin"], ["approver"], ["auditor"]]);
  });

  it("are known by their own password and by no other", () => {
    const people = demoPeople();
    const [dana, ravi] = [people[0]!, people[1]!];
    expect(personOf(people, dana.user, dana.password)).toBe(dana);
    expect(personOf(people, dana.user, ravi.password)).toBeNull();
    expect(personOf(people, "nobody", dana.password)).toBeNull();
    expect(personOf(people, "nobody", "")).toBeNull();
  });
});
