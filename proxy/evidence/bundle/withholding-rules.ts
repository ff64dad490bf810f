/** What an export leaves out, as people write it. */
import { FailureError } from "../../model/failure.ts";
import { isSessionId } from "../../recording/recording-files.ts";

/**
 * `column`: what comes from a column, and what statements that name its table may hold of it; `statement`: the contents of one
 * statement; `literal`: everything that holds a text; `results`: all rows; `literals`: all values in statements.
 */
export type WithholdingRule =
  | { readonly kind: "column"; readonly schema: string | null; readonly table: string; readonly column: string }
  | { readonly kind: "statement"; readonly session: string; readonly seq: number }
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "results" }
  | { readonly kind: "literals" };

const forms = "column:TABLE.COLUMN, column:SCHEMA.TABLE.COLUMN, statement:SESSION/NUMBER, literal:TEXT, results or literals";

/** Shorter ones are in nearly everything. */
const shortestLiteral = 3;

/** Reads a rule. Throws a `FailureError` (`withholding-rule`) that says what is wrong with it. */
export function parseWithholdingRule(text: string): WithholdingRule {
  const colon = text.indexOf(":");
  const [kind, rest] = colon === -1 ? [text, null] : [text.slice(0, colon), text.slice(colon + 1)];
  if (rest === null && (kind === "results" || kind === "literals")) return { kind };
  if (rest !== null && kind === "column") return columnRule(text, rest);
  if (rest !== null && kind === "statement") return statementRule(text, rest);
  if (rest !== null && kind === "literal") return literalRule(rest);
  throw refused(`“${text}” says nothing that can be withheld. Write ${forms}.`);
}

/** A rule as the record in the bundle names it. A literal is not told: it is what must not be in there. */
export function ruleText(rule: WithholdingRule): string {
  switch (rule.kind) {
    case "column":
      return `column:${[rule.schema, rule.table, rule.column].filter((name) => name !== null).join(".")}`;
    case "statement":
      return `statement:${rule.session}/${rule.seq}`;
    case "literal":
      return "literal:(not told)";
    default:
      return rule.kind;
  }
}

/** Names in backquotes may have dots in them. */
function columnRule(whole: string, text: string): WithholdingRule {
  const names = [...text.matchAll(/`((?:[^`]|``)+)`(?:\.|$)|([^`.]+)(?:\.|$)/gy)];
  const read = names.reduce((length, [found]) => length + found.length, 0);
  const [column, table, schema = null, ...more] = names.map(([, quoted, plain]) => quoted?.replaceAll("``", "`") ?? plain ?? "").reverse();
  if (read !== text.length || text.endsWith(".") || column === undefined || table === undefined || more.length > 0) {
    throw refused(`“${whole}” does not name a column. Write column:TABLE.COLUMN or column:SCHEMA.TABLE.COLUMN.`);
  }
  return { kind: "column", schema, table, column };
}

function statementRule(whole: string, text: string): WithholdingRule {
  const [session = "", number = "", ...more] = text.split("/");
  const seq = Number(number);
  if (!isSessionId(session) || !/^[1-9]\d*$/.test(number) || !Number.isSafeInteger(seq) || more.length > 0) {
    throw refused(`“${whole}” does not name a statement. Write statement:SESSION/NUMBER, with the session's id.`);
  }
  return { kind: "statement", session, seq };
}

function literalRule(text: string): WithholdingRule {
  if ([...text].length < shortestLiteral) {
    throw refused(`A literal to withhold must have ${shortestLiteral} characters at least: a shorter text is in nearly everything.`);
  }
  return { kind: "literal", text };
}

function refused(message: string): FailureError {
  return new FailureError("withholding-rule", message);
}
