import { describe, expect, it } from "vitest";
import { keyNames } from "../../../../renderer/commands/key-names.ts";

describe("names of keys", () => {
  it.each([
    ["$mod+k", false, "Ctrl K"],
    ["$mod+k", true, "⌘K"],
    ["[Shift]+?", false, "?"],
    ["g l", false, "G then L"],
    ["Shift+F6", false, "Shift F6"],
  ])("writes %s (Mac: %s) as %s", (binding, mac, text) => {
    expect(keyNames(binding, mac)).toBe(text);
  });
});
