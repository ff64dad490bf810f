import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { Value } from "../../proxy/model/value.ts";
import { Capability } from "../../proxy/protocol/capabilities.ts";
import { ColumnFlag, ColumnType } from "../../proxy/protocol/column-type.ts";
import { decodeErrPacket } from "../../proxy/protocol/err-packet.ts";
import { available } from "../support/servers.ts";
import { type ReadResult, readResult } from "../support/wire/read-results.ts";
import { usualCapabilities, WireClient } from "../support/wire/wire-client.ts";

/** Columns and the literals that are stored in them. NULL is stored in each besides. */
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
  [type, least, most, "0", "-1", "7"],
  [`${type} UNSIGNED`, "0", mostUnsigned, "7"],
  [`${type} ZEROFILL`, "0", mostUnsigned, "7"],
  [`${type}(3) ZEROFILL`, "0", "7", "42"],
]);

const magnitudes = [
  "0",
  "-0e0",
  "1",
  "-1",
  "0.1",
  "1.5",
  "-2.25",
  "123456789",
  "1234567.891",
  "0.30000000000000004",
  "1e14",
  "1e15",
  "123456789012345678",
  "1e16",
  "1e20",
  "1.7976931348623157e308",
  "2.2250738585072014e-308",
  "4.9e-324",
  "1e-4",
  "1e-5",
  "1.25e-10",
  "1e-14",
  "1e-15",
  "1.2345e-16",
  "-1e100",
  "999999999999999.9",
  "9007199254740993",
];

const floatMagnitudes = [
  "0",
  "1",
  "-1",
  "0.1",
  "1.5",
  "123456",
  "1234567",
  "16777216",
  "1e10",
  "1e14",
  "1e15",
  "1e16",
  "3.4e38",
  "1.2e-38",
  "1e-5",
  "0.3333333",
];

const common: Columns = [
  ...integers,
  ["DOUBLE", ...magnitudes],
  ["DOUBLE(10,3)", "0", "-0e0", "-0.0001", "1.0005", "-1234567.891", "0.0625", "2.5"],
  ["DOUBLE(30,20)", "0", "1", "0.1", "123456.789"],
  ["DOUBLE(255,2)", "0", "1e21", "1e200", "-1.7e250"],
  ["FLOAT(30,20)", "0.1", "1.5", "3.4e8"],
  ["DOUBLE(20,0)", "1e15", "2.5", "-3.5", "1e19"],
  ["DOUBLE(12,4) ZEROFILL", "0", "1.5", "123456.789"],
  ["DOUBLE ZEROFILL", "0", "1.5", "1e20"],
  ["FLOAT", ...floatMagnitudes],
  ["FLOAT(7,3)", "0", "1.0005", "-1234.567", "0.1", "2.5"],
  ["FLOAT(10,2) ZEROFILL", "0", "1.5", "1234567.25"],
  ["FLOAT UNSIGNED ZEROFILL", "0", "1.5", "16777216"],
  ["DECIMAL(65,30)", "0", "-0.000000000000000000000000000001", "12345678901234567890123456789012345.123456789012345678901234567890"],
  ["DECIMAL(10,2) ZEROFILL", "0", "1.5", "12345678.99"],
  ["DECIMAL(5,0)", "0", "-99999"],
  ["DATE", "'0000-00-00'", "'2026-00-00'", "'2026-11-22'", "'9999-12-31'", "'0001-01-01'"],
  ...["DATETIME", "TIMESTAMP"].flatMap((type) => [
    [type, "'0000-00-00 00:00:00'", "'2026-11-22 00:00:00'", "'2026-11-22 15:22:51'"] as const,
    [`${type}(1)`, "'0000-00-00 00:00:00'", "'2026-11-22 15:22:51.9'", "'2026-11-22 15:22:51'"] as const,
    [`${type}(3)`, "'2026-11-22 15:22:51.012'", "'2026-11-22 00:00:00.5'"] as const,
    [`${type}(6)`, "'0000-00-00 00:00:00'", "'2026-11-22 15:22:51.000001'", "'2026-11-22 15:22:51'", "'2026-11-22 00:00:00'"] as const,
  ]),
  ["DATETIME", "'9999-12-31 23:59:59'", "'2026-00-00 01:02:03'"],
  ["TIME", "'00:00:00'", "'-00:00:01'", "'23:59:59'", "'24:00:00'", "'-25:30:01'", "'838:59:59'", "'-838:59:59'"],
  ["TIME(2)", "'00:00:00'", "'-00:00:00.01'", "'100:00:00.5'"],
  ["TIME(6)", "'00:00:00'", "'-00:00:00.000001'", "'838:59:58.999999'", "'-838:59:58.000001'", "'01:02:03'"],
  ["YEAR", "0", "1901", "2026", "2155"],
  ["BIT(1)", "b'0'", "b'1'"],
  ["BIT(13)", "b'0'", "b'1111000011110'"],
  ["BIT(64)", "b'0'", "0xffffffffffffffff"],
  ["ENUM('a','ä','')", "'a'", "'ä'", "''"],
  ["SET('x','y','z')", "''", "'x'", "'x,z'"],
  ["CHAR(5)", "''", "'ab'", "'日本'"],
  ["VARCHAR(300)", "''", "'😀'", "REPEAT('x', 251)", "REPEAT('ß', 300)"],
  ["VARCHAR(20) CHARACTER SET latin1", "'é'", "'€'"],
  ["VARCHAR(20) CHARACTER SET utf16", "'é😀'"],
  ["CHAR(3) CHARACTER SET binary", "'a'"],
  ["BINARY(4)", "'ab'", "0xff00ff00"],
  ["VARBINARY(70000)", "''", "0xff", "REPEAT('y', 66000)"],
  ["TINYTEXT", "'t'"],
  ["TEXT", "''", "'t'"],
  ["LONGTEXT", "REPEAT('long ', 20000)"],
  ["BLOB", "''", "0x00ff"],
  ["LONGBLOB", "REPEAT(0xfe, 70000)"],
  ["GEOMETRY", "ST_GeomFromText('POINT(1 2)')", "ST_GeomFromText('LINESTRING(0 0, 1 1)')"],
  ["JSON", '\'{"a": [1, null, "ä"]}\'', "'1.50'", "'\"\"'"],
];

