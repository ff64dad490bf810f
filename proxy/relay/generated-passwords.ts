/**
 * The result set with which MySQL answers `IDENTIFIED BY RANDOM PASSWORD` and `SET PASSWORD … TO RANDOM`: it tells the
 * client the new password. Found by its column, since the statement may have been kept in a variable or a procedure.
 * https://dev.mysql.com/doc/refman/9.7/en/password-management.html#random-password-generation
 */
import { decoding, type PacketReader } from "../protocol/packet-reader.ts";
import { PacketWriter, toPackets } from "../protocol/packet-writer.ts";
import { marker, withReplaced } from "./redaction.ts";
import { type CharacterWidth, widened } from "./wide-text.ts";

const headerBytes = 4;
const columnName = "generated password";

/** Whether a column of that name (a byte for each character), which is of no table, holds generated passwords. */
export function isGeneratedPassword(name: Buffer, table: Buffer): boolean {
  return table.length === 0 && name.length === columnName.length && name.toString("latin1") === columnName;
}

/** Follows the rows of one such result set. */
export class GeneratedPasswords {
  private readonly index: number;
  private readonly marked: Buffer;
  private columns: number;
  private rowsFollow = false;

  /** `index`: that of the column with the passwords, which has just been defined. `width`: of the characters in the results. */
  constructor(index: number, width: CharacterWidth) {
    this.index = index;
    this.marked = new PacketWriter().lengthEncodedBytes(widened(marker, width)).payload();
    this.columns = index + 1;
  }

  /** Another column has been defined. */
  defined(): void {
    this.columns += 1;
  }

  /** Whether more definitions may come. */
  get definitionsFollow(): boolean {
    return !this.rowsFollow;
  }

  /** Takes a framed packet behind the definitions. Gives it as it is to be recorded; `end` behind the last row, `null` where it is none. */
  packet(packet: Buffer): Buffer | "end" | null {
    const payload = packet.subarray(headerBytes);
    const first = payload[0] ?? 0xff;
    const between = first === 0xfe && payload.length < 7 && !this.rowsFollow;
    this.rowsFollow = true;
    if (between) return null;
    if (first === 0xff || (first === 0xfe && payload.length < 0xffffff)) return "end";
    return this.withoutPassword(payload, packet[3] as number);
  }

  private withoutPassword(payload: Buffer, sequenceId: number): Buffer {
    for (const binary of [false, true]) {
      const found = decoding("row", payload, (reader) => this.placeIn(reader, binary));
      if (found.ok && found.value !== null) return toPackets(withReplaced(payload, [found.value], 0, this.marked), sequenceId);
    }
    // What cannot be read may be anything.
    return toPackets(Buffer.alloc(payload.length), sequenceId);
  }

  /** Where the password is; `null` where the row is not of that protocol. User and host, which stand before it, are strings. */
  private placeIn(reader: PacketReader, binary: boolean): { readonly start: number; readonly end: number } | null {
    if (binary) reader.skip(1);
    const nulls = binary ? reader.bytes((this.columns + 9) >> 3) : null;
    let place: { readonly start: number; readonly end: number } | null = null;
    for (let index = 0; index < this.columns; index += 1) {
      if (index > this.index && binary) break;
      const start = reader.position;
      const bit = index + 2;
      if (nulls !== null && ((nulls[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0) continue;
      if (nulls === null && reader.peek() === 0xfb) reader.skip(1);
      else reader.lengthEncodedBytes();
      if (index === this.index) place = { start, end: reader.position };
    }
    return binary || reader.remaining === 0 ? place : null;
  }
}
