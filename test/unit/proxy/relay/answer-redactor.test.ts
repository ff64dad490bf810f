import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Capability } from "../../../../proxy/protocol/capabilities.ts";
import { encodeErrPacket } from "../../../../proxy/protocol/err-packet.ts";
import { PacketWriter, toPackets } from "../../../../proxy/protocol/packet-writer.ts";
import { AnswerRedactor } from "../../../../proxy/relay/answer-redactor.ts";
import { CommandPhase } from "../../../../proxy/relay/command-phase.ts";

const err = (errno: number, message: string): Buffer => toPackets(encodeErrPacket({ errno, sqlstate: "42000", message }), 1);
const row = toPackets(Buffer.from("\x05hello"), 2);

function recorded(chunks: readonly Buffer[], answersSecrets = true) {
  const redactor = new AnswerRedactor({ answersSecret: () => answersSecrets, arrivedRow: false });
  const pieces = chunks.flatMap((chunk) => redactor.push(chunk) ?? [{ bytes: chunk, recorded: chunk, redacted: 0 }]);
  const rest = redactor.finish();
  if (rest !== null) pieces.push(rest);
  return {
    forwarded: Buffer.concat(pieces.map(({ bytes }) => bytes)),
    recorded: Buffer.concat(pieces.map(({ recorded: bytes }) => bytes)),
    redacted: pieces.reduce((sum, piece) => sum + piece.redacted, 0),
  };
}

it("what an error quotes of a statement with a secret is forwarded and not recorded", () => {
  const packet = err(1064, "… to use near 'BY 'hunter2'' at line 1");
  expect(recorded([packet])).toEqual({ forwarded: packet, recorded: err(1064, "… to use near '<redacted>' at line 1"), redacted: 1 });
  expect(recorded([err(1231, "Variable 'x' can't be set to the value of 'hunter2")]).recorded.toString()).not.toContain("hunter2");
});

it("messages that quote names, or nothing, and errors of other statements are recorded as they are", () => {
  for (const packet of [err(1396, "Operation CREATE USER failed for 'u'@'h'"), err(1819, "Your password does not satisfy"), row]) {
    expect(recorded([packet]).recorded).toEqual(packet);
  }
  const other = err(1064, "… to use near 'FRM users WHERE password = 'x'' at line 1");
  expect(recorded([other], false).recorded).toEqual(other);
});

it("of commands that are sent together only the error that answers the secret one is recorded without what it quotes", () => {
  const phase = new CommandPhase(Capability.PROTOCOL_41);
  const query = (sql: string): Buffer => toPackets(Buffer.from(`\x03${sql}`), 0);
  phase.fromClient(Buffer.concat([query("SELEC 'shown'"), query("SET PASSWRD = 1; SET PASSWORD = 'hunter2'"), query("FRM 'shown'")]));
  const redactor = new AnswerRedactor(phase);
  const near = (text: string): Buffer => err(1064, `… to use near '${text}' at line 1`);
  const answers = Buffer.concat([near("SELEC 'shown'"), near("PASSWRD = 1; hunter2"), near("FRM 'shown'")]);
  const pieces = redactor.push(answers) ?? [];
  expect(Buffer.concat(pieces.map(({ bytes }) => bytes))).toEqual(answers);
  expect(Buffer.concat(pieces.map(({ recorded: bytes }) => bytes))).toEqual(
    Buffer.concat([near("SELEC 'shown'"), near("<redacted>"), near("FRM 'shown'")]),
  );
});

it("a row that looks like the definition of a column is recorded as it is", () => {
  const phase = new CommandPhase(Capability.PROTOCOL_41 | Capability.DEPRECATE_EOF);
  phase.fromClient(toPackets(Buffer.from("\x03SELECT * FROM looks_like_a_definition"), 0));
  const redactor = new AnswerRedactor(phase);
  const row = new PacketWriter();
  for (const text of ["def", "", "", "", "IDENTIFIED BY 'a card number'", "", "as long as what stands behind"]) row.lengthEncodedText(text);
  const definition = toPackets(row.payload(), 2);
  const answer = Buffer.concat([toPackets(Buffer.of(1), 1), definition, toPackets(row.payload(), 3)]);
  const recordedBytes = Buffer.concat((redactor.push(answer) ?? []).map(({ recorded: bytes }) => bytes));
  expect(recordedBytes.subarray(-definition.length)).toEqual(toPackets(row.payload(), 3));
  expect(recordedBytes.subarray(0, -definition.length).toString()).not.toContain("a card number");
});

it("a syntax error that quotes a statement kept elsewhere is recorded without its secret", () => {
  const packet = err(1064, "… to use near 'WTH x; ALTER USER u IDENTIFIED BY 'hunter2'' at line 1");
  expect(recorded([packet], false).recorded.toString()).not.toContain("hunter2");
});

it("the name that a column has from an expression is recorded without its secret, and other columns as they are", () => {
  const column = (name: string): Buffer => {
    const block = new PacketWriter().lengthEncodedText("def").lengthEncodedText("").lengthEncodedText("").lengthEncodedText("");
    return toPackets(
      block.lengthEncodedText(name).lengthEncodedText("").bytes(Buffer.from("0c2d0064000000fd01001f0000", "hex")).payload(),
      2,
    );
  };
  const bytes = Buffer.concat([column("a"), column("PASSWORD('hunter2')"), column("AES_ENCRYPT('shown', 'hunter2"), column("b")]);
  const expected = Buffer.concat([column("a"), column("PASSWORD('<redacted>')"), column("AES_ENCRYPT('shown', '<redacted>"), column("b")]);
  for (let place = 0; place < bytes.length; place += 1) {
    const result = recorded([bytes.subarray(0, place), bytes.subarray(place)], false);
    expect(result).toEqual({ forwarded: bytes, recorded: expected, redacted: 2 });
  }
});

