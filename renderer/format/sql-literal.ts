import type { Cell } from "../../proxy/api/contract.ts";
import { hexOf } from "./hex.ts";

const numeric = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const numericTypes =
  /^(?:MYSQL_TYPE_)?(?:TINY|SHORT|INT24|LONG|LONGLONG|FLOAT|DOUBLE|DECIMAL|NEWDECIMAL|YEAR|TINYINT|SMALLINT|MEDIUMINT|INT|INTEGER|BIGINT)(?: UNSIGNED)?$/;

/** Whether values of this type (the protocol's name or SQL's word) are numbers. */
export function isNumericType(type: string): boolean {
  return numericTypes.test(type.toUpperCase());
}

/** Whether a text is a number as MySQL writes it. */
export function isNumber(text: string): boolean {
  return numeric.test(text);
}

/** A value as an SQL literal of MySQL's default mode: `NULL`, a number, a quoted string, or `X'…'`. Cut cells are not whole: fetch them first. */
export function sqlLiteral(cell: Cell, type: string): string {
  if (cell === null) return "NULL";
  if (typeof cell !== "string") return "base64" in cell ? `X'${hexOf(cell.base64)}'` : quoted(cell.text);
  return isNumericType(type) && isNumber(cell) ? cell : quoted(cell);
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["\0", "\\0"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\u001a", "\\Z"],
  ["'", "''"],
  ["\\", "\\\\"],
]);

function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: MySQL's own escapes are for these
  return `'${text.replace(/[\0\n\r\u001a'\\]/g, (character) => escapes.get(character) ?? character)}'`;
}

/** An identifier in back quotes. */
export function sqlIdentifier(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}
