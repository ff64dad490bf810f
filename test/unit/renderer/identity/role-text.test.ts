import { describe, expect, it } from "vitest";
import { access, rolesFor } from "../../../../proxy/api/access.ts";
import { abilities, whyNot } from "../../../../renderer/identity/role-text.ts";
import type { Usable } from "../../../../renderer/state/identity.ts";
import { screenNeeds } from "../../../../renderer/state/place.ts";

describe("what a role is said to allow", () => {
  it.each(abilities.map(({ call, needs }) => [call, needs] as const))("is what the core lets it do: %s", (call, needs) => {
    expect(access[call]).toEqual(needs);
  });

  it("names the roles that open each screen that not everybody may see", () => {
    for (const needed of Object.values(screenNeeds).filter((one): one is Usable => one !== null)) {
      const sentence = whyNot(needed, "This screen");
      for (const role of rolesFor(needed)) expect(sentence).toContain(role);
    }
    expect(whyNot("connections.list", "This screen")).toBe("This screen needs the role operator, auditor or admin, which you do not have.");
  });
});
