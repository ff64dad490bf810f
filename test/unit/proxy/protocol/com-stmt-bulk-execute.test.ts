import { expect, it } from "vitest";
import { decodeComStmtBulkExecute } from "../../../../proxy/protocol/com-stmt-bulk-execute.ts";

/** As MariaDB Connector/Node.js 3 sends a batch of an INT and a VARCHAR, with its types. */
const sent = Buffer.from("fa 01000000 8000 0300 fd00 00 07000000 00 0161 01 02 00 ffffffff 03".replaceAll(" ", ""), "hex");
const context = { parameters: 2, types: null, characterSet: null, values: true };

it("reads every set of parameters, and what stands in place of values", () => {
  expect(decodeComStmtBulkExecute(sent, context)).toMatchObject({
    ok: true,
    value: {
      sets: [
        [
          { type: "MYSQL_TYPE_LONG", value: "7" },
          { type: "MYSQL_TYPE_VAR_STRING", value: "a" },
        ],
        [{ value: null }, { value: null, indicator: "default" }],
        [{ value: "-1" }, { value: null, indicator: "ignore" }],
      ],
      boundTypes: [{ type: 3 }, { type: 253 }],
    },
  });
});

it("uses the types bound before where none are sent, and says so where none were", () => {
  const later = Buffer.concat([sent.subarray(0, 5), Buffer.of(0, 0), sent.subarray(11)]);
  const types = [
    { type: 3, unsigned: true, name: null },
    { type: 253, unsigned: false, name: null },
  ];
  const decoded = decodeComStmtBulkExecute(later, { ...context, types });
  expect(decoded.ok && decoded.value.sets.map(([first]) => first?.value)).toEqual(["7", null, "4294967295"]);
  expect(decodeComStmtBulkExecute(later, context)).toEqual({
    ok: false,
    malformed: "COM_STMT_BULK_EXECUTE: the types of its parameters were not bound",
  });
});

it("reads the types alone where no values are wanted", () => {
  const decoded = decodeComStmtBulkExecute(sent, { ...context, values: false });
  expect(decoded).toMatchObject({ ok: true, value: { sets: [], boundTypes: [{ type: 3 }, { type: 253 }] } });
});

it.each([
  ["a set that is cut", sent.subarray(0, -1)],
  ["an indicator that is none", Buffer.concat([sent, Buffer.of(9)])],
])("says what is wrong with %s", (_what, bytes) => {
  expect(decodeComStmtBulkExecute(bytes, context).ok).toBe(false);
});

it("does not loop over values of a statement without parameters", () => {
  expect(decodeComStmtBulkExecute(Buffer.concat([sent.subarray(0, 5), Buffer.of(0, 0, 1, 2)]), { ...context, parameters: 0 }).ok).toBe(
    false,
  );
});
