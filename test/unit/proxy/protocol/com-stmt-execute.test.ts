import { describe, expect, it } from "vitest";
import { Capability } from "../../../../proxy/protocol/capabilities.ts";
import { decodeComQuery } from "../../../../proxy/protocol/com-query.ts";
import { decodeComStmtExecute, type ExecuteContext, statementIdOf } from "../../../../proxy/protocol/com-stmt-execute.ts";
import { decoded } from "../../../support/wire/read-results.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const context = (over: Partial<ExecuteContext> = {}): ExecuteContext => ({
  parameters: 2,
  types: null,
  longValues: new Map(),
  characterSet: null,
  values: true,
  ...over,
});
const head = "17 01000000 00 01000000";
const longlong = { type: 8, unsigned: false, name: null };

/** One parameter of each type: type and flag as sent, value as sent, value as shown. */
const values: readonly (readonly [string, string, string, unknown])[] = [
  ["MYSQL_TYPE_TINY", "0100", "ff", "-1"],
  ["MYSQL_TYPE_TINY", "0180", "ff", "255"],
  ["MYSQL_TYPE_SHORT", "0200", "00 80", "-32768"],
  ["MYSQL_TYPE_LONG", "0380", "ffffffff", "4294967295"],
  ["MYSQL_TYPE_LONGLONG", "0800", "0000000000000080", "-9223372036854775808"],
  ["MYSQL_TYPE_LONGLONG", "0880", "0000000000000080", "9223372036854775808"],
  ["MYSQL_TYPE_FLOAT", "0400", "cdcccc3d", "0.1"],
  ["MYSQL_TYPE_DOUBLE", "0500", "9a9999999999b93f", "0.1"],
  ["MYSQL_TYPE_NULL", "0600", "", null],
  ["MYSQL_TYPE_DATE", "0a00", "04 ea07 0b 16", "2026-11-22"],
  ["MYSQL_TYPE_DATE", "0a00", "00", "0000-00-00"],
  ["MYSQL_TYPE_DATETIME", "0c00", "04 ea07 0b 16", "2026-11-22 00:00:00"],
  ["MYSQL_TYPE_DATETIME", "0c00", "0b ea07 0b 16 0f 16 33 40e20100", "2026-11-22 15:22:51.123456"],
  ["MYSQL_TYPE_TIMESTAMP", "0700", "07 ea07 0b 16 0f 16 33", "2026-11-22 15:22:51"],
  ["MYSQL_TYPE_TIME", "0b00", "00", "00:00:00"],
  ["MYSQL_TYPE_TIME", "0b00", "08 01 22000000 16 3b 3b", "-838:59:59"],
  ["MYSQL_TYPE_TIME", "0b00", "0c 00 00000000 01 02 03 01000000", "01:02:03.000001"],
  ["MYSQL_TYPE_NEWDECIMAL", "f600", "04 312e3530", "1.50"],
  ["MYSQL_TYPE_VAR_STRING", "fd00", "02 c3a9", "é"],
  ["MYSQL_TYPE_STRING", "fe00", "01 ff", { base64: "/w==" }],
  ["MYSQL_TYPE_BLOB", "fc00", "02 6162", { base64: "YWI=" }],
  ["MYSQL_TYPE_LONG_BLOB", "fb00", "00", { base64: "" }],
];

