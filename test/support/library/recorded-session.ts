/** Recordings as the recorder writes them, of sessions that a test makes up. */
import fs from "node:fs";
import path from "node:path";
import type { CloseCause, SessionOpen } from "../../../proxy/model/session.ts";
import type { UnixMicros } from "../../../proxy/model/value.ts";
import { Capability } from "../../../proxy/protocol/capabilities.ts";
import { ColumnType } from "../../../proxy/protocol/column-type.ts";
import { encodeErrPacket } from "../../../proxy/protocol/err-packet.ts";
import { PacketWriter, toPackets } from "../../../proxy/protocol/packet-writer.ts";
import { encodeFileHeader, encodeJsonFrame, FrameKind } from "../../../proxy/recording/frame.ts";
import { newSessionId, recordingPath } from "../../../proxy/recording/recording-files.ts";
import { RecordingWriter } from "../../../proxy/recording/recording-writer.ts";
import { sessionOpenOf } from "./statement-of.ts";

const capabilities =
  Capability.PROTOCOL_41 |
  Capability.TRANSACTIONS |
  Capability.SECURE_CONNECTION |
  Capability.PLUGIN_AUTH |
  Capability.DEPRECATE_EOF |
  Capability.MULTI_RESULTS;

/** What comes of a socket at once, and so is one frame. */
const chunkBytes = 64 * 1024;

/** A column of a made-up table; one without a table is computed. `binary`: its values are bytes. */
export interface MadeColumn {
  readonly name: string;
  readonly table?: string;
  readonly orgName?: string;
  readonly binary?: boolean;
}

/** What the upstream answers: an OK_Packet, an ERR_Packet, rows of one VARCHAR column or of some, or nothing. */
export type Answer =
  | "ok"
  | "none"
  | { readonly error: number; readonly message: string }
  | { readonly rows: readonly string[] }
  | { readonly columns: readonly MadeColumn[]; readonly cells: readonly (readonly (string | Buffer | null)[])[] };

/** One made-up session; times are in microseconds since the epoch. */
export class RecordedSession {
  readonly id: string;
  readonly path: string;
  readonly #writer: RecordingWriter;

  constructor(dataDirectory: string, startedAt: UnixMicros, given: Partial<SessionOpen> = {}) {
    this.id = newSessionId(Math.floor(startedAt / 1000));
    this.path = recordingPath(dataDirectory, this.id);
    const open = sessionOpenOf({ capabilities, acceptedAt: startedAt, ...given, session: this.id });
    const beginning = Buffer.concat([encodeFileHeader(), encodeJsonFrame(FrameKind.open, BigInt(startedAt) * 1000n, open)]);
    fs.mkdirSync(path.dirname(this.path), { recursive: true });
    fs.writeFileSync(this.path, beginning, { flag: "wx" });
    this.#writer = RecordingWriter.reopen(this.path, beginning.length);
  }

  get size(): number {
    return this.#writer.size;
  }

  /** A COM_QUERY that is sent at `at` and whose answer ends `tookUs` later. */
  query(sql: string, at: UnixMicros, answer: Answer = "ok", tookUs = 100): this {
    this.#writer.append(FrameKind.client, BigInt(at) * 1000n, toPackets(new PacketWriter().uint8(3).text(sql).payload(), 0));
    const bytes = answer === "none" ? Buffer.alloc(0) : answerBytes(answer);
    for (let from = 0; from < bytes.length; from += chunkBytes) {
      this.#writer.append(FrameKind.upstream, BigInt(at + tookUs) * 1000n, bytes.subarray(from, from + chunkBytes));
    }
    return this;
  }

  /** A COM_PROCESS_INFO that is sent at `at`, and answered with one process that runs `info`. */
  processInfo(at: UnixMicros, info: string): this {
    this.#writer.append(FrameKind.client, BigInt(at) * 1000n, toPackets(Buffer.of(0x0a), 0));
    this.#writer.append(FrameKind.upstream, BigInt(at + 100) * 1000n, answerBytes({ columns: [{ name: "Info" }], cells: [[info]] }));
    return this;
  }

  /** A COM_CHANGE_USER to `user` that is sent at `at` and succeeds, after which the account is `account`. */
  changeUser(user: string, account: string, at: UnixMicros): this {
    this.#writer.append(FrameKind.client, BigInt(at) * 1000n, toPackets(Buffer.from(`\x11${user}\0\0\0`), 0));
    this.#writer.appendJson(FrameKind.note, { kind: "signed-in-again", account, schema: null, characterSet: null, plugin: null });
    this.#writer.append(FrameKind.upstream, BigInt(at + 100) * 1000n, answerBytes("ok"));
    return this;
  }

  /** Writes the close frame and ends. */
  close(cause: CloseCause = "client-quit"): this {
    const none = { clientBytes: 0, clientPackets: 0, upstreamBytes: 0, upstreamPackets: 0 };
    this.#writer.appendJson(FrameKind.close, { cause, detail: null, ...none });
    this.#writer.close();
    return this;
  }

  /** Ends without a close frame, as a crash does. */
  abandon(): this {
    this.#writer.close();
    return this;
  }
}

function answerBytes(answer: Exclude<Answer, "none">): Buffer {
  if (answer === "ok") return toPackets(okPayload(0), 1);
  if ("error" in answer) return toPackets(encodeErrPacket({ errno: answer.error, sqlstate: "42000", message: answer.message }), 1);
  const columns = "rows" in answer ? [{ name: "name", table: "customers" }] : answer.columns;
  const cells = "rows" in answer ? answer.rows.map((row) => [row]) : answer.cells;
  const payloads = [
    new PacketWriter().lengthEncoded(columns.length).payload(),
    ...columns.map(columnPayload),
    ...cells.map(rowPayload),
    okPayload(0xfe),
  ];
  return Buffer.concat(payloads.map((payload, index) => toPackets(payload, (index + 1) & 0xff)));
}

function okPayload(header: number): Buffer {
  return new PacketWriter().uint8(header).lengthEncoded(0).lengthEncoded(0).uint16(2).uint16(0).payload();
}

/** A row of the text protocol. */
function rowPayload(values: readonly (string | Buffer | null)[]): Buffer {
  const writer = new PacketWriter();
  for (const value of values) {
    if (value === null) writer.uint8(0xfb);
    else if (typeof value === "string") writer.lengthEncodedText(value);
    else writer.lengthEncoded(value.length).bytes(value);
  }
  return writer.payload();
}

/** Payload of a ColumnDefinition41 of the schema shop: a VARCHAR, or a BLOB. */
function columnPayload({ name, table = "", orgName = table === "" ? "" : name, binary = false }: MadeColumn): Buffer {
  const writer = ["def", table === "" ? "" : "shop", table, table, name, orgName].reduce(
    (into, text) => into.lengthEncodedText(text),
    new PacketWriter(),
  );
  const type = binary ? ColumnType.BLOB : ColumnType.VAR_STRING;
  return writer
    .lengthEncoded(12)
    .uint16(binary ? 63 : 255)
    .uint32(400)
    .uint8(type)
    .uint16(0)
    .uint8(0)
    .zeros(2)
    .payload();
}
