/** One command as the library shows it against one as its client sent and received it. */
import type { Cell, StatementDetail } from "../../api/contract.ts";
import type { LedgerEntry, LedgerResult } from "../workload/ledger.ts";
import { sameValue, valueInWords } from "./compare-values.ts";

/** Gives all rows of a statement's result. */
export type RowsOf = (result: number) => Promise<readonly (readonly Cell[])[]>;

/** What differs, as halves of sentences; empty where nothing does. */
export async function compareStatement(shown: StatementDetail, entry: LedgerEntry, rowsOf: RowsOf): Promise<string[]> {
  const differences = [...compareFacts(shown, entry), ...compareParameters(shown, entry)];
  if (shown.results.length !== entry.results.length) {
    return [...differences, `it has ${shown.results.length} results where the client received ${entry.results.length}`];
  }
  for (const [index, received] of entry.results.entries()) {
    differences.push(...compareColumns(shown.results[index]?.columns ?? [], received));
    differences.push(...compareRows(await rowsOf(index), received));
  }
  return differences;
}

function compareFacts(shown: StatementDetail, entry: LedgerEntry): string[] {
  const { row } = shown;
  const facts: readonly (readonly [what: string, shown: unknown, received: unknown])[] = [
    ["command", row.command, entry.command],
    ["text", shown.sql, entry.sql],
    ["outcome", row.outcome, entry.outcome],
    ["error number", row.errno, entry.errno],
    ["SQLSTATE", shown.sqlstate, entry.sqlstate],
    ["error message", row.message, entry.message],
    ["affected rows", row.affected, entry.affected],
    ["rows", row.rows ?? 0, entry.results.reduce((sum, result) => sum + result.rows.length, 0)],
    ["completeness", row.partial, false],
    ["decoding", shown.decodeFailed, null],
  ];
  return facts
    .filter(([, one, other]) => one !== other)
    .map(([what, one, other]) => `its ${what} is ${inWords(one)} where the client has ${inWords(other)}`);
}

function compareParameters(shown: StatementDetail, entry: LedgerEntry): string[] {
  const bound = entry.params ?? [];
  const params = shown.params ?? [];
  if (params.length !== bound.length) return [`it has ${params.length} parameters where the client bound ${bound.length}`];
  return bound.flatMap((value, index) => {
    const param = params[index];
    if (param !== undefined && sameValue(param.value, value, 0)) return [];
    return [`its parameter ${index + 1} is ${valueInWords(param?.value)} where the client bound ${valueInWords(value)}`];
  });
}

function compareColumns(shown: readonly { readonly name: string; readonly orgTable: string }[], received: LedgerResult): string[] {
  const names = (columns: readonly { readonly name: string; readonly orgTable: string }[]) =>
    columns.map((column) => `${column.orgTable}.${column.name}`).join(", ");
  const [one, other] = [names(shown), names(received.columns)];
  return one === other ? [] : [`its columns are ${one} where the client received ${other}`];
}

function compareRows(shown: readonly (readonly Cell[])[], received: LedgerResult): string[] {
  if (shown.length !== received.rows.length) return [`it shows ${shown.length} rows where the client received ${received.rows.length}`];
  return received.rows.flatMap((row, at) =>
    received.columns.flatMap((column, index) => {
      const one = shown[at]?.[index];
      const other = row[index] ?? null;
      if (one !== undefined && sameValue(one, other, column.type)) return [];
      return [`row ${at + 1} has ${valueInWords(one)} as ${column.name} where the client received ${valueInWords(other)}`];
    }),
  );
}

function inWords(fact: unknown): string {
  return typeof fact === "string" ? valueInWords(fact) : String(fact);
}