describe("COM_STMT_EXECUTE", () => {
  it.each(values)("reads a %s of type %s sent as %s", (type, sentType, sentValue, value) => {
    const payload = hex(`${head} 00 01 ${sentType} ${sentValue}`);
    const { params } = decoded(decodeComStmtExecute(payload, 0, context({ parameters: 1 })));
    expect(params).toEqual([{ name: null, type, unsigned: sentType.endsWith("80"), value }]);
  });

  it("reads NULLs by their bits, and values only of the others", () => {
    const types = "01 0800 0800 0800 0800 0800 0800 0800 0800 0800";
    const payload = hex(`${head} fd01 ${types} 0200000000000000`);
    const { params } = decoded(decodeComStmtExecute(payload, 0, context({ parameters: 9 })));
    expect(params.map(({ value }) => value)).toEqual([null, "2", null, null, null, null, null, null, null]);
  });

  it("uses the types bound before where it binds none", () => {
    const payload = hex(`${head} 00 00 0200000000000000 0300000000000000`);
    const execute = decoded(decodeComStmtExecute(payload, 0, context({ types: [longlong, longlong] })));
    expect(execute.params.map(({ value }) => value)).toEqual(["2", "3"]);
    expect(execute.boundTypes).toBeNull();
  });

  it("is malformed where there are no types at all, or fewer than parameters", () => {
    const payload = hex(`${head} 00 00 0200000000000000 0300000000000000`);
    for (const types of [null, [longlong]]) {
      expect(decodeComStmtExecute(payload, 0, context({ types }))).toEqual({
        ok: false,
        malformed: "COM_STMT_EXECUTE: the types of its parameters were not bound",
      });
    }
  });

  it("takes long data in place of what the block leaves out", () => {
    const payload = hex(`${head} 00 01 fc00 0800 0300000000000000`);
    const longValues = new Map([[0, Buffer.from("long")]]);
    const { params } = decoded(decodeComStmtExecute(payload, 0, context({ longValues })));
    expect(params.map(({ value }) => value)).toEqual([{ base64: "bG9uZw==" }, "3"]);
  });

  it("tells query attributes from parameters", () => {
    const payload = hex("17 01000000 08 01000000 03 00 01 0800 00 0800 00 fe00 03 6b6579 0200000000000000 0300000000000000 01 78");
    const execute = decoded(decodeComStmtExecute(payload, Capability.QUERY_ATTRIBUTES, context()));
    expect(execute.params.map(({ value }) => value)).toEqual(["2", "3"]);
    expect(execute.attributes).toEqual([{ name: "key", type: "MYSQL_TYPE_STRING", unsigned: false, value: "x" }]);
  });

  it("reads attributes also where values are not wanted, past those that came before", () => {
    const payload = hex("17 01000000 08 01000000 03 00 01 fc00 00 0800 00 fe00 03 6b6579 0300000000000000 01 78");
    const longValues = new Map([[0, Buffer.alloc(0)]]);
    const execute = decoded(decodeComStmtExecute(payload, Capability.QUERY_ATTRIBUTES, context({ longValues, values: false })));
    expect(execute.attributes.map(({ name, value }) => [name, value])).toEqual([["key", "x"]]);
  });

  it("without parameters has none, however little follows", () => {
    const nothing = { params: [], attributes: [], boundTypes: null };
    expect(decoded(decodeComStmtExecute(hex(head), 0, context({ parameters: 0 })))).toEqual(nothing);
    const none = hex("17 01000000 08 01000000 00");
    expect(decoded(decodeComStmtExecute(none, Capability.QUERY_ATTRIBUTES, context({ parameters: 0 })))).toEqual(nothing);
  });

  it("is malformed wherever it is cut off", () => {
    const payload = hex(`${head} 00 01 0800 fd00 0300000000000000 0161`);
    for (let length = 0; length < payload.length; length += 1) {
      expect(decodeComStmtExecute(payload.subarray(0, length), 0, context()).ok).toBe(false);
    }
  });

  it("that claims more parameters than it has bytes is malformed at once", () => {
    const payload = hex("17 01000000 08 01000000 fe ffffffffffff0f00 00 01");
    expect(decodeComStmtExecute(payload, Capability.QUERY_ATTRIBUTES, context()).ok).toBe(false);
  });

  it("names its statement", () => {
    expect(statementIdOf(hex(head))).toBe(1);
    expect(statementIdOf(hex("17 010000"))).toBeNull();
  });
});

describe("COM_QUERY", () => {
  it("is its text where no query attributes are agreed", () => {
    expect(decoded(decodeComQuery(Buffer.from("\x03SELECT 1"), 0)).text.toString()).toBe("SELECT 1");
  });

  it("is its text behind attributes where they are", () => {
    const none = decoded(decodeComQuery(hex("03 00 01 444f2030"), Capability.QUERY_ATTRIBUTES));
    expect([none.text.toString(), none.attributes]).toEqual(["DO 0", []]);
    const two = decoded(decodeComQuery(hex("03 02 01 02 01 0380 0161 fe00 0162 07000000 444f2030"), Capability.QUERY_ATTRIBUTES));
    expect(two.text.toString()).toBe("DO 0");
    expect(two.attributes).toEqual([
      { name: "a", type: "MYSQL_TYPE_LONG", unsigned: true, value: "7" },
      { name: "b", type: "MYSQL_TYPE_STRING", unsigned: false, value: null },
    ]);
  });

  it("is malformed where its attributes are cut off", () => {
    const payload = hex("03 01 01 00 01 0300 0161 07000000");
    for (let length = 1; length < payload.length; length += 1) {
      expect(decodeComQuery(payload.subarray(0, length), Capability.QUERY_ATTRIBUTES).ok).toBe(false);
    }
  });
});
