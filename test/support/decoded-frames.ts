/** Packets as the tests of the decoder send and answer them, and a decoder that hears what becomes of them. */
import type { SessionClose } from "../../proxy/model/session.ts";
import type { Statement } from "../../proxy/model/statement.ts";
import type { Value } from "../../proxy/model/value.ts";
import { PacketWriter, toPackets } from "../../proxy/protocol/packet-writer.ts";
import type { DecoderOptions } from "../../proxy/recording/decoder-sink.ts";
import { FrameKind } from "../../proxy/recording/frame.ts";
import { SessionDecoder } from "../../proxy/recording/session-decoder.ts";
import { openFrame } from "./wire/transcript.ts";

/** Bytes in hexadecimal, with spaces where they help. */
export const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
/** Packets with ascending sequence ids. */
export const packets = (first: number, ...payloads: Buffer[]): Buffer =>
  Buffer.concat(payloads.map((payload, index) => toPackets(payload, first + index)));
/** A command's packet: its command byte, and what follows. */
export const command = (...payload: (string | number | Buffer)[]): Buffer =>
  toPackets(Buffer.concat(payload.map((part) => (typeof part === "number" ? Buffer.of(part) : Buffer.from(part as string)))), 0);
export const query = (sql: string): Buffer => command(3, sql);

export const ok = hex("00 01 00 0200 0300");
export const eof = hex("fe 0000 0200");
export const err = Buffer.concat([hex("ff 7a04 23"), Buffer.from("42S02no such table")]);
export const column = (name: string, type: number, characterSet = 45): Buffer => {
  const names = ["def", "shop", "c", "customers", name, name];
  const writer = names.reduce((into, text) => into.lengthEncodedText(text), new PacketWriter());
  return writer.lengthEncoded(12).uint16(characterSet).uint32(80).uint8(type).uint16(0).uint8(0).zeros(2).payload();
};
export const result = (...rows: string[]): Buffer =>
  packets(1, Buffer.of(1), column("v", 253), eof, ...rows.map((row) => new PacketWriter().lengthEncodedText(row).payload()), eof);
export const prepareOk = (id: number, columns: number, parameters: number): Buffer =>
  packets(
    1,
    new PacketWriter().uint8(0).uint32(id).uint16(columns).uint16(parameters).uint8(0).uint16(0).payload(),
    ...(parameters > 0 ? [...Array.from({ length: parameters }, () => column("?", 253)), eof] : []),
    ...(columns > 0 ? [...Array.from({ length: columns }, () => column("v", 253)), eof] : []),
  );

/** Frames of a recording: bytes of one side, or what is JSON in them. */
export type Given = readonly ["client" | "upstream" | "gap" | "note" | "close", Buffer | object];

/** What a decoder told. */
export interface Heard {
  readonly statements: Statement[];
  readonly rows: (readonly Value[] | null)[];
  readonly notes: unknown[];
  close: SessionClose | null;
}

/** Decodes frames that come a millisecond apart from 1000 µs on, each at an offset of 100 times its number. */
export function decode(given: readonly Given[], capabilities = 0, options?: DecoderOptions, rows = true): Heard {
  const heard: Heard = { statements: [], rows: [], notes: [], close: null };
  const decoder = new SessionDecoder(
    {
      statement: (statement) => void heard.statements.push(statement),
      ...(rows && { row: (_seq, _result, row) => void heard.rows.push(row.values()) }),
      note: (note) => void heard.notes.push(note),
      close: (close) => {
        heard.close = close;
      },
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
