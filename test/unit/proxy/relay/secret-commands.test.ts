import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Capability } from "../../../../proxy/protocol/capabilities.ts";
import { Command } from "../../../../proxy/protocol/command.ts";
import { maxPayload, PacketWriter, toPackets } from "../../../../proxy/protocol/packet-writer.ts";
import { CommandPhase } from "../../../../proxy/relay/command-phase.ts";
import { HeldCommand, heldBytes, searchedBytes } from "../../../../proxy/relay/held-command.ts";
import { redactText } from "../../../../proxy/relay/redacted-command.ts";
import { secretStatements } from "../sql/secrets/secret-statements.ts";

const capabilities = Capability.PROTOCOL_41 | Capability.SECURE_CONNECTION | Capability.PLUGIN_AUTH | Capability.MULTI_STATEMENTS;
const text = (command: number, sql: string | Buffer): Buffer => toPackets(Buffer.concat([Buffer.of(command), Buffer.from(sql)]), 0);
const query = (sql: string | Buffer): Buffer => text(Command.QUERY, sql);
const leaked = /hunter|ter2|68756e74/;

/** What goes on, what is recorded and how many secrets are replaced, for bytes that come in these chunks. */
function relayed(chunks: readonly Buffer[], phase = new CommandPhase(capabilities)) {
  const [forwarded, recorded] = [[] as Buffer[], [] as Buffer[]];
  let redacted = 0;
  for (const chunk of chunks) {
    for (const segment of phase.fromClient(chunk) ?? [{ bytes: chunk, recorded: chunk }]) {
      forwarded.push(segment.bytes);
      recorded.push(segment.recorded);
      redacted += "redacted" in segment ? (segment.redacted ?? 0) : 0;
    }
  }
  return { forwarded: Buffer.concat(forwarded), recorded: Buffer.concat(recorded), redacted };
}

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...at.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

describe("a command with a secret in its text", () => {
  it.each(secretStatements)("is forwarded as it is and recorded without: %s", (_, sql) => {
    for (const command of [Command.QUERY, Command.STMT_PREPARE]) {
      const packet = text(command, sql);
      const { forwarded, recorded, redacted } = relayed([packet]);
      expect(forwarded).toEqual(packet);
      expect(recorded.toString("latin1")).not.toMatch(leaked);
      expect(recorded.toString("latin1")).toContain("<redacted>");
      expect(recorded.readUIntLE(0, 3)).toBe(recorded.length - 4);
      expect(redacted).toBeGreaterThan(0);
    }
  });

  it("is recorded alike in whatever pieces it and its neighbours come", () => {
    const statement = fc.constantFrom(...secretStatements.map(([, sql]) => sql), "SELECT 1", "SELECT password FROM t", "");
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 4 }), fc.array(fc.nat(), { maxLength: 12 }), (statements, places) => {
        const bytes = Buffer.concat(statements.map(query));
        const whole = relayed([bytes]);
        const pieces = relayed(cut(bytes, places));
        expect(pieces).toEqual(whole);
        expect(pieces.forwarded).toEqual(bytes);
        expect(pieces.recorded.toString("latin1")).not.toMatch(leaked);
      }),
      { numRuns: 300 },
    );
  });

  it("leaves the packets around it alone", () => {
    const [before, secret, after] = [query("SELECT 1"), query("SET PASSWORD = 'hunter2'"), query("SELECT 2")];
    const { recorded } = relayed([Buffer.concat([before, secret, after])]);
    expect(recorded).toEqual(Buffer.concat([before, query("SET PASSWORD = '<redacted>'"), after]));
  });

  it("has its query attributes left alone", () => {
    const block = new PacketWriter()
      .uint8(Command.QUERY)
      .lengthEncoded(1)
      .lengthEncoded(1)
      .bytes(Buffer.of(0, 1, 0xfd, 0));
    const head = block.lengthEncodedText("trace").lengthEncodedText("password='shown'").payload();
    const packet = (sql: string): Buffer => toPackets(Buffer.concat([head, Buffer.from(sql)]), 0);
    const phase = new CommandPhase(capabilities | Capability.QUERY_ATTRIBUTES);
    expect(relayed([packet("SET PASSWORD = 'hunter2'")], phase).recorded).toEqual(packet("SET PASSWORD = '<redacted>'"));
  });
});

