import { describe, expect, it } from "vitest";
import { Capability, has, ServerStatus } from "../../../../proxy/protocol/capabilities.ts";
import { Command, semiSyncReply } from "../../../../proxy/protocol/command.ts";
import { Conversation, conversationPrefix } from "../../../../proxy/protocol/conversation.ts";
import { ClientRole, ServerRole } from "../../../../proxy/protocol/packet-role.ts";
import { type CapturedAnswer, capturedSessions } from "../../../support/wire/captured.ts";

const roleNames = new Map(Object.entries(ServerRole).map(([name, role]) => [role, name]));
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

/** Gives packets to the conversation as the relay does, and the names of their roles; stops where the answer ends. */
function rolesOf(conversation: Conversation<string>, packets: readonly Buffer[]): string[] {
  return packets.map((packet) => {
    const kept = Math.min(packet.length, conversationPrefix);
    const role = conversation.server(packet, 0, kept, packet.length);
    if (role === ServerRole.infileRequest) {
      expect(conversation.client(9)).toBe(ClientRole.infileContent);
      expect(conversation.client(0)).toBe(ClientRole.infileEnd);
      conversation.infileEnded();
    }
    return `${roleNames.get(role)}${conversation.ended ? "." : ""}`;
  });
}

/** `name*3` is three of them; `eof?` is there only where EOF_Packets are. */
function expand(roles: string, deprecateEof: boolean): string[] {
  return roles.split(" ").flatMap((word) => {
    const [role = "", times = "1"] = word.split("*");
    if (role === "eof?") return deprecateEof ? [] : ["eof"];
    return Array.from({ length: Number(times) }, () => role);
  });
}

const one = "columnCount columnDefinition eof? row eof";
const three = "columnCount columnDefinition*3 eof?";
const expected: { readonly [what: string]: string } = {
  "a change of schema": "ok.",
  "a change of a variable": "ok.",
  "an insert": "ok.",
  "one row": `${three} row eof.`,
  "no rows": `${three} eof.`,
  "an error": "err.",
  "an error behind rows": "columnCount columnDefinition eof? row err.",
  "three statements": `${one} ok ${one}.`,
  "an error behind a result": `${one} err.`,
  "a procedure": `${one} columnCount columnDefinition*2 eof? row eof ok.`,
  "a local file": "infileRequest ok.",
  "an empty local file": "infileRequest ok.",
  COM_FIELD_LIST: "columnDefinition*3 eof.",
  COM_STATISTICS: "statistics.",
  COM_PING: "ok.",
  COM_DEBUG: "eof.",
  COM_SET_OPTION: "eof.",
  COM_INIT_DB: "ok.",
  "COM_INIT_DB of nothing": "err.",
  "a command that is none": "err.",
  "an empty command": "err.",
  "a preparation with parameters and columns": "prepareOk parameterDefinition*2 eof? columnDefinition*3 eof?",
  "an execution that binds types": `${three} row*4 eof.`,
  "an execution with the types bound before": `${three} row*2 eof.`,
  "an execution with NULL": `${three} eof.`,
  "an execution that opens a cursor": "columnCount columnDefinition*3 eof.",
  "a fetch": "row*2 eof.",
  "the last fetch": "row eof.",
  "a fetch without a cursor": "err.",
  COM_STMT_RESET: "ok.",
  "long data": "",
  "an execution with long data": `${three} row*4 eof.`,
  COM_STMT_CLOSE: "",
  "an execution of what is closed": "err.",
  "a preparation with nothing": "prepareOk.",
  "a preparation with a parameter": "prepareOk parameterDefinition eof?",
  "a preparation with columns": "prepareOk columnDefinition eof?",
  "a preparation that fails": "err.",
  "a preparation of a procedure": "prepareOk parameterDefinition eof?",
  "an execution of a procedure": `${one} columnCount columnDefinition*2 eof? row eof ${one} ok.`,
  COM_RESET_CONNECTION: "ok.",
};

/** Where an answer ends with definitions, the last of them (or its EOF_Packet) is the end. */
function withEnd(roles: string[]): string[] {
  return roles.map((role, index) => (index === roles.length - 1 && !role.endsWith(".") ? `${role}.` : role));
}

for (const { server, capabilities, answers } of capturedSessions()) {
  const deprecateEof = has(capabilities, Capability.DEPRECATE_EOF);
  describe(`the answers of ${server} ${deprecateEof ? "without" : "with"} EOF_Packets`, () => {
    it.each(answers.filter(({ what }) => what in expected).map((answer) => [answer.what, answer] as [string, CapturedAnswer]))(
      "are followed for %s",
      (what, { command, answer }) => {
        const conversation = new Conversation<string>(capabilities);
        const due = conversation.command(Number.parseInt(command.slice(0, 2) || "0", 16), what);
        expect(due).toBe(expected[what] !== "");
        const roles = rolesOf(conversation, answer.map(hex));
        expect(roles).toEqual(due ? withEnd(expand(expected[what] ?? "", deprecateEof)) : []);
        expect(conversation.lost).toBeNull();
        if (due) expect(conversation.finish()?.attachment).toBe(what);
        expect(conversation.pending.length).toBe(0);
      },
    );
  });
}

