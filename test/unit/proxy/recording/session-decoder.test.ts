import { describe, expect, it } from "vitest";
import type { Statement } from "../../../../proxy/model/statement.ts";
import type { Value } from "../../../../proxy/model/value.ts";
import { Capability } from "../../../../proxy/protocol/capabilities.ts";
import { maxPayload, PacketWriter, toPackets } from "../../../../proxy/protocol/packet-writer.ts";
import type { DecoderOptions } from "../../../../proxy/recording/decoder-sink.ts";
import { FrameKind } from "../../../../proxy/recording/frame.ts";
import { SessionDecoder } from "../../../../proxy/recording/session-decoder.ts";
import { openFrame } from "../../../support/wire/transcript.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const packets = (first: number, ...payloads: Buffer[]): Buffer =>
  Buffer.concat(payloads.map((payload, index) => toPackets(payload, first + index)));
const command = (...payload: (string | number | Buffer)[]): Buffer =>
  toPackets(Buffer.concat(payload.map((part) => (typeof part === "number" ? Buffer.of(part) : Buffer.from(part as string)))), 0);
const query = (sql: string): Buffer => command(3, sql);

const ok = hex("00 01 00 0200 0300");
const eof = hex("fe 0000 0200");
const err = Buffer.concat([hex("ff 7a04 23"), Buffer.from("42S02no such table")]);
const column = (name: string, type: number, characterSet = 45): Buffer => {
  const names = ["def", "shop", "c", "customers", name, name];
  const writer = names.reduce((into, text) => into.lengthEncodedText(text), new PacketWriter());
  return writer.lengthEncoded(12).uint16(characterSet).uint32(80).uint8(type).uint16(0).uint8(0).zeros(2).payload();
};
const result = (...rows: string[]): Buffer =>
  packets(1, Buffer.of(1), column("v", 253), eof, ...rows.map((row) => new PacketWriter().lengthEncodedText(row).payload()), eof);
const prepareOk = (id: number, columns: number, parameters: number): Buffer =>
  packets(
    1,
    new PacketWriter().uint8(0).uint32(id).uint16(columns).uint16(parameters).uint8(0).uint16(0).payload(),
    ...(parameters > 0 ? [...Array.from({ length: parameters }, () => column("?", 253)), eof] : []),
    ...(columns > 0 ? [...Array.from({ length: columns }, () => column("v", 253)), eof] : []),
  );

type Given = readonly ["client" | "upstream" | "gap" | "close", Buffer | object];

interface Heard {
  readonly statements: Statement[];
  readonly rows: (readonly Value[] | null)[];
  readonly notes: unknown[];
}

/** Decodes frames that come a millisecond apart from 1000 µs on, each at an offset of 100 times its number. */
function decode(given: readonly Given[], capabilities = 0, options?: DecoderOptions, rows = true): Heard {
  const heard: Heard = { statements: [], rows: [], notes: [] };
  const decoder = new SessionDecoder(
    {
      statement: (statement) => void heard.statements.push(statement),
      ...(rows && { row: (_seq, _result, row) => void heard.rows.push(row.values()) }),
      note: (note) => void heard.notes.push(note),
    },
    options,
  );
  const frames: Given[] = [["close", {}], ...given];
  frames.forEach(([kind, payload], index) => {
    const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload));
    const opening = index === 0;
    decoder.frame({
      kind: opening ? FrameKind.open : FrameKind[kind],
      at: index * 1000,
      payload: opening ? Buffer.from(JSON.stringify(openFrame(capabilities))) : bytes,
      offset: index * 100,
      end: index * 100 + 100,
    });
  });
  return heard;
}

