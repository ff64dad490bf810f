import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commentTags } from "../../../../proxy/sql/sqlcommenter.ts";

const traceparent = "00-5bd66ef5095369c7b0d1f8f4bd33716a-c532cb4098ac3dd2-01";

/** A comment as the specification makes it: sorted, encoded, escaped, in quotes. */
function comment(tags: Readonly<Record<string, string>>): string {
  const encoded = (text: string): string => encodeURIComponent(text).replaceAll("'", "\\'").replaceAll("*", "%2A");
  const pairs = Object.entries(tags).map(([name, value]) => `${encoded(name)}='${encoded(value)}'`);
  return `/*${pairs.sort().join(",")}*/`;
}

describe("what a comment around a statement says", () => {
  it("is read as the specification writes it", () => {
    const sql = `SELECT * FROM FOO /*action='%2Fparam*d',controller='index',framework='spring',
traceparent='${traceparent}',
tracestate='congo%3Dt61rcWkgMzE%2Crojo%3D00f067aa0ba902b7'*/`;
    expect(commentTags(sql)).toEqual([
      { name: "action", value: "/param*d" },
      { name: "controller", value: "index" },
      { name: "framework", value: "spring" },
      { name: "traceparent", value: traceparent },
      { name: "tracestate", value: "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7" },
    ]);
  });

  it.each([
    ["DROP TABLE FOO", "name='DROP%20TABLE%20FOO'"],
    ["FOO 'BAR", "name='FOO%20\\'BAR'"],
    ["a, b = c", "name='a, b = c'"],
    ["100%", "name='100%'"],
    ["", "name=''"],
    ["C:\\x", "name='C%3A%5Cx'"],
  ])("has the value %j for %s", (value, written) => {
    expect(commentTags(`SELECT 1 /*${written}*/`)).toEqual([{ name: "name", value }]);
  });

  it("comes back whatever names and values were written into it", () => {
    const tags = fc.dictionary(fc.string({ minLength: 1, unit: "grapheme" }), fc.string({ unit: "grapheme" }), {
      minKeys: 1,
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(tags, fc.constantFrom("SELECT 1 ", "INSERT INTO t VALUES ('/*x=1*/', \"--\") -- y\n"), (given, sql) => {
        const expected = Object.entries(given).map(([name, value]) => ({ name, value }));
        const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
        expect(commentTags(sql + comment(given)).sort(byName)).toEqual(expected.sort(byName));
      }),
    );
  });
});

describe("comments are found", () => {
  const found = [{ name: "app", value: "shop" }];

  it.each([
    "SELECT 1 /*app='shop'*/",
    "SELECT 1 /*app='shop'*/;",
    "SELECT 1; /*app='shop'*/",
    "SELECT 1; /*app='shop'*/ ;\n",
    "/*app='shop'*/ SELECT 1",
    "-- by hand\n/*app='shop'*/ SELECT 1",
    "# by hand\n /* free text */ SELECT 1 -- more\n/*app='shop'*/",
    "/*app='shop'*/",
    "SELECT /*+ MAX_EXECUTION_TIME(9) */ 1 /* app = 'shop' */",
    "/*!50000 SELECT 1 */ /*app='shop'*/",
    "SELECT '/*app=''no''*/' /*app='shop'*/",
  ])("in %j", (sql) => {
    expect(commentTags(sql)).toEqual(found);
  });

  it.each([
    "SELECT 1",
    "SELECT /*app='shop'*/ 1",
    "SELECT '/*app=\\'shop\\'*/'",
    "SELECT `/*app='shop'*/`",
    "SELECT 1 -- /*app='shop'*/",
    "SELECT 1 /*app='shop'",
    "/*!app='shop'*/",
    "SELECT /*+ app='shop'*/ 1",
    "SELECT 1 /*app='shop",
    "SELECT 1 /*app='shop' or so*/",
    "SELECT 1 /*app='shop',*/",
    "SELECT 1 /**/",
    "SELECT 1 /* a remark: nothing else */",
    "SELECT 1 /* https://example.test/x */",
    "SELECT 1 /* 12:30 */",
    "/* mysql-connector-j-9.1.0 (Revision: f6dad9f4b4d5d3b26ae2f6dad9f4b4d5d3b26ae2) */SELECT 1",
    "",
  ])("nowhere in %j", (sql) => {
    expect(commentTags(sql)).toEqual([]);
  });

  it("on both sides, in order", () => {
    expect(commentTags("/*a='1'*/ SELECT 1 /*b='2'*/")).toEqual([
      { name: "a", value: "1" },
      { name: "b", value: "2" },
    ]);
  });
});

describe("the older spellings", () => {
  it.each<[string, Record<string, string>]>([
    ["/*application:shop,controller:orders,action:index*/ SELECT 1", { application: "shop", controller: "orders", action: "index" }],
    ["SELECT 1 /* request_id=af12, operation = List all */", { request_id: "af12", operation: "List all" }],
    ["/* ApplicationName=DBeaver 24.1.0 - Metadata */ SELECT 1", { ApplicationName: "DBeaver 24.1.0 - Metadata" }],
    ["SELECT 1 /*application:Shop,line:/app/models/order.rb:12*/", { application: "Shop", line: "/app/models/order.rb:12" }],
    ["SELECT 1 /*application:'shop'*/", {}],
    ["SELECT 1 /*a='x',b:y*/", { a: "x", b: "y" }],
  ])("%s", (sql, expected) => {
    expect(Object.fromEntries(commentTags(sql).map(({ name, value }) => [name, value]))).toEqual(expected);
  });
});

describe("whatever is sent", () => {
  it("never fails", () => {
    const piece = fc.constantFrom(
      "/*",
      "*/",
      "'",
      "\\",
      "=",
      ",",
      ":",
      "%",
      "%41",
      "--",
      "#",
      "\n",
      " ",
      ";",
      "a",
      "é",
      "!",
      "+",
      '"',
      "`",
    );
    fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => Array.isArray(commentTags(pieces.join("")))));
  });

  it.each([
    ["comments that never end", "/*".repeat(32_768)],
    ["spaces", `/*a=${" ".repeat(65_000)}'*/`],
    ["a name", `/*${"a".repeat(65_000)}*/`],
    ["a value without its quote", `/*a='${"x".repeat(65_000)}*/`],
    ["tags that come to nothing", `/*${"a='b',".repeat(9000)}"*/`],
    ["what looks like an end", `SELECT 1 ${"*/ ".repeat(20_000)}*/`],
  ])("takes no time to speak of: %s", (_, sql) => {
    const began = process.threadCpuUsage();
    commentTags(sql);
    // What goes back again and again needs seconds for texts of this length.
    expect(process.threadCpuUsage(began).user).toBeLessThan(500_000);
  });

  it("is looked at at its beginning only where it is very long", () => {
    const rows = Array.from({ length: 20_000 }, (_, n) => `(${n})`).join(",");
    expect(commentTags(`/*a='1'*/ INSERT INTO t VALUES ${rows} /*b='2'*/`)).toEqual([{ name: "a", value: "1" }]);
  });
});
