/** OK_Packet: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_ok_packet.html */
import { Capability, has, ServerStatus } from "./capabilities.ts";
import { type Decoded, decoding, type PacketReader } from "./packet-reader.ts";

/** One entry of the session state information; `type` as in `SESSION_TRACK_*`. */
export interface SessionStateChange {
  readonly type: "system-variables" | "schema" | "state-change" | "gtids" | "transaction-characteristics" | "transaction-state" | "unknown";
  readonly name: string | null;
  readonly value: string;
}

export interface OkPacket {
  readonly affectedRows: bigint;
  readonly lastInsertId: bigint;
  readonly statusFlags: number;
  readonly warnings: number;
  readonly info: string;
  readonly stateChanges: readonly SessionStateChange[];
}

const trackTypes = ["system-variables", "schema", "state-change", "gtids", "transaction-characteristics", "transaction-state"] as const;

function readStateChanges(reader: PacketReader): SessionStateChange[] {
  const changes: SessionStateChange[] = [];
  const end = reader.lengthEncoded() + reader.position;
  while (reader.position < end) {
    const type = trackTypes[reader.uint8()] ?? "unknown";
    const entryLength = reader.lengthEncoded();
    const entryEnd = reader.position + entryLength;
    if (type === "system-variables") {
      while (reader.position < entryEnd) changes.push({ type, name: reader.lengthEncodedText(), value: reader.lengthEncodedText() });
    } else if (type === "gtids") {
      reader.skip(1);
      changes.push({ type, name: null, value: reader.lengthEncodedText() });
    } else if (type === "unknown") {
      changes.push({ type, name: null, value: reader.bytes(entryLength).toString("hex") });
    } else {
      changes.push({ type, name: null, value: reader.lengthEncodedText() });
    }
    reader.skip(entryEnd - reader.position);
  }
  return changes;
}

/** Decodes an OK_Packet's payload (header 0x00, or 0xFE where it ends a result set). `capabilities` as agreed. */
export function decodeOkPacket(payload: Buffer, capabilities: number): Decoded<OkPacket> {
  return decoding("OK_Packet", payload, (reader) => {
    reader.skip(1);
    const affectedRows = reader.lengthEncodedBigInt();
    const lastInsertId = reader.lengthEncodedBigInt();
    const statusFlags = reader.uint16();
    const warnings = reader.uint16();
    let info = "";
    let stateChanges: SessionStateChange[] = [];
    if (has(capabilities, Capability.SESSION_TRACK)) {
      if (reader.remaining > 0) info = reader.lengthEncodedText();
      if (has(statusFlags, ServerStatus.SESSION_STATE_CHANGED) && reader.remaining > 0) stateChanges = readStateChanges(reader);
    } else {
      info = reader.restText();
    }
    return { affectedRows, lastInsertId, statusFlags, warnings, info, stateChanges };
  });
}
