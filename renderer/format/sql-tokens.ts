import { sqlKeywords } from "./sql-keywords.ts";

/** What a piece of SQL is, as far as its colour and its layout need to know. */
export type SqlTokenKind = "space" | "comment" | "string" | "identifier" | "number" | "keyword" | "word" | "parameter" | "mark";

/** A piece of SQL; all pieces together are the text, character for character. */
export interface SqlToken {
  readonly kind: SqlTokenKind;
  readonly text: string;
}

/** One alternative per kind, tried in order at each place; unterminated strings and comments reach to the end of the text. */
const pattern = new RegExp(
  [
    "(?<space>\\s+)",
    "(?<comment>/\\*[^]*?(?:\\*/|$)|#[^\\n]*|--(?=[\\s\\u0000]|$)[^\\n]*)",
    "(?<string>[xXbBnN]?'(?:[^'\\\\]|\\\\[^]|'')*(?:'|\\\\?$)|\"(?:[^\"\\\\]|\\\\[^]|\"\")*(?:\"|\\\\?$))",
    "(?<identifier>`(?:[^`]|``)*(?:`|$))",
    "(?<number>0[xX][0-9a-fA-F]+(?![\\w$])|0b[01]+(?![\\w$])|(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?(?![\\w$]))",
    "(?<word>@{0,2}[\\p{L}\\p{N}_$]+|@@?)",
    "(?<parameter>\\?)",
    "(?<mark><=>|:=|->>|->|<<|>>|&&|\\|\\||[<>!]=|<>|[^])",
  ].join("|"),
  "gu",
);

const kinds = ["space", "comment", "string", "identifier", "number", "word", "parameter", "mark"] as const;

/** SQL in pieces. Total: any text is understood somehow, and nothing of it is lost. */
export function sqlTokens(sql: string): readonly SqlToken[] {
  const tokens: SqlToken[] = [];
  for (const match of sql.matchAll(pattern)) {
    const text = match[0];
    const kind = kinds.find((name) => match.groups?.[name] !== undefined) ?? "mark";
    tokens.push({ kind: kind === "word" && sqlKeywords.has(text.toUpperCase()) ? "keyword" : kind, text });
  }
  return tokens;
}
