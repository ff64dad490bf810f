/** A line of `disclosures.jsonl`: a part of an event, opened with its salt, or withheld with its commitment only. */
import { createHash } from "node:crypto";
import { parseStrict } from "../canonical/strict-json.ts";
import { bundleLimits } from "./limits.ts";
import type { Line } from "./line-walk.ts";
import { BundleFault, type Place } from "./verdict.ts";

const hash = /^[0-9a-f]{64}$/;
const pathShape = /^[a-z]{1,20}(?:\/(?:[a-z]{1,20}|0|[1-9][0-9]{0,14})){0,6}$/;

const label = Buffer.from("stenograph.commitment.v1\0", "latin1");
const zero = Buffer.from([0]);

export interface DisclosedPart {
  readonly n: number;
  /** Without the event's number, e.g. `results/0/blocks/7/3`. */
  readonly path: string;
  readonly commitment: Buffer;
  /** What it commits to; `undefined` where that is withheld. */
  readonly value: unknown;
  readonly isWithheld: boolean;
  /** The value as JSON, good as long as the line is; empty where it is withheld. */
  readonly valueBytes: Buffer;
}

/** Reads a line. Throws a `BundleFault` (`E_TYPE`) where it is not exactly one of the two forms. */
export function readPart({ bytes }: Line, place: Place): DisclosedPart {
  const read = parseStrict(bytes, { maxDepth: bundleLimits.jsonDepth });
  if (!read.ok) throw new BundleFault("E_TYPE", `this is not JSON that can be relied on: ${read.reason}`, place);
  const { n, path, salt, withheld, ...rest } = objectIn(read.value, place);
  if (typeof n !== "number" || !Number.isSafeInteger(n) || n < 0 || typeof path !== "string" || !pathShape.test(path)) throw unknown(place);
  const head = `{"n":${n},"path":"${path}",`;
  if (isHash(withheld) && salt === undefined && Object.keys(rest).length === 0) {
    if (!bytes.equals(Buffer.from(`${head}"withheld":"${withheld}"}`, "latin1"))) throw unknown(place);
    const commitment = Buffer.from(withheld, "hex");
    return { n, path, commitment, value: undefined, isWithheld: true, valueBytes: bytes.subarray(0, 0) };
  }
  const isOpened = isHash(salt) && withheld === undefined && Object.keys(rest).length === 1 && Object.hasOwn(rest, "value");
  if (!isOpened) throw unknown(place);
  // The value is last in the line, so the bytes that were committed to are taken as they stand.
  const before = Buffer.from(`${head}"salt":"${salt}","value":`, "latin1");
  if (!bytes.subarray(0, before.length).equals(before)) throw unknown(place);
  const valueBytes = bytes.subarray(before.length, bytes.length - 1);
  return { n, path, commitment: commitmentTo(`${n}/${path}`, salt, valueBytes), value: rest.value, isWithheld: false, valueBytes };
}

function commitmentTo(path: string, salt: string, valueBytes: Buffer): Buffer {
  return createHash("sha256").update(label).update(path).update(zero).update(salt, "hex").update(valueBytes).digest();
}

function objectIn(value: unknown, place: Place): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw unknown(place);
  return value as Readonly<Record<string, unknown>>;
}

function isHash(value: unknown): value is string {
  return typeof value === "string" && hash.test(value);
}

function unknown(place: Place): BundleFault {
  return new BundleFault("E_TYPE", "this is not a part of an event as this version writes them", place);
}
