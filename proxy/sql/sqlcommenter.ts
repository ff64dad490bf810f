/**
 * Names and values in the comments around a statement: https://google.github.io/sqlcommenter/spec/, and the older
 * spellings without quotes (`name=value`, and `name:value` as marginalia and Rails write it), in front or at the end.
 */
import { SqlLexer } from "./lexer.ts";

/** What one comment says under one name. */
export interface CommentTag {
  readonly name: string;
  readonly value: string;
}

/** Characters of a statement that are looked at; of a longer one only comments in front are found. */
const searchedCharacters = 65_536;

/** White space and semicolons behind a comment at the end that are passed over. */
const behindCharacters = 64;

/**
 * The tags of the comments before the first token and behind the last one, in order; a semicolon at the end counts as
 * none. A comment that is not made of names and values alone says nothing. Takes time linear in the text, and next to
 * none where the text neither begins nor ends with a comment.
 */
export function commentTags(sql: string): CommentTag[] {
  const text = sql.slice(0, searchedCharacters);
  const begins = /^\s*(?:\/\*|--|#)/.test(text);
  const ends = text.length === sql.length && /\*\/[\s;]*$/.test(text.slice(-behindCharacters));
  if (!begins && !ends) return [];
  const lexer = new SqlLexer(text);
  lexer.next();
  const head = text.slice(0, lexer.start);
  const tail = ends && lexer.kind !== "end" ? text.slice(endOfTokens(lexer)) : "";
  return [...comments(head), ...comments(tail)].flatMap(tagsOf);
}

/** Where the last token ends that is no semicolon, from the lexer's token on. */
function endOfTokens(lexer: SqlLexer): number {
  let end = lexer.end;
  for (let { kind } = lexer; kind !== "end"; kind = lexer.next()) if (lexer.slice() !== ";") end = lexer.end;
  return end;
}

/** What is inside the comments between `/*` and its end, in a text without tokens. */
function comments(text: string): string[] {
  const found: string[] = [];
  const start = /\/\*|--|#/g;
  for (let match = start.exec(text); match !== null; match = start.exec(text)) {
    const inside = start.lastIndex;
    const [opening] = match;
    const end = text.indexOf(opening === "/*" ? "*/" : "\n", inside);
    if (end === -1) break;
    if (opening === "/*") found.push(text.slice(inside, end));
    start.lastIndex = end + (opening === "/*" ? 2 : 1);
  }
  return found;
}

const quoted = /\s*((?:[^\s=',\\]|\\.)+)\s*=\s*'((?:[^'\\]|\\.)*)'\s*(,|$)/sy;
const plain = /\s*([A-Za-z_][\w.%-]*)\s*(?:=([^,'"]+)|:(?!\/\/)([^\s,'"]+)\s*)(,|$)/y;

/** The tags of one comment; none where any part of it is something else. */
function tagsOf(comment: string): CommentTag[] {
  const tags: CommentTag[] = [];
  for (let at = 0; at <= comment.length; ) {
    const found = tagAt(comment, at);
    if (found === null) return [];
    tags.push(found.tag);
    if (found.last) return tags;
    at = found.end;
  }
  return [];
}

/** The tag that begins at `at`, where it ends, and whether no comma follows it. */
function tagAt(comment: string, at: number): { tag: CommentTag; end: number; last: boolean } | null {
  quoted.lastIndex = at;
  const inQuotes = quoted.exec(comment);
  if (inQuotes !== null) {
    const [, name = "", value = "", comma] = inQuotes;
    return { tag: { name: decoded(name), value: decoded(value) }, end: quoted.lastIndex, last: comma === "" };
  }
  plain.lastIndex = at;
  const [, name = "", afterEquals, afterColon = "", comma] = plain.exec(comment) ?? [];
  const value = (afterEquals ?? afterColon).trim();
  return value === "" ? null : { tag: { name: decoded(name), value }, end: plain.lastIndex, last: comma === "" };
}

/** Without the backslashes in front of signs, and with what is written as `%XX`; those stay where they make no UTF-8. */
function decoded(text: string): string {
  if (!/[\\%]/.test(text)) return text;
  const unescaped = text.replace(/\\(.)/gs, "$1");
  try {
    return decodeURIComponent(unescaped);
  } catch {
    return unescaped;
  }
}
