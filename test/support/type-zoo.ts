/** A table with every type that both servers have, and rows at the types' edges. */
import type { ServerAddress } from "./servers.ts";

const every256 = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString("hex");

const columns = [
  "id INT PRIMARY KEY",
  "tiny TINYINT",
  "truth TINYINT(1)",
  "small SMALLINT UNSIGNED",
  "medium MEDIUMINT",
  "filled INT(8) ZEROFILL",
  "big BIGINT",
  "ubig BIGINT UNSIGNED",
  "exact DECIMAL(65,30)",
  "single FLOAT",
  "twice DOUBLE",
  "bit1 BIT(1)",
  "bit64 BIT(64)",
  "day DATE",
  "moment DATETIME",
  "moment6 DATETIME(6)",
  "stamp3 TIMESTAMP(3) NULL",
  "span TIME",
  "span6 TIME(6)",
  "annum YEAR",
  "fixed CHAR(10)",
  "words VARCHAR(200) CHARACTER SET utf8mb4",
  "western VARCHAR(50) CHARACTER SET latin1",
  "bin BINARY(4)",
  "varbin VARBINARY(300)",
  "bytes BLOB",
  "prose LONGTEXT CHARACTER SET utf8mb4",
  "choice ENUM('one','zwei','три')",
  "several SET('a','b','c')",
  "doc JSON",
  "place GEOMETRY",
];

const highest = `1, 127, 1, 65535, 8388607, 99999999, 9223372036854775807, 18446744073709551615,
  12345678901234567890123456789012345.123456789012345678901234567891, 3.4e38, 1.7976931348623157e308, b'1', b'${"1".repeat(64)}',
  '9999-12-31', '9999-12-31 23:59:59', '2026-11-22 15:22:51.123456', '2026-11-22 15:22:51.120', '838:59:59', '-838:59:58.999999', 2155,
  'padded', 'naïve 日本語 😀 \\\\ '' " \\n\\t', 'Grüße', X'00FF00FF', X'${every256}', X'${every256}', REPEAT('prose ✓ ', 20000), 'три', 'a,c',
  '{"a": [1, 2.5, null, "ü"]}', ST_GeomFromText('POINT(1 2)')`;

const lowest = `2, -128, 0, 0, -8388608, 0, -9223372036854775808, 0, -0.000000000000000000000000000001, -1.17549e-38, -2.2250738585072014e-308,
  b'0', b'0', '1000-01-01', '1000-01-01 00:00:00', '1000-01-01 00:00:00.000001', '1970-01-02 00:00:01.001', '-838:59:59', '00:00:00.000001', 1901,
  '', '', '', X'', X'', X'', '', 'one', '', '{}', NULL`;

const everyday = `3, 7, 1, 42, -42, 42, 1099511627776, 4503599627370497, 19.99, 0.1, 0.1, b'1', b'101010', '2026-11-22', '2026-11-22 00:00:00',
  '2026-11-22 12:00:00', '2026-11-22 12:00:00', '12:34:56', '12:34:56.5', 2026, 'x', 'x', 'x', X'41', X'4142', 'text in a blob', 'x', 'zwei', 'b',
  '[true]', NULL`;

const nothing = `4${", NULL".repeat(columns.length - 1)}`;

/** Statements that make the table `name` and fill it with four rows. */
export function typeZoo(name: string): string[] {
  return [
    `DROP TABLE IF EXISTS ${name}`,
    `CREATE TABLE ${name} (${columns.join(", ")})`,
    ...[highest, lowest, everyday, nothing].map((row) => `INSERT INTO ${name} VALUES (${row})`),
  ];
}

/** Columns whose values are shown as text on both servers; those of `bytes` are not text. */
export const zooBytes = ["bit1", "bit64", "bin", "varbin", "bytes", "place"] as const;

/** What a session must set so that both servers take the rows as they are. */
export function zooSession(server: ServerAddress): string[] {
  return [
    `SET SESSION sql_mode = ''`,
    `SET SESSION time_zone = '+00:00'`,
    ...(server.kind === "mysql" ? ["SET SESSION explicit_defaults_for_timestamp = 1"] : []),
  ];
}
