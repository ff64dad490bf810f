import { describe, expect, it } from "vitest";
import { shopRows } from "../../../../../proxy/demo/shop/shop-rows.ts";
import { shopTables } from "../../../../../proxy/demo/shop/shop-tables.ts";

describe("the shop's rows", () => {
  const rows = shopRows(1);

  it("are the same for the same seed, and others for another", () => {
    expect(shopRows(1)).toEqual(rows);
    expect(shopRows(2)).not.toEqual(rows);
  });

  it("are a few thousand, with a value for every column of every table", () => {
    const all = shopTables.flatMap((table) => rows.get(table.name) ?? []);
    expect(all.length).toBeGreaterThan(3_000);
    expect(all.length).toBeLessThan(20_000);
    for (const table of shopTables) {
      for (const row of rows.get(table.name) ?? []) expect(row).toHaveLength(table.columns.length);
    }
  });

  it("have NULL only where the column allows it", () => {
    for (const table of shopTables) {
      table.columns.forEach((column, index) => {
        if (!column.nullable) expect(rows.get(table.name)?.every((row) => row[index] !== null)).toBe(true);
      });
    }
  });

  it("show no card number in full", () => {
    const column = shopTables.find((table) => table.name === "payments")?.columns.findIndex((it) => it.name === "card_number") ?? -1;
    const numbers = rows.get("payments")?.map((row) => row[column]) ?? [];
    expect(numbers.filter((number) => number !== null).length).toBeGreaterThan(100);
    for (const number of numbers) if (number !== null) expect(number).toMatch(/^\*{4} \*{4} \*{4} \d{4}$/);
  });
});