describe("a statement", () => {
  it("has its text, what was answered, its times, its bytes and its places", () => {
    const { statements } = decode([
      ["client", query("UPDATE t SET a = 1")],
      ["upstream", packets(1, ok)],
    ]);
    expect(statements).toMatchObject([
      {
        seq: 1,
        at: 1000,
        command: "COM_QUERY",
        sql: "UPDATE t SET a = 1",
        sqlCutFrom: null,
        params: null,
        outcome: "ok",
        rows: null,
        affected: 1,
        warnings: 3,
        durationUs: 1000,
        firstByteUs: 1000,
        bytesIn: 23,
        bytesOut: 11,
        partial: false,
        decodeFailed: null,
        commandAt: { frame: 100, skip: 0 },
        answerAt: { frame: 200, skip: 0 },
        context: null,
      },
    ]);
  });

  it("is timed from its last byte to the answer's first and last", () => {
    const sent = query("SELECT v");
    const answer = result("a", "b");
    const { statements } = decode([
      ["client", sent.subarray(0, 6)],
      ["client", sent.subarray(6)],
      ["upstream", answer.subarray(0, 8)],
      ["upstream", answer.subarray(8, 20)],
      ["upstream", answer.subarray(20)],
    ]);
    expect(statements).toMatchObject([{ at: 1000, firstByteUs: 1000, durationUs: 3000, rows: 2, bytesOut: answer.length }]);
  });

  it("starts where its header does, in an earlier frame too", () => {
    const [first, second] = [query("DO 1"), query("DO 22")];
    const { statements } = decode([
      ["client", Buffer.concat([first, second.subarray(0, 2)])],
      ["client", second.subarray(2)],
      ["upstream", Buffer.concat([packets(1, ok), packets(1, ok).subarray(0, 3)])],
      ["upstream", packets(1, ok).subarray(3)],
    ]);
    expect(statements.map(({ commandAt, answerAt }) => [commandAt, answerAt])).toEqual([
      [
        { frame: 100, skip: 0 },
        { frame: 300, skip: 0 },
      ],
      [
        { frame: 100, skip: first.length },
        { frame: 300, skip: 11 },
      ],
    ]);
  });

  it("has the error that answered it, behind rows too", () => {
    const { statements, rows } = decode([
      ["client", query("SELECT v")],
      ["upstream", Buffer.concat([result("a").subarray(0, -9), packets(5, err)])],
    ]);
    expect(statements).toMatchObject([{ outcome: "error", errno: 1146, sqlstate: "42S02", message: "no such table", rows: 1 }]);
    expect(rows).toEqual([["a"]]);
  });

  it("is aborted where the session ends before its answer does", () => {
    const { statements } = decode([
      ["client", Buffer.concat([query("SELECT v"), query("DO 1")])],
      ["upstream", result("a").subarray(0, -9)],
      ["close", {}],
    ]);
    expect(statements.map(({ sql, outcome, durationUs, rows, answerAt }) => [sql, outcome, durationUs, rows, answerAt !== null])).toEqual([
      ["SELECT v", "aborted", null, 1, true],
      ["DO 1", "aborted", null, null, false],
    ]);
  });

  it("without an answer in the protocol is complete when it is sent", () => {
    expect(decode([["client", command(1)]]).statements).toMatchObject([
      { command: "COM_QUIT", outcome: "ok", durationUs: null, answerAt: null },
    ]);
  });

  it("is partial where a gap falls into it", () => {
    const gap = { reason: "capture-limit", detail: "", direction: "upstream", bytes: 9, sha256: null };
    const { statements } = decode([
      ["client", query("DO 1")],
      ["gap", gap],
      ["upstream", packets(1, ok)],
      ["client", query("DO 2")],
      ["upstream", packets(1, ok)],
    ]);
    expect(statements.map(({ partial }) => partial)).toEqual([true, false]);
  });

  it("whose answer cannot be followed says so, and the next is followed again", () => {
    const { statements } = decode([
      ["client", command(0x16, "SELECT 1")],
      ["upstream", packets(1, hex("03"))],
      ["client", query("DO 2")],
      ["upstream", packets(1, ok)],
    ]);
    expect(statements.map(({ decodeFailed, outcome }) => [decodeFailed, outcome])).toEqual([
      ["a COM_STMT_PREPARE_OK was due", "ok"],
      [null, "ok"],
    ]);
  });

  it("does not own what the upstream says unasked", () => {
    const { statements } = decode([
      ["client", query("DO 1")],
      ["upstream", Buffer.concat([packets(1, ok), packets(0, err)])],
    ]);
    expect(statements).toMatchObject([{ outcome: "ok", bytesOut: 11 }]);
  });

  it("counts the bytes of its LOCAL INFILE content", () => {
    const load = query("LOAD DATA LOCAL INFILE 'f' INTO TABLE t");
    const { statements } = decode([
      ["client", load],
      ["upstream", packets(1, Buffer.from("\xfbf", "latin1"))],
      ["client", packets(2, Buffer.from("\x03looks like a query"), Buffer.alloc(0))],
      ["upstream", packets(4, ok)],
    ]);
    expect(statements).toMatchObject([{ outcome: "ok", bytesIn: load.length + 4 + 19 + 4, affected: 1 }]);
  });

  it("of 16 MiB is one, with its whole text and all its headers counted", () => {
    const sql = `SELECT '${"x".repeat(maxPayload)}'`;
    const { statements } = decode([
      ["client", query(sql)],
      ["upstream", packets(1, ok)],
    ]);
    expect(statements.map(({ sql: text, bytesIn }) => [text === sql, bytesIn])).toEqual([[true, sql.length + 1 + 8]]);
  });
});

