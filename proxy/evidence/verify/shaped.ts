/** Reads what a bundle tells by a schema, and refuses what is not exactly that. */
import type { z } from "zod";
import { parseStrict } from "../canonical/strict-json.ts";
import type { BundleFiles } from "./bundle-files.ts";
import { bundleLimits } from "./limits.ts";
import { BundleFault, type Place } from "./verdict.ts";

/** A JSON value of that schema. Throws a `BundleFault` (`E_TYPE`). */
export function shaped<S extends z.ZodType>(schema: S, value: unknown, place: Place): z.output<S> {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  const member = issue === undefined || issue.path.length === 0 ? "" : ` (${issue.path.join(".").slice(0, 100)})`;
  throw new BundleFault("E_TYPE", `it is not of the form that this version knows${member}`, place);
}

/** The same of a JSON text. */
export function shapedText<S extends z.ZodType>(schema: S, json: Uint8Array | string, place: Place): z.output<S> {
  const read = parseStrict(json, { maxDepth: bundleLimits.jsonDepth });
  if (!read.ok) throw new BundleFault("E_TYPE", `it is not JSON that can be relied on: ${read.reason}`, place);
  return shaped(schema, read.value, place);
}

/** The same of a file that is one JSON text. */
export async function shapedFile<S extends z.ZodType>(schema: S, files: BundleFiles, file: string): Promise<z.output<S>> {
  return shapedText(schema, await files.whole(file), { file });
}
