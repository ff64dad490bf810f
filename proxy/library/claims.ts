/** What clients claim, in the form in which it is shown and searched. */
import type { Claim } from "../model/claim.ts";
import type { SessionOpen } from "../model/session.ts";
import type { Statement } from "../model/statement.ts";
import { commentTags } from "../sql/sqlcommenter.ts";

/** Most claims that come with one statement, and what is kept of each, in UTF-16 code units. */
const mostClaims = 32;
const nameLength = 100;
const valueLength = 512;

/** What came with a statement: its query attributes that are text, then the tags of its comments; those beyond 32 are left out. */
export function statementClaims({ attributes, sql }: Pick<Statement, "attributes" | "sql">): readonly Claim[] {
  if (attributes.length === 0 && sql?.includes("/*") !== true) return none;
  const claims: Claim[] = [];
  for (const { name, value } of attributes) {
    if (name !== null && typeof value === "string") claims.push({ from: "attribute", name, value });
  }
  for (const { name, value } of sql === null ? [] : commentTags(sql)) claims.push({ from: "comment", name, value });
  return claims
    .filter(({ name }) => name !== "")
    .slice(0, mostClaims)
    .map(({ from, name, value }) => ({ from, name: cut(name, nameLength), value: cut(value, valueLength) }));
}

/** What a client said of itself when it connected. */
export function connectionClaims({ claimed }: Pick<SessionOpen, "claimed">): readonly Claim[] {
  return Object.entries(claimed).map(([name, value]) => ({ from: "connection", name, value }));
}

const none: readonly Claim[] = [];

function cut(text: string, length: number): string {
  return text.slice(0, length).toWellFormed();
}