describe("a text", () => {
  const options = (commandBytes: number): DecoderOptions => ({ commandBytes, params: false });

  it("that is cut says how long it is", () => {
    const { statements } = decode(
      [
        ["client", query("SELECT 1234567")],
        ["upstream", packets(1, ok)],
      ],
      0,
      options(8),
    );
    expect(statements).toMatchObject([{ sql: "SELECT ", sqlCutFrom: 14 }]);
  });

  it("that is cut inside a character is still read as UTF-8", () => {
    const sql = "SELECT 'é€😀'";
    const length = Buffer.byteLength(sql);
    for (let kept = 2; kept <= length; kept += 1) {
      const [statement] = decode(
        [
          ["client", query(sql)],
          ["upstream", packets(1, ok)],
        ],
        0,
        options(kept),
      ).statements;
      expect(sql.startsWith(statement?.sql ?? "?")).toBe(true);
      expect(Buffer.byteLength(statement?.sql ?? "")).toBeGreaterThanOrEqual(kept - 4);
      expect(statement?.sqlCutFrom).toBe(length);
    }
  });

  it("behind query attributes is found, and its length is its own", () => {
    const attributes = hex("01 01 00 01 fe00 046e616d65 0576616c7565");
    const sent = command(3, attributes, "SELECT 1");
    const [whole] = decode(
      [
        ["client", sent],
        ["upstream", packets(1, ok)],
      ],
      Capability.QUERY_ATTRIBUTES,
    ).statements;
    expect(whole).toMatchObject({ sql: "SELECT 1", sqlCutFrom: null });
    expect(whole?.attributes).toEqual([{ name: "name", type: "MYSQL_TYPE_STRING", unsigned: false, value: "value" }]);
    const kept = attributes.length + 4;
    const [cut] = decode(
      [
        ["client", sent],
        ["upstream", packets(1, ok)],
      ],
      Capability.QUERY_ATTRIBUTES,
      options(kept),
    ).statements;
    expect(cut).toMatchObject({ sql: "SEL", sqlCutFrom: 8 });
  });

  it("that is not UTF-8 is read in the session's character set, or byte by byte", () => {
    const { statements } = decode([
      ["client", command(3, Buffer.from("SELECT 'é'", "latin1"))],
      ["upstream", packets(1, ok)],
    ]);
    expect(statements).toMatchObject([{ sql: "SELECT 'é'" }]);
  });
});

