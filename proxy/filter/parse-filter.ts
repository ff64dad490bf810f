import { fields, laterFields, laterStates, numberFields, states, textFields } from "./fields.ts";
import type { Filter, NumberField, State, TextField, TextMatch } from "./filter.ts";
import { SyntaxError as GrammarError, parse, type Written, type WrittenValue } from "./grammar.generated.js";
import { momentOf } from "./moment.ts";
import { comparedRange, numberExample, numberOf, spanMicros, writtenRange } from "./quantity.ts";
import { regexOf } from "./text-match.ts";
import { tokensOf } from "./words.ts";

/** What is wrong with a filter: a sentence, and the offset in its text where it is wrong. */
export interface FilterError {
  readonly ok: false;
  readonly message: string;
  readonly position: number;
}

export type ParsedFilter = { readonly ok: true; readonly filter: Filter } | FilterError;

/** Longest filter, and most conditions in one. */
export const maxFilterCharacters = 4096;
export const maxConditions = 200;
const maxNesting = 50;

type WrittenField = Extract<Written, { kind: "field" }>;

/** A wrong filter on its way out of the reading. */
class WrongFilter extends Error {
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

/** Reads a filter. Never throws: what cannot be read comes back as a sentence and a position. */
export function parseFilter(text: string): ParsedFilter {
  try {
    checkSize(text);
    return { ok: true, filter: filterOf(parse(text)) };
  } catch (thrown) {
    if (thrown instanceof WrongFilter) return { ok: false, message: thrown.message, position: thrown.position };
    if (thrown instanceof GrammarError) return grammarError(thrown);
    throw thrown;
  }
}

function checkSize(text: string): void {
  if (text.length > maxFilterCharacters)
    throw new WrongFilter(`A filter can be ${maxFilterCharacters} characters long at most.`, maxFilterCharacters);
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "(") depth += 1;
    else if (text[at] === ")") depth -= 1;
    if (depth > maxNesting) throw new WrongFilter(`Parentheses can be nested ${maxNesting} deep at most.`, at);
  }
  const conditions = text.split(/\s+/).length;
  if (conditions > maxConditions) throw new WrongFilter(`A filter can have ${maxConditions} words at most.`, 0);
}

function grammarError(error: GrammarError): FilterError {
  const position = error.location.start.offset;
  if (error.expected === null) return { ok: false, message: error.message, position };
  if (error.found === ")") return { ok: false, message: "There is a ) without its (.", position };
  if (error.found === null) return { ok: false, message: "The filter is not finished: something is missing at its end.", position };
  return { ok: false, message: "The filter cannot be read from here on. “and” and “or” need a condition on both sides.", position };
}

function filterOf(written: Written): Filter {
  switch (written.kind) {
    case "all":
      return { kind: "all" };
    case "and":
    case "or":
      return { kind: written.kind, terms: written.terms.map(filterOf) };
    case "not":
      return { kind: "not", term: filterOf(written.term) };
    case "group":
      return filterOf(written.filter);
    case "regex":
      return { kind: "regex", source: checkedRegex(written.source, written.start) };
    case "word":
      return words("anywhere", written.text, written.quoted, written.start);
    case "field":
      return fieldOf(written);
    default:
      return written satisfies never;
  }
}

function words(where: "anywhere" | "message", text: string, quoted: boolean, position: number): Filter {
  const prefix = !quoted && text.endsWith("*");
  const tokens = tokensOf(text);
  if (tokens.length === 0) {
    throw new WrongFilter(
      `“${text}” has no letter or digit, so there is nothing to search for. A regular expression such as /\\+=/ finds signs.`,
      position,
    );
  }
  return { kind: "words", where, tokens, prefix };
}

function checkedRegex(source: string, position: number): string {
  try {
    regexOf(source);
    return source;
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.replace(/^Invalid regular expression: .*\/\w*: /s, "") : String(thrown);
    throw new WrongFilter(`This is not a regular expression: ${why}.`, position);
  }
}

function fieldOf(field: WrittenField): Filter {
  const name = field.name.toLowerCase();
  const later = laterFields.get(name);
  if (later !== undefined) throw new WrongFilter(`“${name}:” cannot be asked for: ${later}.`, field.start);
  if (isOneOf(textFields, name)) return textFilter(name, field);
  if (isOneOf(numberFields, name)) return numberFilter(name, field);
  if (name.startsWith("claimed.")) return claimedFilter(field);
  if (name === "is") return stateFilter(field);
  if (name === "after" || name === "before") return momentFilter(name, field);
  if (name === "last") return lastFilter(field);
  const known = fields.map((help) => (help.name.endsWith(".") ? `${help.name}*` : help.name)).join(", ");
  throw new WrongFilter(
    `There is no field called “${field.name}”. Fields are ${known}. Put the text in quotes to search for it as it is.`,
    field.start,
  );
}