it("follows COM_PROCESS_INFO, which only MariaDB still answers", () => {
  for (const { server, capabilities, answers } of capturedSessions()) {
    const conversation = new Conversation<string>(capabilities);
    conversation.command(Command.PROCESS_INFO, "");
    const answer = answers.find(({ what }) => what === "COM_PROCESS_INFO")?.answer.map(hex) ?? [];
    const roles = rolesOf(conversation, answer);
    expect(roles.at(-1)).toBe(server === "mysql" ? "err." : "eof.");
    if (server === "mariadb") expect(roles.filter((role) => role === "columnDefinition")).toHaveLength(9);
  }
});

function following(command: number, capabilities = 0): Conversation<string> {
  const conversation = new Conversation<string>(capabilities);
  conversation.command(command, "it");
  return conversation;
}

const ok = hex("00 00 00 0200 0000");
const err = hex("ff 4804 23 4859303030 6e6f");

describe("COM_CHANGE_USER", () => {
  it("ends with the OK_Packet of a server that asks for nothing", () => {
    expect(rolesOf(following(Command.CHANGE_USER), [ok])).toEqual(["ok."]);
  });

  it("takes what the client sends for authentication when the server has asked for it", () => {
    const conversation = following(Command.CHANGE_USER);
    expect(conversation.client(20)).toBe(ClientRole.command);
    expect(rolesOf(conversation, [hex("fe 6d7973716c 00 6161 00")])).toEqual(["authentication"]);
    expect(conversation.client(20)).toBe(ClientRole.authentication);
    conversation.authenticationAnswered();
    expect(conversation.client(20)).toBe(ClientRole.command);
    expect(rolesOf(conversation, [ok])).toEqual(["ok."]);
  });

  it("expects nothing from the client behind a fast authentication that succeeded", () => {
    const conversation = following(Command.CHANGE_USER);
    expect(rolesOf(conversation, [hex("01 03")])).toEqual(["authentication"]);
    expect(conversation.client(20)).toBe(ClientRole.command);
    expect(rolesOf(conversation, [ok])).toEqual(["ok."]);
  });

  it("expects the public key's request and the password of a full authentication", () => {
    const conversation = following(Command.CHANGE_USER);
    for (const packet of [hex("01 04"), Buffer.concat([hex("01"), Buffer.alloc(400, 0x2d)])]) {
      expect(rolesOf(conversation, [packet])).toEqual(["authentication"]);
      expect(conversation.client(256)).toBe(ClientRole.authentication);
      conversation.authenticationAnswered();
    }
    expect(rolesOf(conversation, [err])).toEqual(["err."]);
    conversation.finish();
    expect(conversation.client(20)).toBe(ClientRole.command);
  });
});

describe("streams of a replica", () => {
  it.each([
    ["COM_BINLOG_DUMP", Command.BINLOG_DUMP],
    ["COM_BINLOG_DUMP_GTID", Command.BINLOG_DUMP_GTID],
  ])("%s goes on until an EOF_Packet or an ERR_Packet", (_, command) => {
    const event = Buffer.concat([hex("00"), Buffer.alloc(40, 7)]);
    expect(rolesOf(following(command), [event, event, hex("fe 0000 0200")])).toEqual(["streamed", "streamed", "eof."]);
    expect(rolesOf(following(command), [event, err])).toEqual(["streamed", "err."]);
  });

  it("are not answers to what a semi-synchronous replica says meanwhile, which gets none", () => {
    const conversation = following(Command.BINLOG_DUMP);
    expect(conversation.command(semiSyncReply, "received")).toBe(false);
    rolesOf(conversation, [err]);
    conversation.finish();
    expect(conversation.command(semiSyncReply, "nonsense here")).toBe(true);
  });

  it("COM_CLONE goes on until the connection ends", () => {
    expect(rolesOf(following(Command.CLONE), [hex("01 02"), hex("fe 00")])).toEqual(["streamed", "streamed"]);
  });
});

