/** The text of a statement in segments, so that what it says can be shown while the values in it are withheld. */
import { SqlLexer } from "../../sql/lexer.ts";

/** A run of the text. `literal`: it is a string, a number, or a hexadecimal or bit literal, or what was not told apart. */
export interface SqlSegment {
  readonly literal: boolean;
  readonly text: string;
}

/** Characters of a segment; a longer run is split. */
const longestSegment = 1024 * 1024;

/** Segments that are told apart. What lies behind them counts as one literal. */
const mostSegments = 4096;

/** The segments of `sql` in order; joined they are `sql`, except that a lone surrogate is U+FFFD. What is in a comment is no literal. */
export function* sqlSegments(sql: string): Generator<SqlSegment> {
  const text = sql.toWellFormed();
  let given = 0;
  let from = 0;
  const lexer = new SqlLexer(text);
  for (let kind = lexer.next(); kind !== "end" && given < mostSegments - 2; kind = lexer.next()) {
    if (kind !== "string" && kind !== "number") continue;
    if (lexer.start > from) {
      yield* split(text, from, lexer.start, false);
      given += 1;
    }
    yield* split(text, lexer.start, lexer.end, true);
    given += 1;
    from = lexer.end;
  }
  yield* split(text, from, text.length, given >= mostSegments - 2);
}

/** Splits a run that is too long, never between the halves of a character. */
function* split(text: string, start: number, end: number, literal: boolean): Generator<SqlSegment> {
  for (let from = start; from < end; ) {
    let to = Math.min(from + longestSegment, end);
    if (to < end && isHighSurrogate(text.charCodeAt(to - 1))) to -= 1;
    yield { literal, text: text.slice(from, to) };
    from = to;
  }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
