import type { ExportOptions } from "./export-request.ts";
import { limitsOf } from "./redaction-record.ts";
import type { SessionSource } from "./session-items.ts";
import { sumOfCounts, type WithheldCounts, WithheldTally } from "./withheld-counts.ts";
import { withholdingsOf } from "./withholding.ts";
import type { WithholdingRule } from "./withholding-rules.ts";

/** What would be withheld by rules. */
export interface WithholdingPreview {
  readonly sessions: readonly ({ readonly session: string } & WithheldCounts)[];
  readonly counts: WithheldCounts;
  /** What the rules cannot do, in sentences. */
  readonly limits: readonly string[];
}

/** Tells what an export by these rules would withhold, and writes nothing. Rejects as an export does. */
export async function previewWithholding(
  sources: readonly SessionSource[],
  rules: readonly WithholdingRule[],
  { progress = () => undefined, signal }: ExportOptions = {},
): Promise<WithholdingPreview> {
  // Each session is read twice.
  const totalBytes = 2 * sources.reduce((sum, { bytes }) => sum + bytes, 0);
  const read = (doneBytes: number): void => {
    signal?.throwIfAborted();
    progress({ phase: "looking", doneBytes, totalBytes });
  };
  const withholdings = await withholdingsOf(sources, rules, read);
  const sessions: ({ readonly session: string } & WithheldCounts)[] = [];
  let before = totalBytes / 2;
  for (const [at, source] of sources.entries()) {
    const tally = new WithheldTally();
    for await (const { items, bytes } of source.read()) {
      for (const item of items) if (item.kind === "part" && withholdings[at]?.withholds(item) === true) tally.add(item);
      read(before + bytes);
    }
    sessions.push({ session: source.session, ...tally.counts });
    before += source.bytes;
  }
  const headersThatHold = withholdings.reduce((sum, withholding) => sum + withholding.headersThatHold, 0);
  return { sessions, counts: sumOfCounts(sessions), limits: limitsOf(rules, headersThatHold) };
}
