import { expect, it } from "vitest";
import { claimedAttributes, nameOrNull } from "../../../../proxy/relay/connection-phase-facts.ts";

it("takes attributes as claims, and none where they cannot be read", () => {
  expect(claimedAttributes(Buffer.from("\x03_os\x05Linux", "latin1"))).toEqual({ _os: "Linux" });
  expect(claimedAttributes(Buffer.from("\x03_os\x09Linux", "latin1"))).toEqual({});
  expect(claimedAttributes(null)).toEqual({});
});

it("takes the empty name as none", () => {
  expect([null, Buffer.alloc(0), Buffer.from("täst")].map(nameOrNull)).toEqual([null, null, "täst"]);
});
