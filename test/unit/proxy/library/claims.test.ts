import { describe, expect, it } from "vitest";
import { connectionClaims, statementClaims } from "../../../../proxy/library/claims.ts";
import type { Parameter } from "../../../../proxy/model/statement.ts";

const attribute = (name: string | null, value: Parameter["value"]): Parameter => ({
  name,
  type: "MYSQL_TYPE_STRING",
  unsigned: false,
  value,
});

describe("what is claimed along with a statement", () => {
  it("is its query attributes, then what its comments say", () => {
    const claims = statementClaims({ attributes: [attribute("tool", "cron"), attribute("n", "7")], sql: "SELECT 1 /*tool='app'*/" });
    expect(claims).toEqual([
      { from: "attribute", name: "tool", value: "cron" },
      { from: "attribute", name: "n", value: "7" },
      { from: "comment", name: "tool", value: "app" },
    ]);
  });

  it("leaves out attributes without a name, that are NULL, or that are bytes", () => {
    const attributes = [attribute(null, "x"), attribute("", "x"), attribute("a", null), attribute("b", { base64: "/w==" })];
    expect(statementClaims({ attributes, sql: null })).toEqual([]);
  });

  it("is bounded in number and length", () => {
    const many = Array.from({ length: 40 }, (_, n) => attribute(`${n}`.padStart(150, "n"), "\u{1f980}".repeat(400)));
    const claims = statementClaims({ attributes: many, sql: "SELECT 1 /*a='b'*/" });
    expect(claims).toHaveLength(32);
    expect(new Set(claims.map(({ name, value }) => `${name.length} ${value.length} ${value.isWellFormed()}`))).toEqual(
      new Set(["100 512 true"]),
    );
  });
});

it("what a client said of itself is claimed by its connection", () => {
  expect(connectionClaims({ claimed: { program_name: "mysql" } })).toEqual([{ from: "connection", name: "program_name", value: "mysql" }]);
});
