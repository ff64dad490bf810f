import type { UnixMicros } from "../model/value.ts";
import { type Filter, type NumberField, type NumberRange, type State, slowMicros, type TextField, type TextMatch } from "./filter.ts";

type PlainMatch = Exclude<TextMatch, { kind: "regex" }>;

/** Where a regular expression looks: at a statement's text and error message, or at a fact of its session, at what was claimed, or at its command or account. */
export type RegexSubject =
  | { readonly kind: "text" }
  | { readonly kind: "session"; readonly columns: readonly string[] }
  | { readonly kind: "claimed"; readonly by: "session" | "statement"; readonly name: string }
  | { readonly kind: "name"; readonly table: "commands" | "accounts" };

/**
 * A regular expression that is not run inside SQLite: whoever runs the query puts the JSON array of the keys that match
 * (ids of statements, or keys of sessions, commands or accounts) into `parameter`.
 */
export interface OutsideRegex {
  readonly parameter: string;
  readonly source: string;
  readonly subject: RegexSubject;
}

/**
 * A condition over `statements AS s` of the library (library/schema.ts), with named parameters. It uses `@lo` and `@hi`,
 * the range of ids that is looked at, and the SQL function `matches_wildcard(pattern, value)`.
 */
export interface SqlFilter {
  readonly where: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly regexes: readonly OutsideRegex[];
}

/** An actor is meant by name, e-mail address or subject, a process by the path or the name of its program. */
const sessionColumns: Readonly<Record<Exclude<TextField, "account" | "command" | "digest">, readonly string[]>> = {
  actor: ["actor", "actor_email", "actor_subject"],
  connection: ["connection"],
  session: ["id"],
  schema: ["schema"],
  client: ["client"],
  process: ["process_path", "process_name"],
};

/** `COM_QUERY` without `COM_`, and the user of `user@host`: what is meant when no more is written. */
const shortCommand = "CASE WHEN name LIKE 'COM\\_%' ESCAPE '\\' THEN substr(name, 5) END";
const userOfAccount = "CASE WHEN instr(name, '@') > 0 THEN substr(name, 1, instr(name, '@') - 1) END";

const numberExpressions: Readonly<Record<NumberField, string>> = {
  error: "s.errno",
  rows: "s.rows",
  affected: "s.affected",
  bytes: "(s.bytes_in + s.bytes_out)",
  duration: "s.duration_us",
};

/** Numbers under which outcomes are kept. */
export const outcomeNumbers = { ok: 0, error: 1, aborted: 2, denied: 3 } as const;

/** What is true of few statements is written as the library's partial indexes have it, so that they are used. */
const stateConditions: Readonly<Record<State, string>> = {
  slow: `(s.duration_us >= ${slowMicros} AND (s.duration_us >= ${slowMicros}) = 1)`,
  failed: `(s.outcome <> 0 AND s.outcome = ${outcomeNumbers.error})`,
  aborted: `(s.outcome <> 0 AND s.outcome = ${outcomeNumbers.aborted})`,
  partial: "s.partial = 1",
};

/** The SQL of a filter; `now` is what `last:` counts back from. */
export function toSql(filter: Filter, now: UnixMicros): SqlFilter {
  const writer = new SqlWriter(now);
  const where = writer.condition(filter);
  return { where, parameters: writer.parameters, regexes: writer.regexes };
}

class SqlWriter {
  readonly parameters: Record<string, string | number> = {};
  readonly regexes: OutsideRegex[] = [];
  readonly #now: UnixMicros;
  #count = 0;

  constructor(now: UnixMicros) {
    this.#now = now;
  }

  condition(filter: Filter): string {
    const words = wordExpression(filter);
    if (words !== null) return this.#matchingWords(words);
    switch (filter.kind) {
      case "all":
        return "1";
      case "and":
      case "or":
        return balanced(
          this.#joinWords(filter.kind, filter.terms).map((term) => this.condition(term)),
          filter.kind === "and" ? "AND" : "OR",
        );
      case "not":
        return `((${this.condition(filter.term)}) IS NOT TRUE)`;
      case "words":
        return this.#matchingWords(wordExpression(filter) ?? "");
      case "regex":
        return `s.id IN ${this.#outside(filter.source, { kind: "text" })}`;
      case "text":
        return this.#textField(filter.field, filter.match);
      case "claimed":
        return this.#claimed(filter.name, filter.match);
      case "number":
        return this.#number(numberExpressions[filter.field], filter.range);
      case "is":
        return stateConditions[filter.state];
      case "after":
        return `s.at >= ${this.#parameter(filter.at)}`;
      case "before":
        return `s.at < ${this.#parameter(filter.at)}`;
      case "last":
        return `s.at >= ${this.#parameter(this.#now - filter.micros)}`;
      default:
        return filter satisfies never;
    }
  }