function isOneOf<T extends string>(names: readonly T[], name: string): name is T {
  return names.some((one) => one === name);
}

function valueStart(field: WrittenField): number {
  return field.start + field.name.length + 1;
}

function textMatch(value: WrittenValue, name: string, position: number): TextMatch {
  switch (value.kind) {
    case "regex":
      return { kind: "regex", source: checkedRegex(value.source, position) };
    case "quoted":
      return { kind: "exact", text: value.text };
    case "bare":
      return value.text.includes("*") ? { kind: "wildcard", pattern: value.text } : { kind: "exact", text: value.text };
    case "compared":
      if (value.operator === "=") return { kind: "exact", text: value.text };
      throw new WrongFilter(`“${name}:” is text, so ${value.operator} cannot be asked of it.`, position);
    default:
      return value satisfies never;
  }
}

function textFilter(name: TextField, field: WrittenField): Filter {
  const position = valueStart(field);
  const match = textMatch(field.value, name, position);
  if (name === "digest" && !(match.kind === "exact" || (match.kind === "wildcard" && /^[0-9a-f]+\*$/i.test(match.pattern)))) {
    throw new WrongFilter("A digest is given in full or as its beginning and *, for example digest:3fa9*.", position);
  }
  return { kind: "text", field: name, match };
}

function claimedFilter(field: WrittenField): Filter {
  const name = field.name.slice("claimed.".length);
  if (name === "")
    throw new WrongFilter("After “claimed.” the name of what was claimed is missing, for example claimed.program_name:mysql.", field.start);
  return { kind: "claimed", name, match: textMatch(field.value, field.name, valueStart(field)) };
}

function numberFilter(name: NumberField, field: WrittenField): Filter {
  const { value } = field;
  const position = valueStart(field);
  if (value.kind === "compared") {
    const number = numberOf(name, value.text);
    if (number === null)
      throw new WrongFilter(
        `“${value.text}” is not a value of “${name}:”. Write ${numberExample(name)}.`,
        position + value.operator.length,
      );
    return { kind: "number", field: name, range: comparedRange(value.operator, number) };
  }
  if (value.kind === "bare" && value.text === "*") return { kind: "number", field: name, range: null };
  if (value.kind === "bare") {
    const range = writtenRange(name, value.text);
    if (range !== null) return { kind: "number", field: name, range };
  }
  if (name === "error" && value.kind !== "regex") return words("message", value.text, value.kind === "quoted", position);
  throw new WrongFilter(`“${name}:” wants ${numberExample(name)}.`, position);
}

function plainValue(field: WrittenField, wanted: string): string {
  if (field.value.kind === "bare" || field.value.kind === "quoted") return field.value.text;
  throw new WrongFilter(`“${field.name}:” wants ${wanted}.`, valueStart(field));
}

function stateFilter(field: WrittenField): Filter {
  const wanted = states.join(", ");
  const state = plainValue(field, `one of ${wanted}`).toLowerCase();
  const later = laterStates.get(state);
  if (later !== undefined) throw new WrongFilter(`“is:${state}” cannot be asked for: ${later}.`, valueStart(field));
  if (isOneOf<State>(states, state)) return { kind: "is", state };
  throw new WrongFilter(`A statement can be ${wanted}, but not “${state}”.`, valueStart(field));
}

function momentFilter(name: "after" | "before", field: WrittenField): Filter {
  const wanted = "a date or a date and time, such as 2026-01-31 or 2026-01-31T09:30";
  const at = momentOf(plainValue(field, wanted));
  if (at === null) throw new WrongFilter(`“${name}:” wants ${wanted}.`, valueStart(field));
  return { kind: name, at };
}

function lastFilter(field: WrittenField): Filter {
  const wanted = "a length of time with its unit, such as 30s, 15m, 2h or 7d";
  const micros = spanMicros(plainValue(field, wanted));
  if (micros === null) throw new WrongFilter(`“last:” wants ${wanted}.`, valueStart(field));
  return { kind: "last", micros };
}
