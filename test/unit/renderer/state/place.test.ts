import { describe, expect, it } from "vitest";
import { usable } from "../../../../proxy/api/access.ts";
import { roles } from "../../../../proxy/model/role.ts";
import { firstPlace, formatPlace, isBeginning, type Place, parsePlace } from "../../../../renderer/state/place.ts";

const places: readonly Place[] = [
  { screen: "live", filter: "", selected: null },
  { screen: "live", filter: 'actor:"Ana & co" or /a#b?/ duration:>1s', selected: { session: "0198/x", seq: 12 } },
  { screen: "sessions" },
  { screen: "session", session: "0198c1f4-7b2e", selected: null },
  { screen: "session", session: "a/b c%", selected: 3 },
  { screen: "connections", connection: null },
  { screen: "connections", connection: "new" },
  { screen: "machines", machine: null },
  { screen: "machines", machine: "m-1" },
  { screen: "account" },
  { screen: "settings" },
];

describe("a place in the URL", () => {
  it.each(places)("comes back from its hash: %j", (place) => {
    expect(parsePlace(formatPlace(place))).toEqual(place);
  });

  it.each(["", "#", "#/nowhere", "#/live?at=x", "#/live?at=s/0", "#/live?at=s/-1", "#/live?at=/4"])("leads to Live from %j", (hash) => {
    expect(parsePlace(hash)).toEqual({ screen: "live", filter: "", selected: null });
  });

  it("leads to the list of sessions where the session's name cannot be read", () => {
    expect(parsePlace("#/sessions/%E0%A4%A")).toEqual({ screen: "sessions" });
  });
});

describe("where a person begins", () => {
  it.each([
    [roles, "live"],
    [["operator"], "live"],
    [["auditor"], "live"],
    [["admin"], "connections"],
    [["approver"], "account"],
    [[], "account"],
  ] as const)("with the roles %j is %s", (ownRoles, screen) => {
    expect(firstPlace(new Set(usable(ownRoles))).screen).toBe(screen);
  });

  it("is decided only where they asked for nothing", () => {
    expect(isBeginning(parsePlace(""))).toBe(true);
    for (const hash of ["#/live?filter=x", "#/live?at=s/1", "#/sessions", "#/account"]) expect(isBeginning(parsePlace(hash))).toBe(false);
  });
});
