/**
 * A few words for commands that have no statement text: what they name and ask for.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_command_phase_utility.html
 */
import { decodeChangeUser } from "./change-user.ts";
import { Command } from "./command.ts";
import { decoding, type PacketReader } from "./packet-reader.ts";

/** What a command asks for; `null` where its name says it all, or it has a text, or cannot be decoded. Never a secret. */
export function summariseCommand(payload: Buffer, capabilities: number): string | null {
  if (payload[0] === Command.CHANGE_USER) return changeOfUser(payload, capabilities);
  const read = summaries.get(payload[0] ?? -1);
  if (read === undefined) return null;
  const summary = decoding("command", payload, (reader) => {
    reader.skip(1);
    return read(reader);
  });
  return summary.ok ? summary.value : null;
}

const summaries: ReadonlyMap<number, (reader: PacketReader) => string> = new Map<number, (reader: PacketReader) => string>([
  [Command.FIELD_LIST, fieldList],
  [Command.PROCESS_KILL, (reader) => `connection ${reader.uint32()}`],
  [Command.SET_OPTION, (reader) => (reader.uint16() === 0 ? "multi-statements on" : "multi-statements off")],
  [Command.STMT_SEND_LONG_DATA, longData],
  [Command.STMT_FETCH, fetch],
  [Command.REGISTER_SLAVE, registerReplica],
  [Command.BINLOG_DUMP, binlogDump],
  [Command.BINLOG_DUMP_GTID, binlogDumpGtid],
]);

function fieldList(reader: PacketReader): string {
  const table = reader.textToNulOrEnd();
  const wildcard = reader.restText();
  return wildcard === "" ? table : `${table} LIKE ${wildcard}`;
}

function longData(reader: PacketReader): string {
  reader.skip(4);
  return `parameter ${reader.uint16() + 1}`;
}

function fetch(reader: PacketReader): string {
  reader.skip(4);
  return `${reader.uint32()} rows`;
}

/** The account and password that a replica may report for itself are passed over. */
function registerReplica(reader: PacketReader): string {
  const id = reader.uint32();
  const host = reader.bytes(reader.uint8()).toString("utf8");
  reader.bytes(reader.uint8());
  reader.bytes(reader.uint8());
  const port = reader.uint16();
  return host === "" ? `server ${id}` : `server ${id} at ${host}:${port}`;
}

function binlogDump(reader: PacketReader): string {
  const position = reader.uint32();
  reader.skip(2);
  const server = reader.uint32();
  return `${reader.restText()} from ${position} for server ${server}`;
}

function binlogDumpGtid(reader: PacketReader): string {
  reader.skip(2);
  const server = reader.uint32();
  const name = reader.bytes(reader.uint32()).toString("utf8");
  const position = reader.uint64();
  return `${name === "" ? "by GTID" : `${name} from ${position}`} for server ${server}`;
}

function changeOfUser(payload: Buffer, capabilities: number): string | null {
  const decoded = decodeChangeUser(payload, capabilities);
  if (!decoded.ok) return null;
  const user = decoded.value.user.toString("utf8");
  const schema = decoded.value.schema.toString("utf8");
  return schema === "" ? `user ${user}` : `user ${user}, schema ${schema}`;
}
