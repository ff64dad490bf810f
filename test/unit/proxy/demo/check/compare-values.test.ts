import { expect, it } from "vitest";
import type { Cell } from "../../../../../proxy/api/contract.ts";
import { sameValue } from "../../../../../proxy/demo/check/compare-values.ts";
import type { Value } from "../../../../../proxy/model/value.ts";
import { ColumnType } from "../../../../../proxy/protocol/column-type.ts";

const base64 = (text: string) => ({ base64: Buffer.from(text).toString("base64") });

it.each<[Cell, Value, number]>([
  [null, null, ColumnType.LONG],
  ["12.50", "12.50", ColumnType.NEWDECIMAL],
  [base64("a"), "a", ColumnType.BLOB],
  ["1e20", "100000000000000000000", ColumnType.DOUBLE],
  ["2026-01-01 10:00:00.500000", "2026-01-01 10:00:00.5", ColumnType.DATETIME],
  ["10:00:00.000000", "10:00:00", ColumnType.TIME],
])("%j shown is %j received", (shown, received, type) => {
  expect(sameValue(shown, received, type)).toBe(true);
});

it.each<[Cell, Value, number]>([
  [null, "", ColumnType.VAR_STRING],
  ["", null, ColumnType.VAR_STRING],
  ["NULL", null, ColumnType.VAR_STRING],
  ["12.5", "12.50", ColumnType.NEWDECIMAL],
  ["1", "1.0", ColumnType.VAR_STRING],
  ["10:00:00", "01:00:00", ColumnType.TIME],
  [base64("a"), "b", ColumnType.BLOB],
  [{ text: "a", cutFrom: 5 }, "a", ColumnType.VAR_STRING],
])("%j shown is not %j received", (shown, received, type) => {
  expect(sameValue(shown, received, type)).toBe(false);
});
