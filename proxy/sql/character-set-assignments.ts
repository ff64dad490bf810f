/** What SET statements make of the session's character sets: https://dev.mysql.com/doc/refman/9.7/en/charset-connection.html */
import { SqlLexer } from "./lexer.ts";

/** `both`: that of statements and that of results. */
export interface CharacterSetAssignment {
  readonly which: "both" | "client" | "results";
  /** As it was written; `null` for what is not a name, such as a variable. */
  readonly name: string | null;
}

interface Token {
  readonly kind: string;
  /** In upper case; a string without its quotes. */
  readonly text: string;
}

const variables: ReadonlyMap<string, CharacterSetAssignment["which"]> = new Map([
  ["CHARACTER_SET_CLIENT", "client"],
  ["CHARACTER_SET_RESULTS", "results"],
]);
const ownScopes: ReadonlySet<string> = new Set(["SESSION", "LOCAL"]);
const otherScopes: ReadonlySet<string> = new Set(["GLOBAL", "PERSIST", "PERSIST_ONLY"]);

/** Those in `sql`, which may be several statements, in their order. Nothing that can be written makes it fail. */
export function characterSetAssignments(sql: string): readonly CharacterSetAssignment[] {
  // Nearly every text has none of these words.
  if (!/\bset\b/i.test(sql) || !/\b(?:names|charset|character)/i.test(sql)) return [];
  const lexer = new SqlLexer(sql);
  const found: CharacterSetAssignment[] = [];
  while (lexer.next() !== "end") {
    if (lexer.kind === "word" && lexer.upper() === "SET") found.push(...assignmentsOf(readStatement(lexer)));
    else skipStatement(lexer);
  }
  return found;
}

function endsStatement(lexer: SqlLexer): boolean {
  return lexer.kind === "end" || (lexer.kind === "operator" && lexer.slice() === ";");
}

function skipStatement(lexer: SqlLexer): void {
  while (!endsStatement(lexer)) lexer.next();
}

/** What follows on SET, cut at the commas between assignments. */
function readStatement(lexer: SqlLexer): Token[][] {
  const assignments: Token[][] = [[]];
  let depth = 0;
  for (lexer.next(); !endsStatement(lexer); lexer.next()) {
    const quoted = lexer.kind === "string" || lexer.kind === "name";
    const text = quoted ? lexer.slice().slice(1, -1) : lexer.upper();
    if (lexer.kind === "operator" && text === "(") depth += 1;
    if (lexer.kind === "operator" && text === ")") depth -= 1;
    if (lexer.kind === "operator" && text === "," && depth === 0) assignments.push([]);
    else assignments.at(-1)?.push({ kind: lexer.kind, text: quoted ? text.toUpperCase() : text });
  }
  return assignments;
}

function assignmentsOf(assignments: readonly Token[][]): CharacterSetAssignment[] {
  // MariaDB's SET STATEMENT … FOR ends with the statement that follows it.
  if (assignments[0]?.[0]?.text === "STATEMENT") return [];
  let ours = true;
  return assignments.flatMap((tokens) => {
    const [first] = tokens;
    const scoped = first?.kind === "word" && (ownScopes.has(first.text) || otherScopes.has(first.text));
    // A scope holds for the assignments behind it too.
    if (scoped) ours = ownScopes.has(first.text);
    const assigned = assignmentOf(scoped ? tokens.slice(1) : tokens, ours);
    return assigned === null ? [] : [assigned];
  });
}

function assignmentOf(tokens: readonly Token[], ours: boolean): CharacterSetAssignment | null {
  const [first, second, third, ...rest] = tokens;
  switch (first?.text) {
    case "NAMES":
    case "CHARSET":
      return second?.text === "=" ? null : { which: "both", name: nameOf(second) };
    case "CHARACTER":
      return second?.text === "SET" ? { which: "both", name: nameOf(third) } : null;
    case "@@": {
      const isScope = third?.text === ".";
      const named = isScope ? rest : tokens.slice(1);
      return assignmentOf(named, !(isScope && otherScopes.has(second?.text ?? "")));
    }
  }
  const which = variables.get(first?.text ?? "");
  if (!ours || which === undefined || (second?.text !== "=" && second?.text !== ":=")) return null;
  return { which, name: rest.length > 0 ? null : nameOf(third) };
}

function nameOf(token: Token | undefined): string | null {
  return token !== undefined && (token.kind === "word" || token.kind === "string") ? token.text.toLowerCase() : null;
}