it("the name that a column has from an expression is recorded without its secret in UTF-16 too", () => {
  const column = (name: string): Buffer => {
    const block = new PacketWriter();
    for (const text of ["def", "", "", "", name, ""]) block.lengthEncodedBytes(Buffer.from(text, "utf16le").swap16());
    return toPackets(block.bytes(Buffer.from("0c230064000000fd01001f0000", "hex")).payload(), 2);
  };
  expect(recorded([column("PASSWORD('hunter2é')")], false).recorded).toEqual(column("PASSWORD('<redacted>')"));
});

it("answers are recorded alike in whatever pieces they come, and go on as they are", () => {
  const bytes = Buffer.concat([row, row, err(1064, "near 'hunter2' at"), row, err(1, "x"), err(1231, "'hunter2'"), row]);
  const whole = recorded([bytes]);
  expect(whole.recorded.toString()).not.toContain("hunter2");
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 10 }), (places) => {
      const cuts = [0, ...places.sort((a, b) => a - b), bytes.length];
      expect(recorded(cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end)))).toEqual(whole);
    }),
  );
  expect(whole.forwarded).toEqual(bytes);
});

describe("a result set that tells a generated password", () => {
  const packet = (id: number, payload: Buffer | string): Buffer => toPackets(Buffer.from(payload), id);
  const definition = (id: number, name: Buffer | string, table = "", catalog: Buffer | string = "def"): Buffer => {
    const block = new PacketWriter()
      .lengthEncodedBytes(Buffer.from(catalog))
      .lengthEncodedText("")
      .lengthEncodedText(table)
      .lengthEncodedText("");
    return packet(
      id,
      block.lengthEncodedBytes(Buffer.from(name)).lengthEncodedText("").bytes(Buffer.from("0c2d0064000000fd01001f0000", "hex")).payload(),
    );
  };
  const password = "generated password";
  const columns = (third: Buffer | string = password, table = "", coded = (text: string): Buffer => Buffer.from(text)): Buffer[] => [
    packet(1, Buffer.of(4)),
    ...[coded("user"), coded("host"), third, coded("auth_factor")].map((name, index) =>
      definition(2 + index, name, index === 2 ? table : "", coded("def")),
    ),
  ];
  const strings = (...values: readonly string[]): Buffer =>
    Buffer.concat(values.map((value) => new PacketWriter().lengthEncodedText(value).payload()));
  const textRow = (id: number, secret: string): Buffer => packet(id, strings("", "%", secret, "1"));
  const binaryRow = (id: number, secret: string): Buffer =>
    packet(id, Buffer.concat([Buffer.of(0, 0), strings("u", "%", secret), Buffer.from("0100000000000000", "hex")]));
  const [eof, ok] = [Buffer.of(0xfe, 0, 0, 2, 0), Buffer.of(0xfe, 0, 0, 2, 0, 0, 0)];
  const other = [packet(1, Buffer.of(4)), packet(2, strings("a", "b", "shown", "c"))];

  it.each([
    ["as text", (secret: string) => [...columns(), textRow(6, secret), textRow(7, secret), packet(8, ok)]],
    ["behind an EOF_Packet", (secret: string) => [...columns(), packet(6, eof), textRow(7, secret), packet(8, eof)]],
    ["to a prepared statement", (secret: string) => [...columns(), binaryRow(6, secret), packet(7, ok)]],
    [
      "in UTF-16",
      (secret: string) => {
        const wide = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();
        const values = ["u", "%", secret, "1"].map((value) => new PacketWriter().lengthEncodedBytes(wide(value)).payload());
        return [...columns(wide(password), "", wide), packet(6, eof), packet(7, Buffer.concat(values)), packet(8, eof)];
      },
    ],
  ])("is forwarded, and recorded without it, %s and in whatever pieces", (_, answer) => {
    const bytes = Buffer.concat([...answer("hunter2"), ...other]);
    const expected = Buffer.concat([...answer("<redacted>"), ...other]);
    for (let place = 0; place < bytes.length; place += 1) {
      const result = recorded([bytes.subarray(0, place), bytes.subarray(place)], false);
      expect(result.forwarded).toEqual(bytes);
      expect(result.recorded).toEqual(expected);
    }
  });

  it("is no table's, and ends where another answer begins", () => {
    for (const answer of [
      [...columns(password, "people"), textRow(6, "shown"), packet(7, ok)],
      [packet(1, Buffer.alloc(12)), ...columns().slice(1), ...columns("x"), textRow(6, "shown"), packet(7, ok)],
    ]) {
      expect(recorded(answer, false).recorded).toEqual(Buffer.concat(answer));
    }
  });
});

it("an error in the middle of which the server goes away is forwarded and not recorded", () => {
  const part = err(1064, "near 'hunter2' at").subarray(0, 25);
  const result = recorded([row, part]);
  expect(result.forwarded).toEqual(Buffer.concat([row, part]));
  expect(result.recorded.toString()).not.toContain("hunter");
});