const ofMysql: Columns = [["VECTOR(3)", "STRING_TO_VECTOR('[1, 2.5, -3]')"]];
const ofMariadb: Columns = [
  ["YEAR(2)", "0", "70", "99", "26"],
  ["UUID", "'123e4567-e89b-12d3-a456-426655440000'"],
  ["INET6", "'::1'"],
  ["INET4", "'10.0.0.1'"],
];

const expressions = [
  "1",
  "-1",
  "18446744073709551615",
  "1.50",
  "1e0",
  "0.1e0 + 0.2e0",
  "1e0 / 3",
  "AVG(v)",
  "SUM(v)",
  "COUNT(*)",
  "MAX(v)",
  "AVG(v) * 1e20",
  ...[1, 3, 5, 7].map((ones) => `(SELECT AVG(h) FROM halves WHERE ones = ${ones})`),
  "SUM(v)",
  "COUNT(*)",
  "MAX(v)",
  "AVG(v) * 1e20",
  ...["0.5", "1.5", "2.5", "3.5", "-0.5"].map((sum) => `(SELECT AVG(h) FROM (SELECT ${sum} * 2 AS x) AS s JOIN halves) * 1`),
  "(SELECT AVG(h) FROM halves WHERE h < 2)",
  "(SELECT AVG(h) FROM halves WHERE h > 1)",
  "ROUND(2.5e0)",
  "ROUND(2.345e0, 2)",
  "FORMAT(1234.5, 2)",
  "TIMESTAMP('2026-11-22 01:02:03.4')",
  "TIMEDIFF('10:00:00.25', '12:00:00')",
  "SEC_TO_TIME(3600 * 100 + 0.5)",
  "DATE('2026-11-22')",
  "CAST('2026-11-22 00:00:00' AS DATETIME(3))",
  "CAST('0:0:0' AS TIME(4))",
  "UNIX_TIMESTAMP('2026-11-22 01:02:03.4')",
  "'text'",
  "_binary 'bytes'",
  "X'00ff'",
  "b'101'",
  "NULL",
  "1 = 1",
  "INTERVAL(3, 1, 2)",
  "DATE_ADD('2026-11-22', INTERVAL 1 MICROSECOND)",
  "STR_TO_DATE('01,5,2026', '%d,%m,%Y')",
  "STR_TO_DATE('12:30:01.5', '%H:%i:%s.%f')",
  "MAKETIME(-5, 6, 7)",
  "IFNULL(v, 1)",
  "GREATEST(1, 2.5)",
  "PI()",
  "ROUND(PI(), 2) * 1e0 / 3",
  "POW(2, 70)",
  "EXP(-50)",
  "CONVERT('é' USING latin1)",
  "JSON_OBJECT('a', 1)",
  "YEAR('2026-01-01')",
];

