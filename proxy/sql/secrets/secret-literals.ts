/**
 * Finds the secrets in the text of a statement: passwords, hashes of passwords, keys. A text is read in every way in
 * which a server might read it (README.md), and what is a secret in one of them is one.
 */
import { isIntroducer } from "../keywords.ts";
import { type Reading, SqlLexer } from "../lexer.ts";
import { Clauses, type Standing } from "./clauses.ts";
import { passwordsIn, type Stretch } from "./connection-text.ts";
import { type LiteralContent, literalContent } from "./literal-content.ts";
import { firstTrigger, lastTrigger } from "./secret-words.ts";

export type { Stretch } from "./connection-text.ts";

/** What is in a text. */
export interface Secrets {
  /** Ascending, and apart from each other. Offsets are those of the text's characters. */
  readonly stretches: readonly Stretch[];
  /** Parameters, by index from 0, whose value is a secret. */
  readonly parameters: ReadonlySet<number>;
  /** Parameters in the text. */
  readonly parameterCount: number;
}

interface Found {
  readonly stretches: Stretch[];
  readonly parameters: Set<number>;
  parameterCount: number;
  /** The text ended where a secret was due, or in the middle of one. */
  open: boolean;
}

/** Statements in literals in statements: deeper ones are not looked for. */
const maxDepth = 6;

/** Tokens that are read behind the last trigger before it is known that it had no consequence. */
const tokensBehind = 6;

/** What may be open where a text of which the beginning is not known goes on; in a comment, no other comment is. */
const beginningsInComment = ["", "'", '"', "`"];
const beginnings = [...beginningsInComment, "/*", "-- "];

/** Finds the secrets in `text`, which has one character a byte. */
export function secretsIn(text: string): Secrets {
  const found = emptyFound();
  if (firstTrigger(text) === -1) return found;
  for (const reading of readingsOf(text)) search(text, reading, found, 0);
  return { ...found, stretches: joined(found.stretches) };
}

/**
 * Like `secretsIn`, where `text` may begin anywhere in a statement: in a literal, in a comment, or between tokens.
 * `afterSet`: also in the middle of a SET, as if nothing but variables were ever assigned.
 */
export function secretsInRest(text: string, afterSet: boolean): readonly Stretch[] {
  if (firstTrigger(text) === -1) return [];
  return joined(restStretches(text, afterSet ? [...beginnings, "SET "] : beginnings, readingsOf(text), 0));
}

function emptyFound(): Found {
  return { stretches: [], parameters: new Set(), parameterCount: 0, open: false };
}

/** The ways in which a text can be read that come to different results. */
function readingsOf(text: string): Reading[] {
  const escapes: Reading["escapes"][] = !text.includes("\\")
    ? ["both"]
    : text.includes('"')
      ? ["both", "single", "none"]
      : ["both", "none"];
  const versionComments: Reading["versionComments"][] = /\/\*M?!/.test(text) ? ["all", "by-version"] : ["all"];
  return escapes.flatMap((quotes) => versionComments.map((comments) => ({ escapes: quotes, versionComments: comments })));
}

function restStretches(text: string, openings: readonly string[], readings: readonly Reading[], depth: number): Stretch[] {
  return openings.flatMap((beginning) => {
    const found = emptyFound();
    for (const reading of readings) search(beginning + text, reading, found, depth);
    const shift = beginning.length;
    return found.stretches.map(({ start, end }) => ({ start: Math.max(0, start - shift), end: end - shift })).filter(({ end }) => end > 0);
  });
}

function joined(stretches: readonly Stretch[]): Stretch[] {
  const result: { start: number; end: number }[] = [];
  for (const { start, end } of stretches.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else result.push({ start, end });
  }
  return result;
}

/** Reads `text` in one way and adds what it finds. `inData`: see `Clauses`. */
function search(text: string, reading: Reading, found: Found, depth: number, inData = false): void {
  const lexer = new SqlLexer(text, reading);
  const clauses = new Clauses(inData);
  const last = lastTrigger(text);
  let parameters = 0;
  let left = tokensBehind;
  let before = 0;
  // Nothing is left to find behind the last trigger and what it began; parameters are counted to the end.
  const goesOn = (): boolean => left > 0 || !clauses.idle || found.parameters.size > 0;
  while (lexer.next() !== "end" && goesOn()) {
    if (lexer.start > before) searchComments(text.slice(before, lexer.start), before, reading, found, depth);
    if (lexer.start > last) left -= 1;
    if (lexer.kind === "parameter") {
      if (clauses.literal() === "secret" && depth === 0) found.parameters.add(parameters);
      parameters += 1;
    } else takeToken(lexer, clauses, reading, found, depth);
    before = lexer.end;
  }
  if (lexer.kind === "end") searchComments(text.slice(before), before, reading, found, depth);
  if (clauses.due) found.open = true;
  if (depth === 0) found.parameterCount = Math.max(found.parameterCount, parameters);
}

