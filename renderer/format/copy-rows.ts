import type { Cell, ResultColumn } from "../../proxy/api/contract.ts";
import { hexOf } from "./hex.ts";
import { isNumber, isNumericType, sqlIdentifier, sqlLiteral } from "./sql-literal.ts";
import { visibleText } from "./visible-text.ts";

/** The formats in which result rows can be copied. */
export const copyFormats = ["csv", "json", "sql", "markdown"] as const;
export type CopyFormat = (typeof copyFormats)[number];

/** Result rows as text in `format`. All cells must be whole. */
export function rowsAsText(format: CopyFormat, columns: readonly ResultColumn[], rows: readonly (readonly Cell[])[]): string {
  switch (format) {
    case "csv":
      return asCsv(columns, rows);
    case "json":
      return asJson(columns, rows);
    case "sql":
      return asSql(columns, rows);
    case "markdown":
      return asMarkdown(columns, rows);
    default:
      return format satisfies never;
  }
}

/**
 * RFC 4180, CRLF. NULL is an empty field, the empty string `""`, bytes `0x…`. A text that a spreadsheet would run as a
 * formula gets an apostrophe in front (OWASP, "CSV injection"); numbers do not.
 */
function asCsv(columns: readonly ResultColumn[], rows: readonly (readonly Cell[])[]): string {
  const header = columns.map((column) => csvText(column.name, false)).join(",");
  const lines = rows.map((row) => row.map((cell, place) => csvCell(cell, columns[place])).join(","));
  return `${[header, ...lines].join("\r\n")}\r\n`;
}

function csvCell(cell: Cell, column: ResultColumn | undefined): string {
  if (cell === null) return "";
  if (typeof cell === "string") return csvText(cell, column !== undefined && isNumericType(column.type));
  return "base64" in cell ? `0x${hexOf(cell.base64)}` : csvText(cell.text, false);
}

function csvText(text: string, isNumeric: boolean): string {
  const harmless = /^[=+\-@\t\r\n]/.test(text) && !(isNumeric && isNumber(text)) ? `'${text}` : text;
  return harmless === "" || /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** An array of objects; columns with one name are told apart by a number. Integers that JSON's readers keep exactly are numbers, all else is text. */
function asJson(columns: readonly ResultColumn[], rows: readonly (readonly Cell[])[]): string {
  const names = distinctNames(columns);
  const objects = rows.map((row) => Object.fromEntries(names.map((name, place) => [name, jsonValue(row[place] ?? null, columns[place])])));
  return JSON.stringify(objects, null, 2);
}

function distinctNames(columns: readonly ResultColumn[]): readonly string[] {
  const used = new Set<string>();
  return columns.map(({ name }) => {
    let distinct = name;
    for (let number = 2; used.has(distinct); number++) distinct = `${name}_${number}`;
    used.add(distinct);
    return distinct;
  });
}

function jsonValue(cell: Cell, column: ResultColumn | undefined): unknown {
  if (cell === null) return null;
  if (typeof cell !== "string") return "base64" in cell ? { base64: cell.base64 } : cell.text;
  const number = Number(cell);
  return column !== undefined && isNumericType(column.type) && /^-?\d+$/.test(cell) && Number.isSafeInteger(number) ? number : cell;
}

/** One INSERT per row, into the table that the first column came from. */
function asSql(columns: readonly ResultColumn[], rows: readonly (readonly Cell[])[]): string {
  const table = sqlIdentifier(columns.find((column) => column.orgTable !== "")?.orgTable ?? "result");
  const names = columns.map((column) => sqlIdentifier(column.name)).join(", ");
  return rows
    .map(
      (row) =>
        `INSERT INTO ${table} (${names}) VALUES (${row.map((cell, place) => sqlLiteral(cell, columns[place]?.type ?? "")).join(", ")});\n`,
    )
    .join("");
}

function asMarkdown(columns: readonly ResultColumn[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = columns.map((column) => (isNumericType(column.type) ? "---:" : "---"));
  const header = columns.map((column) => markdownText(column.name));
  return `${[line(header), line(rule), ...rows.map((row) => line(row.map(markdownCell)))].join("\n")}\n`;
}

function markdownCell(cell: Cell): string {
  if (cell === null) return "*NULL*";
  if (typeof cell === "string") return markdownText(cell);
  return "base64" in cell ? `0x${hexOf(cell.base64)}` : markdownText(cell.text);
}

function markdownText(text: string): string {
  return visibleText(text.replace(/\r?\n/g, " "))
    .replace(/[\\`*_|<>[\]]/g, (character) => `\\${character}`)
    .trim();
}