describe("what may come between", () => {
  it("progress reports of MariaDB do not end the answer", () => {
    const report = hex("ff ffff 01 01 02 204e00 0473746f72");
    expect(rolesOf(following(Command.QUERY), [report, report, ok])).toEqual(["progress", "progress", "ok."]);
  });

  it("an error that a client has numbered like a report is an error: it has an SQLSTATE", () => {
    expect(rolesOf(following(Command.QUERY), [hex("ff ffff 23 3435303030 78")])).toEqual(["err."]);
  });

  it("an ERR_Packet that nobody asked for belongs to no command", () => {
    expect(rolesOf(new Conversation<string>(0), [err])).toEqual(["unsolicited"]);
  });

  it("pipelined commands are answered in order", () => {
    const conversation = new Conversation<string>(0);
    for (const name of ["first", "second", "third"]) conversation.command(Command.QUERY, name);
    const finished = [ok, err, ok].map((packet) => {
      rolesOf(conversation, [packet]);
      return conversation.finish()?.attachment;
    });
    expect(finished).toEqual(["first", "second", "third"]);
  });

  it("a LOCAL INFILE content that the server refuses is still sent to its end", () => {
    const conversation = following(Command.QUERY);
    conversation.server(hex("fb 78"), 0, 2, 2);
    expect(conversation.client(100)).toBe(ClientRole.infileContent);
    expect(rolesOf(conversation, [err])).toEqual(["err."]);
    conversation.finish();
    expect(conversation.client(100)).toBe(ClientRole.infileContent);
    expect(conversation.client(0)).toBe(ClientRole.infileEnd);
    conversation.infileEnded();
    expect(conversation.client(100)).toBe(ClientRole.command);
  });

  it("an execution asks for a local file too, as MariaDB prepares LOAD DATA", () => {
    for (const command of [Command.STMT_EXECUTE, Command.STMT_BULK_EXECUTE]) {
      expect(rolesOf(following(command), [hex("fb78"), ok])).toEqual(["infileRequest", "ok."]);
    }
  });

  it("what was sent ahead of the request for a local file is its content, as the server takes it, up to an empty packet", () => {
    const conversation = following(Command.QUERY);
    conversation.command(Command.QUERY, "content", 20);
    conversation.command(Command.SLEEP, "its end", 0);
    conversation.command(Command.PING, "next", 1);
    expect(conversation.server(hex("fb78"), 0, 2, 2)).toBe(ServerRole.infileRequest);
    expect(conversation.contentAhead).toBe(2);
    expect(conversation.client(7)).toBe(ClientRole.command);
    conversation.server(ok, 0, ok.length, ok.length);
    expect(conversation.ended).toBe(true);
    conversation.finish();
    expect(conversation.pending.first?.attachment).toBe("next");
    expect(rolesOf(conversation, [ok])).toEqual(["ok."]);
  });

  it("content that was sent ahead without its end goes on", () => {
    const conversation = following(Command.QUERY);
    conversation.command(Command.QUERY, "content", 20);
    conversation.server(hex("fb78"), 0, 2, 2);
    expect(conversation.client(7)).toBe(ClientRole.infileContent);
    conversation.infileEnded();
    expect(rolesOf(conversation, [ok])).toEqual(["ok."]);
    conversation.finish();
    expect(conversation.pending.first).toBeUndefined();
  });

  it("a row that starts with 0xFE is a row where it is as long as such a row must be", () => {
    const conversation = following(Command.QUERY, Capability.DEPRECATE_EOF);
    rolesOf(conversation, [hex("01"), hex("03646566")]);
    const start = hex("fe 0000000100000000");
    expect(conversation.server(start, 0, start.length, 16 * 1024 * 1024 + 9)).toBe(ServerRole.row);
    expect(rolesOf(conversation, [hex("fe 00 00 0200 0000")])).toEqual(["eof."]);
  });

  it("the status is read behind large counts of affected rows", () => {
    const more = ServerStatus.MORE_RESULTS_EXISTS;
    const long = Buffer.concat([hex("00 fe ffffffffffffffff fe ffffffffffffffff"), Buffer.of(more, 0), hex("0000")]);
    expect(rolesOf(following(Command.QUERY), [long])).toEqual(["ok"]);
  });
});

describe("an answer that cannot be followed", () => {
  it.each([
    ["a column count of a form that is none", Command.QUERY, ["fc"]],
    ["a result of more columns than there are", Command.QUERY, ["fdffff01"]],
    ["rows without the EOF_Packet that is due", Command.QUERY, ["01", "03646566", "0131"]],
    ["a preparation that is too short", Command.STMT_PREPARE, ["0001"]],
    ["a preparation that begins like something else", Command.STMT_PREPARE, ["0300000000000000000000"]],
    ["an answer in place of the end of a local file", Command.QUERY, ["fb78", "0100"]],
  ])("%s is said to be lost, until the next command", (what, command, packets) => {
    const conversation = following(command);
    for (const packet of packets.map(hex)) conversation.server(packet, 0, packet.length, packet.length);
    expect(conversation.lost, what).not.toBeNull();
    expect(conversation.server(ok, 0, ok.length, ok.length)).toBe(ServerRole.unknown);
    conversation.finish();
    conversation.command(Command.PING, "next");
    expect(rolesOf(conversation, [ok])).toEqual(["ok."]);
  });

  it("a local file's content is not taken for commands while the server is silent", () => {
    const conversation = following(Command.QUERY);
    conversation.server(hex("fb78"), 0, 2, 2);
    expect(conversation.client(7)).toBe(ClientRole.infileContent);
  });
});
