/**
 * What was sealed is proven by making the same leaves again, years later. Where one of these fails, the change that made it fail must
 * go: to make the fixture anew would leave every seal that exists without its proof.
 */
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { eventsOf, expectWellMade } from "../../../../support/evidence/events.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`../../../../fixtures/events/${name}`, import.meta.url));
const read = eventsOf(fixture("session.steno"));

it("a recording's leaves are what they always were, byte by byte", () => {
  const leaves = read.events.map(({ leaf }) => `${leaf.toString("utf8")}\n`).join("");
  expect(leaves).toBe(fs.readFileSync(fixture("leaves.jsonl"), "utf8"));
  expect(`${read.root}\n`).toBe(fs.readFileSync(fixture("root.txt"), "utf8"));
  expectWellMade(read);
});

it("so are its parts, their salts and their commitments", () => {
  const hex = (bytes: Buffer): string => bytes.toString("hex");
  const parts = read.parts.map(({ n, path, salt, value, commitment }) => ({
    n,
    path,
    salt: hex(salt),
    value,
    commitment: hex(commitment),
  }));
  const lines = fs.readFileSync(fixture("parts.jsonl"), "utf8").trimEnd().split("\n");
  expect(parts).toEqual(lines.map((line) => JSON.parse(line)));
});
