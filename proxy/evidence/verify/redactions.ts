/** The records of what was withheld: that they say as much as is withheld, no less and no more. */
import { z } from "zod";
import { sumOfCounts, type WithheldCounts } from "../bundle/withheld-counts.ts";
import type { BundleFiles } from "./bundle-files.ts";
import type { ExportFacts } from "./export-envelope.ts";
import type { SessionFacts } from "./session-facts.ts";
import { shapedFile } from "./shaped.ts";
import { actor, count, text, textOrNull, time } from "./shapes.ts";
import { BundleFault } from "./verdict.ts";

const counts = { parts: count, events: count, sql: count, parameters: count, cells: count, other: count };

const recordSchema = z.strictObject({
  v: z.literal(1),
  number: count,
  exportId: text,
  at: time,
  by: actor,
  reason: textOrNull,
  rules: z.array(text),
  counts: z.strictObject(counts),
  sessions: z.array(z.strictObject({ session: text, ...counts })),
  limits: z.array(text),
});

export type Redaction = Readonly<z.output<typeof recordSchema>>;

const names = /^data\/redaction\/[0-9]+\.json$/;

/** Reads the records, in order, and holds them against what was found withheld. Rejects with a `BundleFault`: `E_DISCLOSE`, `E_GAP`, `E_TYPE`. */
export async function checkRedactions(
  files: BundleFiles,
  told: ExportFacts["redactions"],
  sessions: readonly SessionFacts[],
): Promise<Redaction[]> {
  const present = files.names.filter((name) => names.test(name)).sort();
  const records: Redaction[] = [];
  for (const [index, file] of present.entries()) {
    const record = await shapedFile(recordSchema, files, file);
    const number = index + 1;
    if (file !== `data/redaction/${String(number).padStart(4, "0")}.json` || record.number !== number) {
      throw new BundleFault("E_GAP", `it is not record ${number}, which should come next`, { file });
    }
    records.push(record);
  }
  if (records.length !== told.records)
    throw new BundleFault("E_GAP", `has ${records.length} redaction records where ${told.records} were signed`);
  const { parts } = sumOfCounts(sessions.map(({ withheld }) => withheld));
  if (parts !== told.parts) throw new BundleFault("E_DISCLOSE", `withholds ${parts} parts where ${told.parts} were signed`);
  const last = records.at(-1);
  const file = present.at(-1) ?? "data/redaction";
  if (last === undefined && parts > 0) throw new BundleFault("E_DISCLOSE", `withholds ${parts} parts, and no record says who did`);
  if (last !== undefined) checkCounts(last, sessions, file);
  return records;
}

/** The last record counts all that is withheld. */
function checkCounts({ counts: told, sessions: each }: Redaction, sessions: readonly SessionFacts[], file: string): void {
  const found = new Map(sessions.map(({ session, withheld }) => [session, withheld]));
  for (const { session, ...its } of each) {
    const withheld = found.get(session);
    if (withheld === undefined) throw new BundleFault("E_DISCLOSE", `it counts session ${session}, which is not in the bundle`, { file });
    checkSame(its, withheld, `of session ${session}`, file);
    found.delete(session);
  }
  for (const [session, { parts }] of found) {
    if (parts > 0) throw new BundleFault("E_DISCLOSE", `it does not count session ${session}, of which something is withheld`, { file });
  }
  checkSame(told, sumOfCounts(sessions.map(({ withheld }) => withheld)), "in all", file);
}

export function checkSame(told: WithheldCounts, found: WithheldCounts, what: string, file: string): void {
  for (const kind of ["parts", "events", "sql", "parameters", "cells", "other"] as const) {
    if (told[kind] === found[kind]) continue;
    throw new BundleFault("E_DISCLOSE", `it counts ${told[kind]} withheld (${kind}) ${what}, and ${found[kind]} are`, { file });
  }
}