describe("a prepared statement", () => {
  const execute = (flags: number, rest: string): Buffer => command(0x17, hex("07000000"), flags, hex("01000000"), hex(rest));
  const bound = "00 01 0800 fd00 2a00000000000000 0161";
  const prepared: Given[] = [
    ["client", command(0x16, "SELECT v FROM t WHERE a = ? AND b = ?")],
    ["upstream", prepareOk(7, 1, 2)],
  ];
  const binary = (...values: string[]): Buffer =>
    packets(
      1,
      Buffer.of(1),
      column("v", 253),
      eof,
      ...values.map((value) => new PacketWriter().uint8(0).uint8(0).lengthEncodedText(value).payload()),
      eof,
    );
  const values = (statement: Statement | undefined) => statement?.params?.map(({ value }) => value);

  it("shows its text and its parameters with each execution", () => {
    const { statements, rows } = decode([...prepared, ["client", execute(0, bound)], ["upstream", binary("r")]]);
    expect(statements[1]).toMatchObject({
      command: "COM_STMT_EXECUTE",
      sql: "SELECT v FROM t WHERE a = ? AND b = ?",
      params: [
        { name: null, type: "MYSQL_TYPE_LONGLONG", unsigned: false, value: "42" },
        { name: null, type: "MYSQL_TYPE_VAR_STRING", unsigned: false, value: "a" },
      ],
      rows: 1,
      context: { prepare: 1, types: null, longData: [], columns: null },
    });
    expect(rows).toEqual([["r"]]);
  });

  it("uses the types that an earlier execution bound, and names it", () => {
    const { statements } = decode([
      ...prepared,
      ["client", execute(0, bound)],
      ["upstream", binary("r")],
      ["client", execute(0, "01 00 0162")],
      ["upstream", binary("s")],
    ]);
    expect(values(statements[2])).toEqual([null, "b"]);
    expect(statements[2]?.context).toEqual({ prepare: 1, types: 2, longData: [], columns: null });
  });

  it("takes values from long data, in pieces, once", () => {
    const piece = (text: string): Given => ["client", command(0x18, hex("07000000 0100"), text)];
    const { statements } = decode([
      ...prepared,
      piece("lo"),
      piece("ng"),
      ["client", execute(0, "00 01 0800 fd00 2a00000000000000")],
      ["upstream", binary("r")],
      ["client", execute(0, "00 00 2b00000000000000 0162")],
      ["upstream", binary("s")],
    ]);
    expect(statements.map((statement) => values(statement) ?? null)).toEqual([null, null, null, ["42", "long"], ["43", "b"]]);
    expect(statements.map(({ context }) => context?.longData ?? null)).toEqual([null, [], [], [2, 3], []]);
  });

  it("forgets long data when it is reset", () => {
    const { statements } = decode([
      ...prepared,
      ["client", command(0x18, hex("07000000 0100"), "gone")],
      ["client", command(0x1a, hex("07000000"))],
      ["upstream", packets(1, ok)],
      ["client", execute(0, bound)],
      ["upstream", binary("r")],
    ]);
    expect(values(statements[3])).toEqual(["42", "a"]);
  });

  it("brings the rows of its cursor by COM_STMT_FETCH, with the columns of the execution", () => {
    const cursor = packets(1, Buffer.of(1), column("v", 253), hex("fe 0000 4200"));
    const row = new PacketWriter().uint8(0).uint8(0).lengthEncodedText("fetched").payload();
    const { statements, rows } = decode([
      ...prepared,
      ["client", execute(1, bound)],
      ["upstream", cursor],
      ["client", command(0x1c, hex("07000000 01000000"))],
      ["upstream", packets(1, row, hex("fe 0000 4200"))],
      ["client", command(0x1c, hex("07000000 01000000"))],
      ["upstream", packets(1, hex("fe 0000 8200"))],
    ]);
    expect(statements.map(({ rows: count }) => count)).toEqual([null, 0, 1, 0]);
    expect(statements[2]?.context).toEqual({ prepare: 1, types: null, longData: [], columns: 2 });
    expect(rows).toEqual([["fetched"]]);
  });

  it("can be executed before its preparation is answered, by the id that means the last one", () => {
    const last = (rest: string): Buffer => command(0x17, hex("ffffffff 00 01000000"), hex(rest));
    const { statements } = decode([
      ["client", Buffer.concat([command(0x16, "SELECT ?, ?"), last(bound), last("00 00 2b00000000000000 0162")])],
      ["upstream", Buffer.concat([prepareOk(7, 1, 2), binary("r"), binary("s")])],
    ]);
    expect(statements.map((statement) => values(statement) ?? null)).toEqual([null, ["42", "a"], ["43", "b"]]);
    expect(statements[2]?.context).toEqual({ prepare: 1, types: 2, longData: [], columns: null });
  });

  it("is not known any more after a reset of the connection", () => {
    const { statements } = decode([
      ...prepared,
      ["client", command(0x1f)],
      ["upstream", packets(1, ok)],
      ["client", execute(0, bound)],
      ["upstream", packets(1, err)],
    ]);
    expect(statements[2]).toMatchObject({
      sql: null,
      params: null,
      decodeFailed: "the statement it names was not prepared in this recording",
    });
  });

  it("whose execution is malformed says so and is shown with its rows", () => {
    const { statements, rows } = decode([...prepared, ["client", execute(0, "00 01 0800 fd00 2a")], ["upstream", binary("r")]]);
    expect(statements[1]?.decodeFailed).toMatch(/^COM_STMT_EXECUTE: /);
    expect(rows).toEqual([["r"]]);
  });

  it("binds types though their values are not wanted", () => {
    const options = { commandBytes: 1000, params: false };
    const { statements } = decode(
      [
        ...prepared,
        ["client", execute(0, bound)],
        ["upstream", binary("r")],
        ["client", execute(0, "00 00 2b00000000000000 0162")],
        ["upstream", binary("s")],
      ],
      0,
      options,
    );
    expect(statements.map(({ params, context }) => [params, context?.types ?? null])).toEqual([
      [null, null],
      [null, null],
      [null, 2],
    ]);
  });
});

