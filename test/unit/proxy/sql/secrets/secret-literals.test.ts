import fc from "fast-check";
import { expect, it } from "vitest";
import { secretsIn, secretsInRest } from "../../../../../proxy/sql/secrets/secret-literals.ts";
import { hasTrigger } from "../../../../../proxy/sql/secrets/secret-words.ts";
import { plainStatements, secretStatements } from "./secret-statements.ts";

function without(text: string, stretches = secretsIn(text).stretches): string {
  return [...stretches].reverse().reduce((left, { start, end }) => `${left.slice(0, start)}…${left.slice(end)}`, text);
}

it.each(secretStatements)("%s: every secret is found, and nothing else is", (_, sql) => {
  const left = without(sql);
  expect(left).not.toBe(sql);
  expect(left).not.toMatch(/hunter|ter2|68756e74/);
  expect((left.match(/shown/g) ?? []).length).toBe((sql.match(/shown/g) ?? []).length);
});

it.each(secretStatements)("%s: every secret is found where the text's beginning is not known", (_, sql) => {
  for (const beginning of ["", "x', ", 'x", ', "x`, ", "x */ ", "x\n"]) {
    const text = beginning + sql;
    expect(without(text, secretsInRest(text, true))).not.toMatch(/hunter|ter2|68756e74/);
  }
});

it.each(plainStatements)("%s has no secret", (sql) => {
  expect(without(sql)).toBe(sql);
});

it.each(secretStatements)("%s is not passed over", (_, sql) => {
  for (const text of [sql, sql.toUpperCase(), sql.toLowerCase()])
    expect(hasTrigger(Buffer.from(`xx${text}`), 2, text.length + 2)).toBe(true);
});

it("texts without any of the words are passed over", () => {
  for (const sql of ["SELECT c FROM t WHERE id = 1", "UPDATE conn SET idea = 'x'", ""])
    expect(hasTrigger(Buffer.from(sql), 0, sql.length)).toBe(false);
});

it("what stands around a secret stays", () => {
  expect(without("CREATE USER 'u'@'h' IDENTIFIED WITH 'p' BY 'x' REQUIRE CIPHER 'c' COMMENT 'd'")).toBe(
    "CREATE USER 'u'@'h' IDENTIFIED WITH 'p' BY '…' REQUIRE CIPHER 'c' COMMENT 'd'",
  );
  expect(without("PREPARE s FROM 'SET PASSWORD FOR ''u''@''h'' = ''x'''")).toBe("PREPARE s FROM 'SET PASSWORD FOR ''u''@''h'' = ''…'''");
  expect(without("CREATE TABLE t (a INT) CONNECTION='mysql://u:x@h:3306/d/t'")).toBe(
    "CREATE TABLE t (a INT) CONNECTION='mysql://u:…@h:3306/d/t'",
  );
});

it.each<[string, ReadonlySet<number>, number]>([
  ["SELECT PASSWORD(?), ?", new Set([0]), 2],
  ["SELECT AES_ENCRYPT(?, ?), ?", new Set([1]), 3],
  ["SELECT ?, '?', `?` -- ?\n, AES_DECRYPT(?, CONCAT(?, ?), ?)", new Set([2, 3]), 5],
  ["UPDATE mysql.user SET authentication_string = ? WHERE User = ?", new Set([0]), 2],
  ["ALTER USER ? IDENTIFIED BY ? REPLACE ?", new Set([1, 2]), 3],
  ["SELECT password FROM users WHERE password = ?", new Set(), 1],
])("the parameters of %s that are secrets are known", (sql, parameters, count) => {
  const found = secretsIn(sql);
  expect(found.parameters).toEqual(parameters);
  if (parameters.size > 0) expect(found.parameterCount).toBe(count);
});

const pieces = fc.constantFrom(
  "'",
  '"',
  "`",
  "\\",
  "/*",
  "*/",
  "/*!",
  "-- ",
  "\n",
  "#",
  ";",
  "(",
  ")",
  ",",
  "=",
  "@",
  "?",
  " ",
  "0x1",
  "IDENTIFIED",
  "BY",
  "PASSWORD",
  "SET",
  "x",
  "CONNECTION",
  "://a:b@",
);

it("no text makes it fail, and what it finds is apart, ascending and within the text", () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const text = parts.join("");
      for (const stretches of [secretsIn(text).stretches, secretsInRest(text, true)]) {
        let before = -1;
        for (const { start, end } of stretches) {
          expect(start).toBeGreaterThan(before);
          expect(end).toBeGreaterThan(start);
          before = end;
        }
        expect(before).toBeLessThanOrEqual(text.length);
      }
    }),
    { numRuns: 500 },
  );
});

it("a literal behind IDENTIFIED BY is found whatever stands before it in the same statement, and whatever is in it", () => {
  const secret = fc.array(fc.constantFrom("hunter", "''", "\\\\", "\\'", '"', " ", "/*", "-- ", ";", "b"), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.constantFrom(" ", "/* ' */", '\n-- "\n', "/*!50000 */"), secret, (gap, parts) => {
      const sql = `ALTER USER 'u'@'h'${gap}IDENTIFIED${gap}BY${gap}'${parts.join("")}'`;
      expect(without(sql)).not.toMatch(/hunter/);
    }),
  );
});
