/** Recordings of sessions that never were, written as the recorder writes them, to measure what reads them. */

import { statSync } from "node:fs";
import type { SessionClose, SessionOpen } from "../../proxy/model/session.ts";
import { Capability } from "../../proxy/protocol/capabilities.ts";
import { ColumnType } from "../../proxy/protocol/column-type.ts";
import { encodeErrPacket } from "../../proxy/protocol/err-packet.ts";
import { PacketWriter, toPackets } from "../../proxy/protocol/packet-writer.ts";
import { FrameKind } from "../../proxy/recording/frame.ts";
import { RecorderLock } from "../../proxy/recording/recorder-lock.ts";
import { newSessionId, recordingPath } from "../../proxy/recording/recording-files.ts";
import { RecordingWriter } from "../../proxy/recording/recording-writer.ts";

/** How often the word `ocelot` comes: once in so many statements. */
export const rareEvery = 10_000;

const capabilities =
  Capability.PROTOCOL_41 |
  Capability.TRANSACTIONS |
  Capability.SECURE_CONNECTION |
  Capability.PLUGIN_AUTH |
  Capability.DEPRECATE_EOF |
  Capability.MULTI_RESULTS;
const utf8mb4 = 255;
const noRecorder = "00000000-0000-7000-8000-000000000000";
const statementsPerSession = 10_000;
const msBetweenStatements = 2;
const answerUs = 350;

/** What the n-th statement says: a handful of forms with values of their own, as applications send them. */
function sqlOf(n: number): string {
  if (n % rareEvery === rareEvery - 1) return `SELECT name FROM animals WHERE species = 'ocelot' AND tag = ${n}`;
  const forms = [
    `SELECT id, name, email FROM customers WHERE id = ${n % 4999}`,
    `SELECT o.id, o.total FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.id = ${n % 997} ORDER BY o.id DESC LIMIT 20`,
    `UPDATE products SET stock = stock - ${1 + (n % 7)} WHERE sku = 'SKU-${n % 2500}'`,
    `INSERT INTO order_lines (order_id, sku, quantity) VALUES (${n}, 'SKU-${n % 2500}', ${1 + (n % 5)})`,
    `SELECT COUNT(*) FROM invoices WHERE paid = 0 AND due < '2026-${String(1 + (n % 12)).padStart(2, "0")}-01'`,
    `SELECT price FROM produkts WHERE sku = 'SKU-${n % 2500}'`,
    `DELETE FROM carts WHERE session_token = '${(n * 2654435761) % 4294967296}'`,
    `SELECT * FROM shipments WHERE order_id IN (${n}, ${n + 1}, ${n + 2})`,
  ];
  return forms[n % forms.length] ?? "";
}

const okAnswer = toPackets(new PacketWriter().uint8(0).lengthEncoded(1).lengthEncoded(0).uint16(2).uint16(0).payload(), 1);
const errorAnswer = toPackets(encodeErrPacket({ errno: 1146, sqlstate: "42S02", message: "Table 'shop.produkts' doesn't exist" }), 1);
const rowAnswer = Buffer.concat([
  toPackets(new PacketWriter().lengthEncoded(1).payload(), 1),
  toPackets(columnPayload("customers", "id", ColumnType.LONGLONG, 63), 2),
  toPackets(new PacketWriter().lengthEncodedText("4711").payload(), 3),
  toPackets(new PacketWriter().uint8(0xfe).lengthEncoded(0).lengthEncoded(0).uint16(2).uint16(0).payload(), 4),
]);

/** Payload of a ColumnDefinition41 of a table in `shop`. */
function columnPayload(table: string, column: string, type: number, collation: number): Buffer {
  const names = ["def", "shop", table, table, column, column];
  const writer = names.reduce((into, name) => into.lengthEncodedText(name), new PacketWriter());
  return writer.lengthEncoded(12).uint16(collation).uint32(20).uint8(type).uint16(0).uint8(0).zeros(2).payload();
}

function answerTo(sql: string): Buffer {
  if (sql.includes("produkts")) return errorAnswer;
  return sql.startsWith("SELECT") ? rowAnswer : okAnswer;
}

/** Writes closed recordings with `statements` statements in all under `dataDirectory`, the newest ending now. */
export function writeSyntheticRecordings(dataDirectory: string, statements: number): void {
  const startMs = Date.now() - statements * msBetweenStatements;
  for (let first = 0; first < statements; first += statementsPerSession) {
    writeSession(dataDirectory, first, Math.min(statementsPerSession, statements - first), startMs + first * msBetweenStatements);
  }
}