describe("a long command", () => {
  const limits = { searched: 1000, held: 3000, rest: 1000 };
  const filler = (length: number): string => "x".repeat(length);
  const play = (packet: Buffer, places: readonly number[]) => {
    const command = new HeldCommand((payload) => redactText(payload, capabilities).recorded, true, limits);
    const pieces = [...cut(packet, places).flatMap((chunk) => command.push(chunk)), ...command.end()];
    return {
      forwarded: Buffer.concat(pieces.map(({ bytes }) => bytes)),
      recorded: Buffer.concat(pieces.map(({ recorded }) => recorded)),
      redacted: pieces.reduce((sum, piece) => sum + piece.redacted, 0),
    };
  };

  it.each([
    ["that begins with its secret", `SET PASSWORD = 'hunter2' /* ${filler(1500)} */`],
    ["with a secret behind what has gone on", `SELECT '${filler(2500)}'; SET PASSWORD = 'hunter2'; SELECT '${filler(100)}'`],
    ["with more behind the secret than is held", `SET PASSWORD = 'hunter2'; SELECT '${filler(5000)}'`],
    ["with a key behind what has gone on", `SELECT '${filler(2500)}', AES_ENCRYPT('shown', 'hunter2')`],
    ["with a key behind what has gone on", `SELECT '${filler(2500)}', AES_ENCRYPT('shown', 'hunter2')`],
    ["with everything late and too long", `SELECT '${filler(2500)}'; SET PASSWORD = 'hunter2'; SELECT '${filler(5000)}'`],
    ["without a secret", `SELECT '${filler(9000)}'`],
  ])("%s is recorded alike in whatever pieces it comes, without it", (_, sql) => {
    const packet = query(sql);
    const whole = play(packet, []);
    expect(whole.forwarded).toEqual(packet);
    expect(whole.recorded.toString("latin1")).not.toMatch(leaked);
    expect(whole.recorded.readUIntLE(0, 3)).toBe(whole.recorded.length - 4);
    expect(whole.redacted > 0).toBe(sql.includes("hunter"));
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 20 }), (places) => {
        expect(play(packet, places)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it("of several packets has its headers left where they are, and a word that a header divides is found", () => {
    const before = Buffer.alloc(maxPayload - 1 - "SELECT ''; SET PASS".length, 0x78);
    const packet = query(Buffer.concat([Buffer.from("SELECT '"), before, Buffer.from("'; SET PASSWORD = 'hunter2'; SELECT 1")]));
    const chunks = Array.from({ length: Math.ceil(packet.length / 65_536) }, (_, index) =>
      packet.subarray(index * 65_536, (index + 1) * 65_536),
    );
    const { forwarded, recorded, redacted } = relayed(chunks);
    expect(forwarded.equals(packet)).toBe(true);
    expect(recorded.length).toBe(packet.length);
    expect(recorded.subarray(0, 4 + maxPayload + 4).equals(packet.subarray(0, 4 + maxPayload + 4))).toBe(true);
    expect(recorded.subarray(maxPayload).toString("latin1")).not.toMatch(leaked);
    expect(redacted).toBeGreaterThan(0);
    expect(relayed([packet]).recorded.equals(recorded)).toBe(true);
  });

  it("is never held beyond its limits", () => {
    const chunk = Buffer.alloc(1024 * 1024, 0x78);
    const header = (length: number): Buffer => Buffer.from([length & 255, (length >> 8) & 255, length >> 16, 0, Command.QUERY]);
    let most = 0;
    for (const sql of ["SELECT '", "SET PASSWORD = '"]) {
      const phase = new CommandPhase(capabilities);
      phase.fromClient(Buffer.concat([header(maxPayload), Buffer.from(sql)]));
      for (let pushed = 0; pushed < 14; pushed += 1) {
        phase.fromClient(chunk);
        most = Math.max(most, phase.heldBytes);
      }
      if (sql.startsWith("SELECT")) expect(most).toBeLessThan(searchedBytes + 2 * chunk.length);
    }
    expect(most).toBeLessThan(heldBytes + searchedBytes + chunk.length);
  });
});

describe("a prepared statement with a secret parameter", () => {
  const prepareOk = (id: number, parameters: number): Buffer => {
    const payload = Buffer.alloc(12);
    payload.writeUInt32LE(id, 1);
    payload.writeUInt16LE(parameters, 7);
    const definition = toPackets(Buffer.from("\x03def"), 2);
    return Buffer.concat([
      toPackets(payload, 1),
      ...Array.from({ length: parameters }, () => definition),
      toPackets(Buffer.of(0xfe, 0, 0, 2, 0), 3),
    ]);
  };
  const prepared = (sql: string, parameters: number): CommandPhase => {
    const phase = new CommandPhase(capabilities);
    phase.fromClient(text(Command.STMT_PREPARE, sql));
    phase.fromUpstream(prepareOk(7, parameters));
    return phase;
  };
  const execute = (types: readonly number[] | null, values: readonly Buffer[], nulls = 0): Buffer => {
    const block = new PacketWriter()
      .uint8(Command.STMT_EXECUTE)
      .uint32(7)
      .uint8(0)
      .uint32(1)
      .uint8(nulls)
      .uint8(types === null ? 0 : 1);
    for (const type of types ?? []) block.uint16(type);
    for (const value of values) block.bytes(value);
    return toPackets(block.payload(), 0);
  };
  const string = (value: string): Buffer => new PacketWriter().lengthEncodedText(value).payload();
  const aes = "SELECT AES_ENCRYPT(?, ?)";

  it("is executed as it is, and recorded without its value, also where types are not sent again", () => {
    const phase = prepared(aes, 2);
    for (const types of [[0xfd, 0xfd], null]) {
      const packet = execute(types, [string("shown"), string("hunter2")]);
      const result = relayed([packet], phase);
      expect(result).toEqual({ forwarded: packet, recorded: execute(types, [string("shown"), string("<redacted>")]), redacted: 1 });
    }
  });

  it("is recorded alike in whatever pieces it comes", () => {
    const packet = execute([0xfd, 0xfd], [string("shown"), string("hunter2")]);
    for (let place = 0; place <= packet.length; place += 1) {
      const { forwarded, recorded } = relayed(cut(packet, [place]), prepared(aes, 2));
      expect(forwarded).toEqual(packet);
      expect(recorded).toEqual(execute([0xfd, 0xfd], [string("shown"), string("<redacted>")]));
    }
  });

  it("has numbers and times zeroed, and NULL left", () => {
    const number = execute([0xfd, 0x08], [string("shown"), Buffer.from("68756e7465723200", "hex")]);
    expect(relayed([number], prepared(aes, 2)).recorded).toEqual(execute([0xfd, 0x08], [string("shown"), Buffer.alloc(8)]));
    const day = execute([0xfd, 0x0a], [string("shown"), Buffer.from([4, 1, 2, 3, 4])]);
    expect(relayed([day], prepared(aes, 2)).recorded).toEqual(execute([0xfd, 0x0a], [string("shown"), Buffer.from([4, 0, 0, 0, 0])]));
    const absent = execute([0xfd, 0x06], [string("shown")], 2);
    expect(relayed([absent], prepared(aes, 2)).recorded).toEqual(absent);
  });

  it("has a value that comes by COM_STMT_SEND_LONG_DATA replaced, and other parameters' left", () => {
    const long = (parameter: number, value: string): Buffer =>
      toPackets(new PacketWriter().uint8(Command.STMT_SEND_LONG_DATA).uint32(7).uint16(parameter).text(value).payload(), 0);
    for (const places of [[], [3], [6], [12]]) {
      const phase = prepared(aes, 2);
      const sent = Buffer.concat([long(0, "shown"), long(1, "hunter2"), execute([0xfc, 0xfc], [])]);
      const { forwarded, recorded, redacted } = relayed(cut(sent, places), phase);
      expect(forwarded).toEqual(sent);
      expect(recorded).toEqual(Buffer.concat([long(0, "shown"), long(1, "<redacted>"), execute([0xfc, 0xfc], [])]));
      expect(redacted).toBe(1);
    }
  });

  it("has every row of MariaDB's bulk execution replaced", () => {
    const bulk = (secrets: readonly string[]): Buffer => {
      const block = new PacketWriter().uint8(Command.STMT_BULK_EXECUTE).uint32(7).uint16(128).uint16(0xfd).uint16(0xfd);
      for (const secret of secrets) block.uint8(0).lengthEncodedText("shown").uint8(0).lengthEncodedText(secret);
      return toPackets(block.uint8(1).uint8(1).payload(), 0);
    };
    expect(relayed([bulk(["hunter2", "hunter3"])], prepared(aes, 2)).recorded).toEqual(bulk(["<redacted>", "<redacted>"]));
  });

  it("is recorded without anything behind its id where its bulk execution holds more secrets than can be replaced one by one", () => {
    const rows = Buffer.alloc(4 * 2_000_000);
    const bulk = new PacketWriter().uint8(Command.STMT_BULK_EXECUTE).uint32(7).uint16(128).uint16(0xfd).uint16(0xfd);
    const packet = toPackets(bulk.bytes(rows).payload(), 0);
    const { forwarded, recorded, redacted } = relayed([packet], prepared(aes, 2));
    expect(forwarded.equals(packet)).toBe(true);
    expect([recorded.length, redacted]).toEqual([packet.length, 1]);
  });

  it("is forgotten when it is closed, and executed under MariaDB's id of the last one", () => {
    const phase = prepared(aes, 2);
    const last = execute([0xfd, 0xfd], [string("shown"), string("hunter2")]);
    last.writeUInt32LE(0xffffffff, 5);
    expect(relayed([last], phase).recorded.toString("latin1")).not.toMatch(leaked);
    phase.fromClient(toPackets(Buffer.from([Command.STMT_CLOSE, 7, 0, 0, 0]), 0));
    const packet = execute([0xfd, 0xfd], [string("shown"), string("hunter2")]);
    expect(relayed([packet], phase).recorded).toEqual(packet);
  });

  it("is recorded without its value where it is executed before its preparation is answered, by the id that it will get", () => {
    const secret = execute([0xfd, 0xfd], [string("shown"), string("hunter2")]);
    const [prepare, other] = [text(Command.STMT_PREPARE, aes), text(Command.STMT_PREPARE, "SELECT ?, ?")];
    for (const before of [[prepare], [other, prepare], [prepare, other]]) {
      const phase = new CommandPhase(capabilities);
      const { forwarded, recorded, redacted } = relayed([Buffer.concat([...before, secret])], phase);
      expect(forwarded).toEqual(Buffer.concat([...before, secret]));
      expect(recorded).toEqual(Buffer.concat([...before, execute([0xfd, 0xfd], [string("shown"), string("<redacted>")])]));
      expect(redacted).toBe(1);
    }
  });

  it("is recorded without any value where it may be one of several that are not answered yet", () => {
    const phase = new CommandPhase(capabilities);
    const prepares = [aes, "SET PASSWORD FOR a = ?"].map((sql) => text(Command.STMT_PREPARE, sql));
    const secret = execute([0xfd, 0xfd], [string("shown"), string("hunter2")]);
    const { forwarded, recorded } = relayed([...prepares, secret], phase);
    expect(forwarded).toEqual(Buffer.concat([...prepares, secret]));
    expect(recorded.toString("latin1")).not.toMatch(leaked);
    expect(recorded).toHaveLength(forwarded.length);
  });

  it("is recorded without any value where long data was sent ahead that may be its own, or another's", () => {
    const long = toPackets(new PacketWriter().uint8(Command.STMT_SEND_LONG_DATA).uint32(8).uint16(1).text("hunter2").payload(), 0);
    const prepares = [aes, "SELECT ?, ?"].map((sql) => text(Command.STMT_PREPARE, sql));
    const secret = execute([0xfd, 0xfd], [string("shown"), string("hunter2")]);
    const phase = new CommandPhase(capabilities);
    const ahead = relayed([Buffer.concat([...prepares, long, secret])], phase);
    expect(ahead.recorded.toString("latin1")).not.toMatch(leaked);
    phase.fromUpstream(Buffer.concat([prepareOk(7, 2), prepareOk(8, 2)]));
    expect(relayed([secret], phase).recorded.toString("latin1")).not.toMatch(leaked);
  });

  it("is not taken for another one once its preparation has failed, or was answered", () => {
    const other = execute([0xfd, 0xfd], [string("shown"), string("hunter2")]);
    other.writeUInt32LE(9, 5);
    const failed = new CommandPhase(capabilities);
    failed.fromClient(text(Command.STMT_PREPARE, aes));
    failed.fromUpstream(toPackets(Buffer.from("\xff\x7a\x04#42S02no such table", "latin1"), 1));
    expect(relayed([text(Command.STMT_PREPARE, "SELECT 1"), other], failed).redacted).toBe(0);
    expect(relayed([other], prepared(aes, 2)).redacted).toBe(0);
  });

  it("is forgotten when it is closed before its preparation is answered, or with the connection's reset", () => {
    const close = toPackets(Buffer.from([Command.STMT_CLOSE, 7, 0, 0, 0]), 0);
    const closeLast = toPackets(Buffer.from([Command.STMT_CLOSE, 255, 255, 255, 255]), 0);
    const reset = toPackets(Buffer.from([Command.RESET_CONNECTION]), 0);
    const packet = execute([0xfd, 0xfd], [string("shown"), string("hunter2")]);
    for (const end of [close, closeLast, reset]) {
      const phase = new CommandPhase(capabilities);
      phase.fromClient(Buffer.concat([text(Command.STMT_PREPARE, aes), end]));
      phase.fromUpstream(prepareOk(7, 2));
      expect(relayed([packet], phase).recorded).toEqual(packet);
    }
    const answered = prepared(aes, 2);
    answered.fromClient(closeLast);
    expect(relayed([packet], answered).recorded).toEqual(packet);
  });

  it("is not forgotten because its id was closed before it was prepared", () => {
    const phase = new CommandPhase(capabilities);
    const close = toPackets(Buffer.from([Command.STMT_CLOSE, 7, 0, 0, 0]), 0);
    phase.fromClient(Buffer.concat([text(Command.STMT_PREPARE, aes), close, text(Command.STMT_PREPARE, aes)]));
    phase.fromUpstream(Buffer.concat([prepareOk(6, 2), prepareOk(7, 2)]));
    const secret = execute([0xfd, 0xfd], [string("shown"), string("hunter2")]);
    expect(relayed([secret], phase).recorded).toEqual(execute([0xfd, 0xfd], [string("shown"), string("<redacted>")]));
  });

  it("whose execution cannot be read is recorded without anything behind its id", () => {
    const packet = toPackets(new PacketWriter().uint8(Command.STMT_EXECUTE).uint32(7).text("\0\0\0\0\0\0\x01hunter2").payload(), 0);
    expect(relayed([packet], prepared(aes, 2)).recorded.toString("latin1")).not.toMatch(leaked);
  });
});

it("a replica's password is not recorded", () => {
  const register = (password: string): Buffer => {
    const block = new PacketWriter().uint8(Command.REGISTER_SLAVE).uint32(2).lengthEncodedText("host").lengthEncodedText("user");
    return toPackets(block.lengthEncodedText(password).uint16(3306).uint32(0).uint32(0).payload(), 0);
  };
  expect(relayed([register("hunter2")])).toEqual({ forwarded: register("hunter2"), recorded: register("<redacted>"), redacted: 1 });
  expect(relayed([register("")]).recorded).toEqual(register(""));
});
