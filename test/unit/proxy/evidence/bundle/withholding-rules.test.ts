import { describe, expect, it } from "vitest";
import { parseWithholdingRule, ruleText } from "../../../../../proxy/evidence/bundle/withholding-rules.ts";

const session = "01990000-0000-7000-8000-000000000001";

describe("A rule of what is withheld", () => {
  it.each([
    ["column:orders.card_number", { kind: "column", schema: null, table: "orders", column: "card_number" }],
    ["column:shop.orders.card_number", { kind: "column", schema: "shop", table: "orders", column: "card_number" }],
    ["column:`my.shop`.`a``b`.c", { kind: "column", schema: "my.shop", table: "a`b", column: "c" }],
    [`statement:${session}/12`, { kind: "statement", session, seq: 12 }],
    ["literal:4111 1111", { kind: "literal", text: "4111 1111" }],
    ["literal:a:b", { kind: "literal", text: "a:b" }],
    ["results", { kind: "results" }],
    ["literals", { kind: "literals" }],
  ] as const)("is read from %s", (text, rule) => {
    expect(parseWithholdingRule(text)).toEqual(rule);
  });

  it.each([
    "",
    "column:orders",
    "column:a.b.c.d",
    "column:orders.",
    "column:.x",
    "column:`orders.x",
    "statement:12",
    `statement:${session}/0`,
    `statement:${session}/1/2`,
    "statement:../../etc/12",
    "literal:ab",
    "results:all",
    "rows",
  ])("is refused with a sentence where it is “%s”", (text) => {
    expect(() => parseWithholdingRule(text)).toThrow(
      expect.objectContaining({ code: "withholding-rule", message: expect.stringMatching(/\.$/) }),
    );
  });

  it("is told in the bundle without the literal that must not be in there", () => {
    expect(ruleText(parseWithholdingRule("literal:4111"))).not.toContain("4111");
    expect(ruleText(parseWithholdingRule("column:shop.orders.card_number"))).toBe("column:shop.orders.card_number");
  });
});
