/** Command bytes of the Command phase by MySQL's (and MariaDB's) own names. */
const names: ReadonlyMap<number, string> = new Map([
  [0x00, "COM_SLEEP"],
  [0x01, "COM_QUIT"],
  [0x02, "COM_INIT_DB"],
  [0x03, "COM_QUERY"],
  [0x04, "COM_FIELD_LIST"],
  [0x05, "COM_CREATE_DB"],
  [0x06, "COM_DROP_DB"],
  [0x07, "COM_REFRESH"],
  [0x08, "COM_SHUTDOWN"],
  [0x09, "COM_STATISTICS"],
  [0x0a, "COM_PROCESS_INFO"],
  [0x0b, "COM_CONNECT"],
  [0x0c, "COM_PROCESS_KILL"],
  [0x0d, "COM_DEBUG"],
  [0x0e, "COM_PING"],
  [0x0f, "COM_TIME"],
  [0x10, "COM_DELAYED_INSERT"],
  [0x11, "COM_CHANGE_USER"],
  [0x12, "COM_BINLOG_DUMP"],
  [0x13, "COM_TABLE_DUMP"],
  [0x14, "COM_CONNECT_OUT"],
  [0x15, "COM_REGISTER_SLAVE"],
  [0x16, "COM_STMT_PREPARE"],
  [0x17, "COM_STMT_EXECUTE"],
  [0x18, "COM_STMT_SEND_LONG_DATA"],
  [0x19, "COM_STMT_CLOSE"],
  [0x1a, "COM_STMT_RESET"],
  [0x1b, "COM_SET_OPTION"],
  [0x1c, "COM_STMT_FETCH"],
  [0x1d, "COM_DAEMON"],
  [0x1e, "COM_BINLOG_DUMP_GTID"],
  [0x1f, "COM_RESET_CONNECTION"],
  [0x20, "COM_CLONE"],
  [0x21, "COM_SUBSCRIBE_GROUP_REPLICATION_STREAM"],
  [0xfa, "COM_STMT_BULK_EXECUTE"],
]);

/** The protocol's name of a command byte; `COM_UNKNOWN_0xNN` for a byte that has none. */
export function commandName(byte: number): string {
  return names.get(byte) ?? `COM_UNKNOWN_0x${byte.toString(16).padStart(2, "0")}`;
}
