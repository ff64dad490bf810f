/**
 * What a release exported must be valid for ever. Where one of these fails, the change that made it fail must go: auditors have such
 * bundles, and cannot make them anew.
 */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import type { TrustJson } from "../../../../support/evidence/proven-world.ts";
import { Verifier } from "../../../../support/evidence/verdict-on.ts";

// A busy machine may take long; nothing here waits for a time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const folder = fileURLToPath(new URL("../../../../fixtures/bundles", import.meta.url));
const releases = fs
  .readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const expected: readonly (readonly [string, readonly string[]])[] = [
  ["whole.zip", ["VALID"]],
  ["withheld.zip", ["W_NO_TSA", "W_REDACTED"]],
  ["opened.zip", ["VALID"]],
];

describe.each(releases)("what release %s exported", (release) => {
  const read = (name: string): Buffer => fs.readFileSync(path.join(folder, release, name));

  it.each(expected)("is what it was: %s", async (name, codes) => {
    using verifier = new Verifier(JSON.parse(read("trust.json").toString("utf8")) as TrustJson);
    expect((await verifier.codes(read(name))).sort()).toEqual(codes);
  });
});

it("there is a bundle of a release", () => expect(releases.length).toBeGreaterThan(0));
