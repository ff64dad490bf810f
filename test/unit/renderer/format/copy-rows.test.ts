import { describe, expect, it } from "vitest";
import type { Cell, ResultColumn } from "../../../../proxy/api/contract.ts";
import { rowsAsText } from "../../../../renderer/format/copy-rows.ts";

const column = (name: string, type: string): ResultColumn => ({
  name,
  orgName: name,
  table: "t",
  orgTable: "t`x",
  schema: "s",
  type,
  unsigned: false,
  characterSet: 255,
  length: 0,
  decimals: 0,
  flags: 0,
});
const columns = [column("id", "BIGINT"), column("name", "VARCHAR"), column("data", "BLOB")];
const rows: readonly (readonly Cell[])[] = [
  ["-1", 'say "hi", you', { base64: "3q2+7w==" }],
  ["18446744073709551615", "", null],
  [null, "=1+1", "a\nb|c"],
];

describe("rows as text", () => {
  it("are CSV in which NULL, the empty text, bytes and formulae are told apart", () => {
    expect(rowsAsText("csv", columns, rows)).toBe(
      ["id,name,data", '-1,"say ""hi"", you",0xDEADBEEF', '18446744073709551615,"",', ',\'=1+1,"a\nb|c"', ""].join("\r\n"),
    );
  });

  it.each(["=1", "+1", "-1+2", "@x", "\tx", "\rx", "\nx"])("keep a spreadsheet from running %j", (text) => {
    const [, line = ""] = rowsAsText("csv", [column("c", "VARCHAR")], [[text]]).split(/\r\n(?=["'])/);
    expect(line.replace(/^"/, "")).toMatch(/^'/);
  });

  it("leave negative numbers of numeric columns as they are", () => {
    expect(rowsAsText("csv", [column("c", "DECIMAL")], [["-1.50"]])).toBe("c\r\n-1.50\r\n");
  });

  it("are JSON that loses no digit and no column", () => {
    const twice = [column("a", "BIGINT"), column("a", "BIGINT"), column("__proto__", "VARCHAR")];
    const text = rowsAsText("json", twice, [["1", "18446744073709551615", "x"]]);
    expect(text.replace(/\s+/g, "")).toBe('[{"a":1,"a_2":"18446744073709551615","__proto__":"x"}]');
    expect(JSON.parse(rowsAsText("json", columns, rows))).toEqual([
      { id: -1, name: 'say "hi", you', data: { base64: "3q2+7w==" } },
      { id: "18446744073709551615", name: "", data: null },
      { id: null, name: "=1+1", data: "a\nb|c" },
    ]);
  });

  it("are INSERT statements with quoted names and values", () => {
    expect(rowsAsText("sql", columns, rows).split(";\n")).toEqual([
      "INSERT INTO `t``x` (`id`, `name`, `data`) VALUES (-1, 'say \"hi\", you', X'DEADBEEF')",
      "INSERT INTO `t``x` (`id`, `name`, `data`) VALUES (18446744073709551615, '', NULL)",
      "INSERT INTO `t``x` (`id`, `name`, `data`) VALUES (NULL, '=1+1', 'a\\nb|c')",
      "",
    ]);
  });

  it("are a Markdown table in which no cell can break out of its place", () => {
    expect(rowsAsText("markdown", columns, rows)).toBe(
      [
        "| id | name | data |",
        "| ---: | --- | --- |",
        '| -1 | say "hi", you | 0xDEADBEEF |',
        "| 18446744073709551615 |  | *NULL* |",
        "| *NULL* | =1+1 | a b\\|c |",
        "",
      ].join("\n"),
    );
  });
});