function writeSession(dataDirectory: string, first: number, count: number, startMs: number): void {
  const session = newSessionId(startMs);
  const writer = RecordingWriter.create(recordingPath(dataDirectory, session), openOf(session, startMs, noRecorder));
  let [clientBytes, upstreamBytes, upstreamPackets] = [0, 0, 0];
  for (let n = first; n < first + count; n++) {
    const { command, answer } = writeStatement(writer, n, startMs + (n - first) * msBetweenStatements);
    clientBytes += command.length;
    upstreamBytes += answer.length;
    upstreamPackets += answer === rowAnswer ? 4 : 1;
  }
  const close: SessionClose = { cause: "client-quit", detail: null, clientBytes, clientPackets: count, upstreamBytes, upstreamPackets };
  writer.appendJson(FrameKind.close, close);
  writer.close();
}

function writeStatement(writer: RecordingWriter, n: number, atMs: number): { readonly command: Buffer; readonly answer: Buffer } {
  const atNs = BigInt(atMs) * 1_000_000n;
  const sql = sqlOf(n);
  const command = toPackets(new PacketWriter().uint8(0x03).text(sql).payload(), 0);
  const answer = answerTo(sql);
  writer.append(FrameKind.client, atNs, command);
  writer.append(FrameKind.upstream, atNs + BigInt(answerUs * 1000), answer);
  return { command, answer };
}

/** A result of text columns that is too large to be held. */
export interface MadeResult {
  readonly rows: number;
  readonly columns: number;
  readonly cell: (row: number, column: number) => string;
}

/** What a socket gives at once, and so is one frame. */
const chunkBytes = 64 * 1024;

/** Appends a SELECT with its result to a recording that is being written. */
export function appendResult(file: string, atMicros: number, { rows, columns, cell }: MadeResult): void {
  const writer = RecordingWriter.reopen(file, statSync(file).size);
  const atNs = BigInt(atMicros) * 1000n;
  writer.append(FrameKind.client, atNs, toPackets(new PacketWriter().uint8(0x03).text("SELECT * FROM many").payload(), 0));
  let sequence = 0;
  let bytes = 0;
  let pieces: Buffer[] = [];
  const flush = (): void => {
    writer.append(FrameKind.upstream, atNs, Buffer.concat(pieces));
    pieces = [];
    bytes = 0;
  };
  const add = (payload: Buffer): void => {
    sequence = (sequence + 1) & 0xff;
    const packet = toPackets(payload, sequence);
    pieces.push(packet);
    bytes += packet.length;
    if (bytes >= chunkBytes) flush();
  };
  add(new PacketWriter().lengthEncoded(columns).payload());
  for (let column = 0; column < columns; column += 1) add(columnPayload("many", `c${column}`, ColumnType.VAR_STRING, utf8mb4));
  for (let row = 0; row < rows; row += 1) {
    const values = new PacketWriter();
    for (let column = 0; column < columns; column += 1) values.lengthEncodedText(cell(row, column));
    add(values.payload());
  }
  add(new PacketWriter().uint8(0xfe).lengthEncoded(0).lengthEncoded(0).uint16(2).uint16(0).payload());
  flush();
  writer.close();
}

/** Goes on recording `perSecond` statements a second in a session of its own, as another process would, until it is stopped. */
export function recordOnAndOn(dataDirectory: string, perSecond: number): { readonly stop: () => void } {
  const lock = RecorderLock.acquire(dataDirectory);
  const startMs = Date.now();
  const session = newSessionId(startMs);
  const writer = RecordingWriter.create(recordingPath(dataDirectory, session), openOf(session, startMs, lock.id));
  let written = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((Date.now() - startMs) / 1000) * perSecond);
    for (; written < due; written++) writeStatement(writer, written, Date.now());
  }, 50);
  return {
    stop: () => {
      clearInterval(timer);
      writer.close();
      lock.release();
    },
  };
}

function openOf(session: string, startMs: number, recorder: string): SessionOpen {
  return {
    session,
    recorder,
    connection: "bench",
    upstream: { address: "127.0.0.1:3306", version: "9.7.0", threadId: 8 },
    tls: { client: null, upstream: null },
    capabilities,
    characterSet: utf8mb4,
    authPlugin: "caching_sha2_password",
    account: "app",
    schema: "shop",
    client: "127.0.0.1:50000",
    actor: { kind: "os-user", name: "bench", authenticated: false },
    claimed: { program_name: "bench" },
    program: { name: "stenograph", version: "0" },
    host: "bench",
    acceptedAt: startMs * 1000,
    signedIn: true,
  };
}