describe("what cannot be decoded", () => {
  it("is no row, and its statement says why", () => {
    const { statements, rows } = decode([
      ["client", query("SELECT v")],
      ["upstream", packets(1, Buffer.of(1), column("v", 253), eof, hex("05 61"), eof)],
    ]);
    expect(rows).toEqual([null]);
    expect(statements).toMatchObject([{ rows: 1, outcome: "ok", decodeFailed: "text row: 5 bytes expected at 1, 1 there" }]);
  });

  it("among column definitions leaves the rows without columns", () => {
    const { statements, rows } = decode([
      ["client", query("SELECT v")],
      ["upstream", packets(1, Buffer.of(2), hex("03646566"), column("v", 253), eof, hex("0161 0162"), eof)],
    ]);
    expect(rows).toEqual([null]);
    expect(statements[0]?.decodeFailed).toMatch(/^ColumnDefinition41: /);
  });

  it("in JSON is passed over", () => {
    expect(
      decode([
        ["gap", Buffer.from("{no json")],
        ["close", Buffer.from("null")],
        ["gap", Buffer.from("7")],
      ]).statements,
    ).toEqual([]);
  });
});

it("tells of an error's message the same whether rows are wanted or not", () => {
  const long = Buffer.concat([hex("ff 7a04 23"), Buffer.from(`42S02${"x".repeat(9000)}`)]);
  const given: Given[] = [
    ["client", query("SELECT v")],
    ["upstream", packets(1, long)],
  ];
  expect(decode(given, 0, undefined, false).statements).toEqual(
    decode(given).statements.map((statement) => ({ ...statement, session: expect.any(String) })),
  );
});

it("reads an OK_Packet with more session state than it keeps", () => {
  const tracked = Buffer.concat([hex("00 05 00 0240 0000 00 fd"), Buffer.alloc(60_000, 1)]);
  const { statements } = decode(
    [
      ["client", query("DO 1")],
      ["upstream", packets(1, tracked)],
    ],
    Capability.SESSION_TRACK,
    undefined,
    false,
  );
  expect(statements).toMatchObject([{ affected: 5, decodeFailed: null }]);
});