function takeToken(lexer: SqlLexer, clauses: Clauses, reading: Reading, found: Found, depth: number): void {
  switch (lexer.kind) {
    case "word":
    case "host":
      takeWord(lexer, clauses, found, depth);
      return;
    case "name":
      clauses.name(lexer.upper().replaceAll("`", ""));
      return;
    case "string":
      takeLiteral(lexer, clauses, reading, found, depth);
      return;
    case "number":
      if (clauses.literal() === "secret") found.stretches.push({ start: hexDigitsFrom(lexer), end: lexer.end });
      return;
    case "operator":
      clauses.operator(lexer.slice());
      return;
  }
}

/** Behind `0x`, where the number is one of those. */
function hexDigitsFrom({ text, start }: SqlLexer): number {
  return start + (/^0[xb]/.test(text.slice(start, start + 2)) ? 2 : 0);
}

function takeWord(lexer: SqlLexer, clauses: Clauses, found: Found, depth: number): void {
  const word = lexer.upper();
  if (isIntroducer(word.toLowerCase())) return;
  // A password without its quotes: the server refuses it, but it has been sent.
  if (depth === 0 && clauses.dueInQuotes && !/^(PASSWORD|RANDOM|NULL|DEFAULT|ON|OFF)$/.test(word) && !lexer.parenthesisFollows()) {
    const rest = /[^\s;,)]*/y;
    rest.lastIndex = lexer.start;
    rest.test(lexer.text);
    lexer.end = Math.max(lexer.end, rest.lastIndex);
    found.stretches.push({ start: lexer.start, end: lexer.end });
    clauses.literal();
    return;
  }
  clauses.word(word);
}

function takeLiteral(lexer: SqlLexer, clauses: Clauses, reading: Reading, found: Found, depth: number): void {
  const { text } = lexer;
  const start = lexer.start + (/["']/.test(text.charAt(lexer.start)) ? 1 : 2);
  const end = lexer.terminated ? lexer.end - 1 : lexer.end;
  const quote = text.charAt(start - 1);
  if (clauses.isNameBefore(operatorBehind(lexer), quote)) {
    clauses.name(text.slice(start, end).toUpperCase());
    return;
  }
  const standing = clauses.literal();
  if (standing === "secret") {
    if (end > start) found.stretches.push({ start, end });
    if (!lexer.terminated) clauses.leaveOpen();
    return;
  }
  if (firstTrigger(text.slice(lexer.start, end)) === -1 && standing !== "settings") return;
  searchContent(standing, literalContent(text, start, end, quote, reading), reading, found, clauses, depth);
}

/** The operator that follows the last token, perhaps behind white space: one of those that make a text in quotes a name. */
function operatorBehind({ text, end }: SqlLexer): string {
  const behind = /\s{0,8}(\(|\.|:?=)/y;
  behind.lastIndex = end;
  return behind.exec(text)?.[1] ?? "";
}

/** Looks for secrets in what a literal stands for. */
function searchContent(
  standing: Standing,
  { text, offsetOf }: LiteralContent,
  reading: Reading,
  found: Found,
  clauses: Clauses,
  depth: number,
): void {
  const inner = emptyFound();
  if (depth < maxDepth) search(text, reading, inner, depth + 1, clauses.handlesData);
  const passwords = standing === "settings" || standing === "comment" ? passwordsIn(text, standing === "settings") : [];
  for (const { start, end } of [...inner.stretches, ...passwords]) {
    found.stretches.push({ start: offsetOf(start), end: offsetOf(end) });
  }
  if (inner.open) clauses.leaveOpen();
}

/** Comments are searched as if each were a statement of its own, or a part of one. */
function searchComments(between: string, offset: number, reading: Reading, found: Found, depth: number): void {
  if (depth === maxDepth || firstTrigger(between) === -1) return;
  for (const { index, 0: comment } of between.matchAll(/\/\*.*?(\*\/|$)|(--|#)[^\n]*/gs)) {
    const opening = /^(\/\*M?!?\d*|--|#)/.exec(comment)?.[0].length ?? 0;
    const body = comment.slice(opening).replace(/\*\/$/, "  ");
    for (const { start, end } of restStretches(body, beginningsInComment, [reading], depth + 1)) {
      found.stretches.push({ start: offset + index + opening + start, end: offset + index + opening + end });
    }
  }
}
