import { describe, expect, it } from "vitest";
import { Capability } from "../../../../proxy/protocol/capabilities.ts";
import { decodeColumnDefinition } from "../../../../proxy/protocol/column-definition.ts";
import { decodeComStmtPrepareOk } from "../../../../proxy/protocol/com-stmt-prepare-ok.ts";
import { decodeErrPacket, encodeErrPacket } from "../../../../proxy/protocol/err-packet.ts";
import { decodeOkPacket } from "../../../../proxy/protocol/ok-packet.ts";
import type { Decoded } from "../../../../proxy/protocol/packet-reader.ts";
import { decodeRow } from "../../../../proxy/protocol/row.ts";
import { capturedSessions } from "../../../support/wire/captured.ts";
import { decoded } from "../../../support/wire/read-results.ts";

/** The payloads with which each captured session answered `what`. */
function answersTo(what: string): [string, Buffer[]][] {
  return capturedSessions().map(({ server, capabilities, answers }) => [
    `${server} ${(capabilities & Capability.DEPRECATE_EOF) === 0 ? "with" : "without"} EOF_Packets`,
    (answers.find((answer) => answer.what === what)?.answer ?? []).map((payload) => Buffer.from(payload, "hex")),
  ]);
}

const last = (payloads: readonly Buffer[]): Buffer => payloads.at(-1) ?? Buffer.alloc(0);
const at = (payloads: readonly Buffer[], index: number): Buffer => payloads[index] ?? Buffer.alloc(0);

/** Cut off anywhere, a packet is malformed or read as far as it goes, and nothing is thrown. */
function expectTotal<T>(payload: Buffer, decode: (payload: Buffer) => Decoded<T>): void {
  for (let length = 0; length < payload.length; length += 1) {
    const result = decode(payload.subarray(0, length));
    if (!result.ok) expect(result.malformed).toMatch(/: \d+ bytes expected at \d+, \d+ there$/);
  }
}

describe("OK_Packet", () => {
  it.each(answersTo("an insert"))("of %s tells the rows, the id and the status", (_, answer) => {
    const payload = at(answer, 0);
    expect(decoded(decodeOkPacket(payload))).toMatchObject({ affectedRows: 2n, lastInsertId: 1n, warnings: 0 });
    expectTotal(payload, decodeOkPacket);
  });

  it.each(answersTo("a change of schema"))("of %s is read before its session state", (_, answer) => {
    expect(decoded(decodeOkPacket(at(answer, 0)))).toMatchObject({ affectedRows: 0n, lastInsertId: 0n });
  });

  it("has counts of 64 bits", () => {
    const payload = Buffer.from("00feffffffffffffffff fe0000000000000080 0200 ffff".replaceAll(" ", ""), "hex");
    expect(decoded(decodeOkPacket(payload))).toEqual({
      affectedRows: 18446744073709551615n,
      lastInsertId: 9223372036854775808n,
      statusFlags: 2,
      warnings: 65535,
    });
  });
});

describe("ERR_Packet", () => {
  it.each(answersTo("an error"))("of %s tells number, state and message", (_, answer) => {
    const payload = at(answer, 0);
    expect(decoded(decodeErrPacket(payload))).toEqual({
      errno: 1146,
      sqlstate: "42S02",
      message: "Table 'captured.nowhere' doesn't exist",
    });
    expectTotal(payload.subarray(0, 3), decodeErrPacket);
  });

  it("without a state, as before the capabilities are agreed, has the general one", () => {
    const err = { errno: 1040, sqlstate: "08004", message: "Too many connections" };
    expect(decoded(decodeErrPacket(encodeErrPacket(err, false)))).toEqual({ ...err, sqlstate: "HY000" });
    expect(decoded(decodeErrPacket(encodeErrPacket(err)))).toEqual(err);
  });
});

describe("ColumnDefinition41", () => {
  const item = { schema: "captured", table: "items", orgTable: "items" };
  it.each(answersTo("no rows"))("of %s tells where the column is from and what it is", (_, answer) => {
    const columns = answer.slice(1, 4).map((payload) => decoded(decodeColumnDefinition(payload)).column);
    expect(columns).toMatchObject([
      { ...item, name: "id", orgName: "id", type: "INT", unsigned: false, characterSet: 63, length: 11, decimals: 0 },
      { ...item, name: "name", orgName: "name", type: "VARCHAR", unsigned: false, characterSet: 45, length: 40 },
      { ...item, name: "price", orgName: "price", type: "DECIMAL", unsigned: false, characterSet: 63, length: 12, decimals: 2 },
    ]);
    for (const payload of answer.slice(1, 4)) expectTotal(payload, decodeColumnDefinition);
  });

  it.each(answersTo("COM_FIELD_LIST"))("of %s is read before the default value that COM_FIELD_LIST adds", (_, answer) => {
    expect(answer.slice(0, 3).map((payload) => decoded(decodeColumnDefinition(payload)).column.name)).toEqual(["id", "name", "price"]);
  });
});

describe("a row", () => {
  it.each(answersTo("one row"))("of text from %s", (_, answer) => {
    const columns = answer.slice(1, 4).map((payload) => decoded(decodeColumnDefinition(payload)));
    const row = at(answer, answer.length - 2);
    expect(decoded(decodeRow(row, columns, false))).toEqual(["1", null, "x"]);
    expectTotal(row, (payload) => decodeRow(payload, columns, false));
  });

  it.each(answersTo("an execution that binds types"))("of the binary protocol from %s", (_, answer) => {
    const columns = answer.slice(1, 4).map((payload) => decoded(decodeColumnDefinition(payload)));
    const rows = answer.slice(-5, -1).map((payload) => decoded(decodeRow(payload, columns, true)));
    expect(rows).toEqual([
      ["1", "x", "1.50"],
      ["2", "y", "2.50"],
      ["3", "p", "1.00"],
      ["4", "q", "2.00"],
    ]);
    expectTotal(at(answer, answer.length - 2), (payload) => decodeRow(payload, columns, true));
  });
});

describe("COM_STMT_PREPARE_OK", () => {
  it.each(answersTo("a preparation with parameters and columns"))("of %s tells what follows it", (_, answer) => {
    expect(decoded(decodeComStmtPrepareOk(at(answer, 0)))).toMatchObject({ columns: 3, parameters: 2, warnings: 0 });
    expectTotal(at(answer, 0), decodeComStmtPrepareOk);
  });

  it.each(answersTo("a preparation with nothing"))("of %s has neither where the statement has neither", (_, answer) => {
    expect(decoded(decodeComStmtPrepareOk(last(answer)))).toMatchObject({ columns: 0, parameters: 0 });
  });

  it("from a server of before 4.1's warnings ends early", () => {
    expect(decoded(decodeComStmtPrepareOk(Buffer.from("00 07000000 0100 0200".replaceAll(" ", ""), "hex")))).toEqual({
      statementId: 7,
      columns: 1,
      parameters: 2,
      warnings: 0,
    });
  });
});
