/**
 * Command bytes of the Command phase by MySQL's (and MariaDB's) own names, deprecated ones included.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/my__command_8h.html
 */
export const Command = {
  SLEEP: 0x00,
  QUIT: 0x01,
  INIT_DB: 0x02,
  QUERY: 0x03,
  FIELD_LIST: 0x04,
  CREATE_DB: 0x05,
  DROP_DB: 0x06,
  REFRESH: 0x07,
  SHUTDOWN: 0x08,
  STATISTICS: 0x09,
  PROCESS_INFO: 0x0a,
  CONNECT: 0x0b,
  PROCESS_KILL: 0x0c,
  DEBUG: 0x0d,
  PING: 0x0e,
  TIME: 0x0f,
  DELAYED_INSERT: 0x10,
  CHANGE_USER: 0x11,
  BINLOG_DUMP: 0x12,
  TABLE_DUMP: 0x13,
  CONNECT_OUT: 0x14,
  REGISTER_SLAVE: 0x15,
  STMT_PREPARE: 0x16,
  STMT_EXECUTE: 0x17,
  STMT_SEND_LONG_DATA: 0x18,
  STMT_CLOSE: 0x19,
  STMT_RESET: 0x1a,
  SET_OPTION: 0x1b,
  STMT_FETCH: 0x1c,
  DAEMON: 0x1d,
  BINLOG_DUMP_GTID: 0x1e,
  RESET_CONNECTION: 0x1f,
  CLONE: 0x20,
  SUBSCRIBE_GROUP_REPLICATION_STREAM: 0x21,
  STMT_BULK_EXECUTE: 0xfa,
} as const;

/**
 * What a semi-synchronous replica's replies begin with; they come while COM_BINLOG_DUMP streams, and get no answer.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_replication.html
 */
export const semiSyncReply = 0xef;

const names: ReadonlyMap<number, string> = new Map(Object.entries(Command).map(([name, byte]) => [byte, `COM_${name}`]));

/** The protocol's name of a command byte; `COM_UNKNOWN_0xNN` for a byte that has none. */
export function commandName(byte: number): string {
  return names.get(byte) ?? `COM_UNKNOWN_0x${byte.toString(16).padStart(2, "0")}`;
}
