import type { Actor } from "../../model/actor.ts";
import type { UnixMicros } from "../../model/value.ts";
import type { WithheldCounts } from "./withheld-counts.ts";
import { ruleText, type WithholdingRule } from "./withholding-rules.ts";

/** Who withheld what, why and how much: `data/redaction/NNNN.json`. A bundle that was made from another one keeps the other's records. */
export interface RedactionRecord {
  readonly v: 1;
  readonly number: number;
  readonly exportId: string;
  readonly at: UnixMicros;
  readonly by: Actor;
  /** In the words of who withheld; `null` where they gave none. */
  readonly reason: string | null;
  readonly rules: readonly string[];
  /** All that is withheld in this bundle, with what was withheld before; so the counts of the last record are those that hold. */
  readonly counts: WithheldCounts;
  readonly sessions: readonly ({ readonly session: string } & WithheldCounts)[];
  /** What the rules could not reach, in sentences. */
  readonly limits: readonly string[];
}

/** Where a record is in a bundle. */
export function redactionPath(number: number): string {
  return `data/redaction/${String(number).padStart(4, "0")}.json`;
}

/**
 * What withholding by these rules cannot do. `headersThatHold`: events whose header has a text that was to be withheld.
 */
export function limitsOf(rules: readonly WithholdingRule[], headersThatHold: number): string[] {
  const limits: string[] = [];
  if (rules.some(({ kind }) => kind === "column")) {
    limits.push(
      "A column is found by the table's name: statements that name the table lose all their literals, parameters and computed columns. What statements hold of the column that name the table nowhere (a view, a stored procedure, a user variable, a list of processes) is not found.",
    );
  }
  if (headersThatHold > 0) {
    limits.push(
      `Headers of events are never withheld (accounts, addresses, schemas, times, counts), and a text that was to be withheld stands in ${headersThatHold} of them.`,
    );
  }
  if (rules.some(({ kind }) => kind === "literal")) {
    limits.push(
      "A literal is found as text, as hexadecimal digits and as bytes, not where a statement computes it or cuts it into pieces.",
    );
  }
  limits.push(
    "The seal has the digest of the whole recording: who knows every other byte of it, to the last digit of its times, can try out what a short withheld value was.",
  );
  return limits;
}

export function redactionRecord(
  facts: Omit<RedactionRecord, "v" | "rules" | "limits">,
  rules: readonly WithholdingRule[],
  headersThatHold: number,
): RedactionRecord {
  return { v: 1, ...facts, rules: rules.map(ruleText), limits: limitsOf(rules, headersThatHold) };
}
