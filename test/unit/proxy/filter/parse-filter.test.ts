import { describe, expect, it } from "vitest";
import type { Filter } from "../../../../proxy/filter/filter.ts";
import { maxFilterCharacters, parseFilter } from "../../../../proxy/filter/parse-filter.ts";

function read(text: string): Filter {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.filter;
}

const word = (...tokens: string[]): Filter => ({ kind: "words", where: "anywhere", tokens, prefix: false });
const range = (min: number | null, max: number | null, minIncluded = true, maxIncluded = true) => ({ min, minIncluded, max, maxIncluded });

describe("A filter", () => {
  it("is everything when it is empty", () => {
    expect(read("")).toEqual({ kind: "all" });
    expect(read("  \n ")).toEqual({ kind: "all" });
  });

  it("of words beside each other wants all of them, in lower case", () => {
    expect(read("SELECT users")).toEqual({ kind: "and", terms: [word("select"), word("users")] });
    expect(read("select and users")).toEqual(read("select users"));
  });

  it("cuts a name at its underscores, and wants the pieces in a row", () => {
    expect(read("order_items")).toEqual(word("order", "items"));
    expect(read('"order items"')).toEqual(word("order", "items"));
  });

  it("takes a star at a word's end as any continuation, but not inside quotes", () => {
    expect(read("sel*")).toEqual({ kind: "words", where: "anywhere", tokens: ["sel"], prefix: true });
    expect(read('"sel*"')).toEqual(word("sel"));
  });

  it("binds “and” closer than “or”, and parentheses closest", () => {
    expect(read("a b or c")).toEqual({ kind: "or", terms: [{ kind: "and", terms: [word("a"), word("b")] }, word("c")] });
    expect(read("a (b or c)")).toEqual({ kind: "and", terms: [word("a"), { kind: "or", terms: [word("b"), word("c")] }] });
  });

  it("is turned around by “not” and by a minus", () => {
    expect(read("not a")).toEqual({ kind: "not", term: word("a") });
    expect(read("-a")).toEqual({ kind: "not", term: word("a") });
    expect(read("-actor:anna")).toEqual({ kind: "not", term: { kind: "text", field: "actor", match: { kind: "exact", text: "anna" } } });
    expect(read("NOT NOT a")).toEqual({ kind: "not", term: { kind: "not", term: word("a") } });
  });

  it("takes words such as “or” and “not” as text in quotes", () => {
    expect(read('"or"')).toEqual(word("or"));
    expect(read("order nothing")).toEqual({ kind: "and", terms: [word("order"), word("nothing")] });
  });

  it("has regular expressions between slashes", () => {
    expect(read("/in \\(\\d+\\/2/")).toEqual({ kind: "regex", source: "in \\(\\d+\\/2" });
    expect(read("client:/^10\\./")).toEqual({ kind: "text", field: "client", match: { kind: "regex", source: "^10\\." } });
  });

  it.each<[string, Filter]>([
    ["rows:>1000", { kind: "number", field: "rows", range: range(1000, null, false) }],
    ["rows:>=1000", { kind: "number", field: "rows", range: range(1000, null) }],
    ["rows:<10", { kind: "number", field: "rows", range: range(null, 10, true, false) }],
    ["rows:5", { kind: "number", field: "rows", range: range(5, 5) }],
    ["rows:=5", { kind: "number", field: "rows", range: range(5, 5) }],
    ["affected:1..10", { kind: "number", field: "affected", range: range(1, 10) }],
    ["affected:..10", { kind: "number", field: "affected", range: range(null, 10) }],
    ["duration:>250ms", { kind: "number", field: "duration", range: range(250_000, null, false) }],
    ["duration:1.5s..2m", { kind: "number", field: "duration", range: range(1_500_000, 120_000_000) }],
    ["duration:20", { kind: "number", field: "duration", range: range(20_000, 20_000) }],
    ["bytes:<=1KiB", { kind: "number", field: "bytes", range: range(null, 1024) }],
    ["error:1064", { kind: "number", field: "error", range: range(1064, 1064) }],
    ["error:*", { kind: "number", field: "error", range: null }],
    ["error:denied", { kind: "words", where: "message", tokens: ["denied"], prefix: false }],
    ['error:"access denied"', { kind: "words", where: "message", tokens: ["access", "denied"], prefix: false }],
    ["is:failed", { kind: "is", state: "failed" }],
    ["last:15m", { kind: "last", micros: 900_000_000 }],
    ["after:2026-01-31T09:30:15.25Z", { kind: "after", at: Date.UTC(2026, 0, 31, 9, 30, 15, 250) * 1000 }],
    ["before:2026-01-31T09:30+02:00", { kind: "before", at: Date.UTC(2026, 0, 31, 7, 30) * 1000 }],
    ["before:2026-01-31", { kind: "before", at: new Date(2026, 0, 31).getTime() * 1000 }],
    ["actor:Anna*", { kind: "text", field: "actor", match: { kind: "wildcard", pattern: "Anna*" } }],
    ['schema:"my shop"', { kind: "text", field: "schema", match: { kind: "exact", text: "my shop" } }],
    ["client:127.0.0.1:5*", { kind: "text", field: "client", match: { kind: "wildcard", pattern: "127.0.0.1:5*" } }],
    ["claimed.program_name:mysql", { kind: "claimed", name: "program_name", match: { kind: "exact", text: "mysql" } }],
    ["Digest:3FA9*", { kind: "text", field: "digest", match: { kind: "wildcard", pattern: "3FA9*" } }],
  ])("has the field %s", (text, filter) => {
    expect(read(text)).toEqual(filter);
  });
});