for (const server of available(inject("servers"))) {
  describe(`a value of ${server.kind}`, () => {
    let client: WireClient;

    beforeAll(async () => {
      client = await WireClient.connect(server, server.app, usualCapabilities | Capability.DEPRECATE_EOF);
      await client.query("SET SESSION sql_mode = ''");
      await client.query("SET SESSION time_zone = '+00:00'");
      await client.query("CREATE TEMPORARY TABLE numbers (v INT)");
      await client.query("INSERT INTO numbers VALUES (1), (2), (4)");
      await client.query("CREATE TEMPORARY TABLE halves (ones INT, h DOUBLE(10,1))");
      for (const ones of [1, 3, 5, 7]) {
        const values = Array.from({ length: 64 }, (_, index) => `(${ones}, ${index < ones ? 1 : 0})`);
        await client.query(`INSERT INTO halves VALUES ${values.join(", ")}`);
      }
    });

    afterAll(async () => {
      await client.quit();
    });

    async function both(sql: string): Promise<{ text: ReadResult; binary: ReadResult }> {
      const text = readResult(await client.query(sql), false);
      const prepared = (await client.command(Buffer.concat([Buffer.of(0x16), Buffer.from(sql)])))[0] ?? Buffer.alloc(0);
      if (prepared[0] === 0xff) throw new Error(JSON.stringify(decodeErrPacket(prepared)));
      const id = prepared.subarray(1, 5);
      const answer = await client.command(Buffer.concat([Buffer.of(0x17), id, Buffer.of(0, 1, 0, 0, 0)]));
      await client.command(Buffer.concat([Buffer.of(0x19), id]));
      return { text, binary: readResult(answer, true) };
    }

    const columns = [...common, ...(server.kind === "mysql" ? ofMysql : ofMariadb)];
    it.each(columns.map(([type, ...literals]) => [type, literals] as [string, string[]]))(
      "of %s reads the same by text and by prepared statement",
      async (type, literals) => {
        await client.query(`CREATE TEMPORARY TABLE kept (id INT AUTO_INCREMENT PRIMARY KEY, v ${type} NULL)`);
        try {
          await client.query(`INSERT INTO kept (v) VALUES ${[...literals, "NULL"].map((literal) => `(${literal})`).join(", ")}`);
          const { text, binary } = await both("SELECT v FROM kept ORDER BY id");
          expect(text.rows).toHaveLength(literals.length + 1);
          compare(text, binary);
          expect(binary.rows.at(-1)).toEqual([null]);
        } finally {
          await client.query("DROP TEMPORARY TABLE kept");
        }
      },
    );

    it("keeps the digits that the text protocol rounds away", async () => {
      const { text, binary } = await both("SELECT PI() AS v");
      expect([text.rows, binary.rows]).toEqual([[["3.141593"]], [["3.141592653589793"]]]);
      expect(binary.columns[0]?.column.decimals).toBe(6);
    });

    it.each(expressions)("of the expression %s reads the same by text and by prepared statement", async (expression) => {
      const { text, binary } = await both(`SELECT ${expression} AS v FROM numbers LIMIT 1`);
      compare(text, binary);
    });
  });
}

const floating: ReadonlySet<number> = new Set([ColumnType.FLOAT, ColumnType.DOUBLE]);

/**
 * The rows of both for comparison. Of a FLOAT or DOUBLE the text protocol gives what is left after rounding, to six
 * digits or to the column's decimals. The binary protocol gives the number itself, and all of its digits must be shown.
 */
function compare(text: ReadResult, binary: ReadResult): void {
  expect(binary.rows.length).toBe(text.rows.length);
  for (const [index, row] of text.rows.entries()) {
    for (const [column, rounded] of row.entries()) {
      const definition = text.columns[column];
      const value = binary.rows[index]?.[column] as Value;
      if (value === rounded || definition === undefined || !floating.has(definition.type)) expect(value).toEqual(rounded);
      else expectRounded(value, rounded, definition);
    }
  }
}

function expectRounded(value: Value, rounded: Value, { type, column }: ReadResult["columns"][number]): void {
  const [all, less] = [Number(value), Number(rounded)];
  const fixed = column.decimals < 31;
  const lost = Math.abs(all - less);
  if (type === ColumnType.FLOAT && Math.fround(all) === Math.fround(less)) return;
  // Only where it has more digits than the other may a value differ.
  expect(String(value).replace(/\D/g, "").length, `${value} for ${rounded}`).toBeGreaterThan(
    String(rounded)
      .replace(/\D|0+$/g, "")
      .replace(/^0+/, "").length,
  );
  if (fixed) expect(lost).toBeLessThanOrEqual(0.5 * 10 ** -column.decimals + Math.abs(all) * 2 ** -52);
  else expect(lost).toBeLessThanOrEqual(0.5e-5 * Math.abs(all));
  if (!fixed) expect(type).toBe(ColumnType.FLOAT);
  if ((column.flags & ColumnFlag.ZEROFILL) !== 0) expect(String(value).length).toBe(String(rounded).length);
}
