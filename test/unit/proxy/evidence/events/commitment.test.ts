import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { commitment } from "../../../../../proxy/evidence/events/commitment.ts";

const salt = Buffer.from(Array.from({ length: 32 }, (_, at) => at));

function defined(path: string, json: string): string {
  return createHash("sha256").update("stenograph.commitment.v1\0").update(path).update("\0").update(salt).update(json).digest("hex");
}

it.each([
  ["a text", "12/sql/3", { text: "SELECT 'é😀'", literal: false }, '{"literal":false,"text":"SELECT \'é😀\'"}'],
  ["nothing", "0/detail", null, "null"],
  ["a long value", "3/results/0/blocks/7/3", ["é".repeat(400_000)], `["${"é".repeat(400_000)}"]`],
])("a commitment to %s is the hash of where it stands, a salt, and its canonical JSON", (_what, path, value, json) => {
  expect(commitment(path, salt, value).toString("hex")).toBe(defined(path, json));
});

it("a commitment with a salt of another length is refused, because it could stand for two values", () => {
  expect(() => commitment("0/detail", salt.subarray(1), null)).toThrow(RangeError);
});

it("a known commitment stays what it is", () => {
  expect(commitment("0/detail", salt, "gone").toString("hex")).toBe(defined("0/detail", '"gone"'));
  expect(defined("0/detail", '"gone"')).toBe("c7f969f574ada7eadf3c7c6d2b74b96d2d474032a2c0e1a301a0576bc4a58c85");
});
