/** Every column type that both servers, or one of them, has, with literals at its edges. */
import type { ServerAddress } from "../servers.ts";

type Columns = readonly (readonly [type: string, ...literals: string[]])[];

const integers: Columns = (
  [
    ["TINYINT", "-128", "127", "255"],
    ["SMALLINT", "-32768", "32767", "65535"],
    ["MEDIUMINT", "-8388608", "8388607", "16777215"],
    ["INT", "-2147483648", "2147483647", "4294967295"],
    ["BIGINT", "-9223372036854775808", "9223372036854775807", "18446744073709551615"],
  ] as const
).flatMap(([type, least, most, mostUnsigned]) => [
  [type, least, most, "0"],
  [`${type} UNSIGNED`, "0", mostUnsigned],
  [`${type}(5) ZEROFILL`, "0", "42", mostUnsigned],
]);

const common: Columns = [
  ...integers,
  ["DECIMAL(65,30)", "12345678901234567890123456789012345.123456789012345678901234567891", "-0.000000000000000000000000000001"],
  ["DECIMAL(10,0) UNSIGNED", "0", "9999999999"],
  ["FLOAT", "0", "-1.5", "3.4e38", "1.17549e-38"],
  ["FLOAT(7,3)", "1.5", "-1234.567"],
  ["DOUBLE", "0", "1.7976931348623157e308", "2.2250738585072014e-308", "0.1"],
  ["DOUBLE UNSIGNED", "0.1", "1e15"],
  ["BOOLEAN", "TRUE", "FALSE"],
  ["BIT(1)", "b'0'", "b'1'"],
  ["BIT(64)", "b'101'", `b'${"1".repeat(64)}'`],
  ["DATE", "'2026-11-22'", "'0000-00-00'", "'9999-12-31'", "'2026-00-00'"],
  ["TIME", "'12:34:56'", "'-838:59:59'", "'838:59:59'", "'00:00:00'"],
  ["TIME(6)", "'12:34:56.000001'", "'-00:00:00.5'"],
  ["DATETIME", "'2026-11-22 01:02:03'", "'0000-00-00 00:00:00'", "'2026-11-22'"],
  ["DATETIME(3)", "'2026-11-22 01:02:03.004'"],
  ["DATETIME(6)", "'2026-11-22 01:02:03.000004'", "'2026-11-22 00:00:00'"],
  ["TIMESTAMP NULL", "'2026-11-22 01:02:03'"],
  ["TIMESTAMP(6) NULL", "'2026-11-22 01:02:03.123456'"],
  ["YEAR", "1901", "2155", "0"],
  ["CHAR(10) CHARACTER SET utf8mb4", "''", "'äöü 😀'"],
  ["CHAR(5) CHARACTER SET latin1", "'Grüße'"],
  ["VARCHAR(200) CHARACTER SET utf8mb4", "''", "REPEAT('x', 200)"],
  ["VARCHAR(300) CHARACTER SET ucs2", "'ucs ü'"],
  ["VARCHAR(30) CHARACTER SET utf16", "'😀'"],
  ["BINARY(4)", "x'00ff00ff'", "'a'"],
  ["VARBINARY(300)", "''", "REPEAT(x'00ff', 130)"],
  ["TINYTEXT", "'t'"],
  ["TEXT", "''", "REPEAT('text ', 1000)"],
  ["MEDIUMTEXT", "REPEAT('m', 70000)"],
  ["LONGTEXT", "REPEAT('long ✓ ', 9000)"],
  ["TINYBLOB", "x'00'"],
  ["BLOB", "x'0001feff'"],
  ["MEDIUMBLOB", "REPEAT(x'fb', 251)"],
  ["LONGBLOB", "REPEAT(x'fe', 65536)"],
  ["ENUM('one','zwei','три')", "'one'", "'три'", "''"],
  ["SET('a','b','c')", "''", "'a,c'"],
  ["JSON", '\'{"a": [1, 2.5, null, "ü"]}\'', "'[]'", "'\"\"'"],
  ["GEOMETRY", "ST_GeomFromText('POINT(1 2)')", "ST_GeomFromText('POLYGON((0 0, 0 1, 1 1, 0 0))')"],
  ["POINT", "ST_GeomFromText('POINT(-1.5 2)')"],
];

const ofMysql: Columns = [["VECTOR(3)", "STRING_TO_VECTOR('[1, 2.5, -3]')"]];
const ofMariadb: Columns = [
  ["UUID", "'123e4567-e89b-12d3-a456-426655440000'"],
  ["INET6", "'::1'", "'2001:db8::ff00:42:8329'"],
  ["INET4", "'10.0.0.1'"],
  ["VARCHAR(100) COMPRESSED", "REPEAT('c', 100)"],
];

/** The table of each type: how it is made and filled (the last row is NULL), and how it is read. */
export function typeTables(kind: ServerAddress["kind"]): { readonly make: string[]; readonly read: string }[] {
  const types = [...common, ...(kind === "mysql" ? ofMysql : ofMariadb)];
  return types.map(([type, ...literals], index) => ({
    make: [
      `CREATE TABLE type_${index} (id INT AUTO_INCREMENT PRIMARY KEY, v ${type})`,
      `INSERT INTO type_${index} (v) VALUES ${[...literals, "NULL"].map((literal) => `(${literal})`).join(", ")}`,
    ],
    read: `SELECT v FROM type_${index} ORDER BY id`,
  }));
}
