import { isoMicros } from "../model/value.ts";
import type { Filter, NumberField, NumberRange, State, TextMatch } from "./filter.ts";

const stateWords: Readonly<Record<State, string>> = {
  slow: "took a second or longer",
  failed: "was answered with an error",
  aborted: "was not answered in full",
  partial: "is not recorded in full",
};

const numberWords: Readonly<Record<NumberField, string>> = {
  error: "error number",
  rows: "number of rows returned",
  affected: "number of rows affected",
  bytes: "size in both directions",
  duration: "duration",
};

/** What a filter asks for, in plain words: a part of a sentence after “Statements where”, or `All statements`. */
export function describeFilter(filter: Filter): string {
  return filter.kind === "all" ? "All statements" : `Statements where ${clause(filter, false)}`;
}

function clause(filter: Filter, nested: boolean): string {
  switch (filter.kind) {
    case "all":
      return "anything holds";
    case "and":
    case "or": {
      const joined = filter.terms.map((term) => clause(term, true)).join(` ${filter.kind} `);
      return nested ? `(${joined})` : joined;
    }
    case "not":
      return `it is not so that ${clause(filter.term, true)}`;
    case "words":
      return wordsClause(filter);
    case "regex":
      return `the SQL or the error message matches /${filter.source}/`;
    case "text":
      return `the ${filter.field} ${matchWords(filter.match)}`;
    case "claimed":
      return `the client claimed that ${filter.name} ${matchWords(filter.match)}`;
    case "number":
      return numberClause(filter.field, filter.range);
    case "is":
      return `the statement ${stateWords[filter.state]}`;
    case "after":
      return `it began at ${isoMicros(filter.at)} or later`;
    case "before":
      return `it began before ${isoMicros(filter.at)}`;
    case "last":
      return `it began in the last ${duration(filter.micros)}`;
    default:
      return filter satisfies never;
  }
}

function wordsClause(filter: Extract<Filter, { kind: "words" }>): string {
  const where = filter.where === "message" ? "the error message" : "the SQL or the error message";
  const words = filter.tokens.join(" ");
  if (filter.prefix) return `${where} has ${filter.tokens.length === 1 ? "a word that begins" : "words that begin"} with “${words}”`;
  return `${where} has the ${filter.tokens.length === 1 ? "word" : "words"} “${words}”`;
}

function matchWords(match: TextMatch): string {
  switch (match.kind) {
    case "exact":
      return `is “${match.text}”`;
    case "wildcard":
      return `looks like “${match.pattern}”`;
    case "regex":
      return `matches /${match.source}/`;
    default:
      return match satisfies never;
  }
}

function numberClause(field: NumberField, range: NumberRange | null): string {
  const name = numberWords[field];
  const shown = (value: number) => (field === "duration" ? duration(value) : field === "bytes" ? `${value} bytes` : String(value));
  if (range === null) return `there is ${field === "error" ? "an" : "a"} ${name}`;
  const { min, max } = range;
  if (min !== null && max !== null)
    return min === max ? `the ${name} is ${shown(min)}` : `the ${name} is from ${shown(min)} to ${shown(max)}`;
  if (min !== null) return `the ${name} is ${range.minIncluded ? "at least" : "more than"} ${shown(min)}`;
  return `the ${name} is ${range.maxIncluded ? "at most" : "less than"} ${shown(max ?? 0)}`;
}

/** Microseconds in the largest unit in which they are a whole number. */
function duration(micros: number): string {
  const units: readonly (readonly [string, number])[] = [
    ["days", 86_400e6],
    ["hours", 3600e6],
    ["minutes", 60e6],
    ["seconds", 1e6],
    ["milliseconds", 1e3],
  ];
  for (const [unit, size] of units) {
    if (micros >= size && micros % size === 0) return micros === size ? `1 ${unit.slice(0, -1)}` : `${micros / size} ${unit}`;
  }
  return `${micros} microseconds`;
}