describe("A wrong filter", () => {
  it.each<[string, number, string]>([
    ["select )", 7, "without its ("],
    ["a (b or c", 2, "not closed"],
    ["a ()", 3, "nothing between"],
    ["a or", 4, "something is missing"],
    ["a and ", 6, "something is missing"],
    ["not", 3, "something is missing"],
    ['a "b', 2, "quotation mark"],
    ["a /b", 2, "regular expression"],
    ["/a(/", 0, "Unterminated group"],
    ["rows:", 5, "value is missing"],
    ["rows:many", 5, "a number"],
    ["duration:>fast", 10, "a time"],
    ["actor:>5", 6, "is text"],
    ["a colour:red", 2, "no field called “colour”"],
    ["is:quick", 3, "slow, failed"],
    ["last:5", 5, "with its unit"],
    ["after:2026-02-30", 6, "a date"],
    ["=", 0, "no letter or digit"],
    ["class:write", 0, "not sorted into classes"],
    ["table:orders", 0, "as a word instead"],
    ["decision:deny", 0, "no policy"],
    ["is:masked", 3, "no policy"],
    ["is:ddl", 3, "create or alter"],
    ["digest:*", 7, "digest:3fa9*"],
    ["claimed.:x", 0, "name of what was claimed"],
  ])("%j is refused at %i: … %s …", (text, position, part) => {
    const parsed = parseFilter(text);
    expect(parsed).toMatchObject({ ok: false, position });
    expect(parsed.ok || parsed.message).toContain(part);
  });

  it.each([
    ["too long", "a".repeat(maxFilterCharacters + 1)],
    ["nested too deep", `${"(".repeat(1000)}a${")".repeat(1000)}`],
    ["of too many words", "a ".repeat(1000)],
  ])("that is %s is refused without a crash", (_, text) => {
    expect(parseFilter(text).ok).toBe(false);
  });

  it("is never slow to refuse, however its parentheses stand", () => {
    for (const end of [":", ")", '"', "", "or", "/"]) {
      const began = performance.now();
      parseFilter(`${"(".repeat(45)}a ${end}`);
      expect(performance.now() - began).toBeLessThan(500);
    }
  });
});