  /** Words beside each other become one term, so that the full-text index joins them instead of the database. */
  #joinWords(kind: "and" | "or", terms: readonly Filter[]): readonly Filter[] {
    const words = terms.filter((term) => wordExpression(term) !== null);
    if (words.length < 2) return terms;
    return [{ kind, terms: words }, ...terms.filter((term) => wordExpression(term) === null)];
  }

  #matchingWords(expression: string): string {
    const parameter = this.#parameter(expression);
    return `s.id IN (SELECT rowid FROM statement_words WHERE statement_words MATCH ${parameter} AND rowid BETWEEN @lo AND @hi)`;
  }

  #textField(field: TextField, match: TextMatch): string {
    if (field === "digest") return `s.digest IN (SELECT key FROM digests WHERE hash GLOB ${this.#parameter(digestGlob(match))})`;
    if (field === "command") return `s.command IN ${this.#namedKeys("commands", shortCommand, match)}`;
    if (field === "account") return `s.account IN ${this.#namedKeys("accounts", userOfAccount, match)}`;
    const columns = sessionColumns[field];
    if (match.kind === "regex") return `s.session IN ${this.#outside(match.source, { kind: "session", columns })}`;
    return `s.session IN (SELECT key FROM sessions WHERE ${columns.map((column) => this.#textCondition(column, match)).join(" OR ")})`;
  }

  /** Keys of names that match, or whose `short` form does. */
  #namedKeys(table: "commands" | "accounts", short: string, match: TextMatch): string {
    if (match.kind === "regex") return this.#outside(match.source, { kind: "name", table });
    return `(SELECT key FROM ${table} WHERE ${this.#textCondition("name", match)} OR ${this.#textCondition(short, match)})`;
  }

  #claimed(name: string, match: TextMatch): string {
    const [sessions, statements] =
      match.kind === "regex"
        ? (["session", "statement"] as const).map((by) => this.#outside(match.source, { kind: "claimed", by, name }))
        : [this.#sessionsClaiming(name, match), this.#statementsClaiming(name, match)];
    return `(s.session IN ${sessions} OR s.id IN ${statements})`;
  }

  #sessionsClaiming(name: string, match: PlainMatch): string {
    const isNamed = `fact.key = ${this.#parameter(name)}`;
    return `(SELECT sessions.key FROM sessions, json_each(sessions.claimed) AS fact WHERE ${isNamed} AND ${this.#textCondition("fact.value", match)})`;
  }

  #statementsClaiming(name: string, match: PlainMatch): string {
    const isNamed = `name = (SELECT key FROM claim_names WHERE name = ${this.#parameter(name)}) AND statement BETWEEN @lo AND @hi`;
    return `(SELECT statement FROM claims WHERE ${isNamed} AND ${this.#textCondition("value", match)})`;
  }

  #textCondition(expression: string, match: PlainMatch): string {
    if (match.kind === "exact") return `lower(${expression}) = lower(${this.#parameter(match.text)})`;
    return `matches_wildcard(${this.#parameter(match.pattern)}, ${expression})`;
  }

  #number(expression: string, range: NumberRange | null): string {
    if (range === null) return `${expression} IS NOT NULL`;
    if (range.min !== null && range.min === range.max) return `${expression} = ${this.#parameter(range.min)}`;
    const conditions = [];
    if (expression === numberExpressions.duration && (range.min ?? 0) >= slowMicros) conditions.push(stateConditions.slow);
    if (range.min !== null) conditions.push(`${expression} ${range.minIncluded ? ">=" : ">"} ${this.#parameter(range.min)}`);
    if (range.max !== null) conditions.push(`${expression} ${range.maxIncluded ? "<=" : "<"} ${this.#parameter(range.max)}`);
    return `(${conditions.join(" AND ")})`;
  }

  #outside(source: string, subject: RegexSubject): string {
    const parameter = `r${this.regexes.length}`;
    this.regexes.push({ parameter, source, subject });
    return `(SELECT value FROM json_each(@${parameter}))`;
  }

  #parameter(value: string | number): string {
    const name = `p${this.#count}`;
    this.#count += 1;
    this.parameters[name] = value;
    return `@${name}`;
  }
}

function digestGlob(match: TextMatch): string {
  if (match.kind === "wildcard") return match.pattern.toLowerCase();
  const hash = match.kind === "exact" ? match.text.toLowerCase() : "";
  return /^[0-9a-f]+$/.test(hash) ? hash : "-";
}

/** A filter of words alone as an expression of SQLite's full-text search; `null` for any other. */
export function wordExpression(filter: Filter): string | null {
  if (filter.kind === "words") {
    const phrase = `"${filter.tokens.join(" ")}"${filter.prefix ? " *" : ""}`;
    return filter.where === "message" ? `message : ${phrase}` : phrase;
  }
  if (filter.kind !== "and" && filter.kind !== "or") return null;
  const expressions = filter.terms.map(wordExpression);
  return expressions.every((expression) => expression !== null) ? balanced(expressions, filter.kind.toUpperCase()) : null;
}

/** Joins conditions as a balanced tree, so that many of them stay within the database's limit on depth. */
function balanced(conditions: readonly string[], operator: string): string {
  if (conditions.length === 1) return conditions[0] ?? "";
  const middle = conditions.length >> 1;
  return `(${balanced(conditions.slice(0, middle), operator)} ${operator} ${balanced(conditions.slice(middle), operator)})`;
}
