/**
 * Answers as they are recorded, where they quote the statement and so a secret that is in it, in ERR_Packets ("… near '…' at
 * line 1") and in the names of columns without an alias (`PASSWORD('…')`), and where they tell a generated password. Pure: bytes of the Command phase to the client in, the same bytes and what is recorded of them out.
 */
import { conversationPrefix } from "../protocol/conversation.ts";
import { decodeErrPacket } from "../protocol/err-packet.ts";
import { PacketFramer } from "../protocol/packet-framer.ts";
import { decoding } from "../protocol/packet-reader.ts";
import { PacketWriter, toPackets } from "../protocol/packet-writer.ts";
import { secretsIn, secretsInRest } from "../sql/secrets/secret-literals.ts";
import { hasTrigger } from "../sql/secrets/secret-words.ts";
import { GeneratedPasswords, isGeneratedPassword } from "./generated-passwords.ts";
import { marker, type Redacted, withReplaced } from "./redaction.ts";
import { type CharacterWidth, characterWidths, narrowed, widened } from "./wide-text.ts";

/** Longest packet that is held until it is whole: a message has up to 512 bytes, a column's name a few hundred. */
const longestHeld = 16 * 1024;

const headerBytes = 4;

/** First byte of an ERR_Packet. */
const errByte = 0xff;

/** First bytes of a ColumnDefinition41, whose catalog is always `def`, by the width of its characters. */
const catalogs = characterWidths.map((width) => {
  const name = widened(Buffer.from("def"), width);
  return { width, start: Buffer.concat([Buffer.of(name.length), name]) };
});
const beginsCatalog = new Set(catalogs.map(({ start }) => start[0]));

/** From so many characters on a message may have been cut. */
const cutMessage = 480;

/** Bytes of a definition behind its names, and before a default value or MariaDB's longer type. */
const fixedDefinitionBytes = 13;

const syntaxError = 1064;

/** Errors whose messages quote names only: access denied (1044, 1045, 1142, 1227), no such table, user or plugin. */
const namesOnly: ReadonlySet<number> = new Set([1044, 1045, 1142, 1146, 1227, 1396, 1524]);

/** What is known of the packets of answers. */
export interface ArrivingAnswers {
  /**
   * Takes every packet, of which `bytes` holds the first `kept` payload bytes from `start`, and tells whether it answers a
   * command that held secrets.
   */
  answersSecret(bytes: Buffer, start: number, kept: number, length: number): boolean;
  /** Whether the packet that it took last is a row, whatever it looks like. */
  readonly arrivedRow: boolean;
}

/** Follows one session's answers. */
export class AnswerRedactor {
  private readonly framer: PacketFramer;
  private readonly answers: ArrivingAnswers;
  /** Whether the packet at hand answers a command that held secrets. */
  private answersSecret = false;
  private chunk: Buffer = Buffer.alloc(0);
  private held: Buffer | null = null;
  /** Where the packet that may quote begins in the chunk; -1 where none is. */
  private quotingFrom = -1;
  private plainFrom = 0;
  private pieces: Redacted[] | null = null;
  /** Column definitions that came one behind the other, up to the last packet. */
  private definitions = 0;
  /** The result set at hand, where it tells generated passwords. */
  private generated: GeneratedPasswords | null = null;
  /** The id that the next packet of the same answer has. */
  private nextId = 0;

  constructor(answers: ArrivingAnswers) {
    this.answers = answers;
    this.framer = new PacketFramer(
      {
        begin: (first, _sequenceId, offset) => this.began(first, offset),
        packet: (bytes, start, kept, length, sequenceId, end) => {
          this.answersSecret = answers.answersSecret(bytes, start, kept, length);
          this.ended(end, sequenceId);
        },
      },
      conversationPrefix,
    );
  }

  /** Takes bytes to the client. `null` where they are recorded as they are, which is nearly always. */
  push(chunk: Buffer): Redacted[] | null {
    this.chunk = chunk;
    this.plainFrom = 0;
    this.pieces = this.held === null ? null : [];
    if (this.quotingFrom >= 0) this.quotingFrom = 0;
    this.framer.push(chunk);
    if (this.quotingFrom >= 0) this.holdFrom(this.quotingFrom);
    else if (this.framer.inHeader) this.holdFrom(Math.max(this.framer.openHeaderAt, 0));
    else if (this.pieces !== null) this.plainTo(chunk.length);
    return this.pieces;
  }

  /** No more bytes will come: gives what is held, of which no more than a header is recorded as it is. */
  finish(): Redacted | null {
    const bytes = this.held;
    this.held = null;
    if (bytes === null) return null;
    const recorded = Buffer.from(bytes);
    recorded.fill(0, Math.min(bytes.length, headerBytes + 3));
    return { bytes, recorded, redacted: 0 };
  }

  private began(first: number, offset: number): void {
    if (first === errByte || beginsCatalog.has(first) || this.generated !== null) this.quotingFrom = Math.max(offset, 0);
    else {
      this.definitions = 0;
      if (this.held !== null) this.release();
    }
  }

  private ended(end: number, sequenceId: number): void {
    // Within an answer each packet's id follows on the one before: another id is another answer's.
    if (this.generated !== null && sequenceId !== this.nextId) this.generated = null;
    this.nextId = (sequenceId + 1) & 0xff;
    if (this.quotingFrom < 0) return;
    const from = this.quotingFrom;
    this.quotingFrom = -1;
    const here = this.chunk.subarray(from, end);
    const packet = this.held === null ? here : Buffer.concat([this.held, here]);
    const recorded = this.recordedPacket(packet);
    if (recorded === null && this.held === null) return;
    this.plainTo(from);
    this.held = null;
    this.plainFrom = end;
    this.pieces ??= [];
    this.pieces.push(recorded === null ? plain(packet) : { bytes: packet, recorded, redacted: 1 });
  }

  /** What is recorded in place of a packet; `null` where it is recorded as it is. */
  private recordedPacket(packet: Buffer): Buffer | null {
    // A client can have a row look like a definition, and would hide what it read in the name.
    const maybeDefinition = !this.answers.arrivedRow && this.generated?.definitionsFollow !== false;
    const definition = maybeDefinition ? definitionIn(packet) : null;
    if (definition !== null) return this.recordedColumn(packet, definition);
    this.definitions = 0;
    const row = this.generated?.packet(packet) ?? null;
    if (row === "end") this.generated = null;
    else if (row !== null) return row;
    return packet[headerBytes] === errByte ? this.recordedErr(packet) : null;
  }

  /** A ColumnDefinition41 without the secrets in the column's name; `null` where there are none. */
  private recordedColumn(packet: Buffer, { table, name, width, start, end }: Definition): Buffer | null {
    const narrow = narrowed(name, width);
    if (this.generated !== null) this.generated.defined();
    else if (isGeneratedPassword(narrow, table)) this.generated = new GeneratedPasswords(this.definitions, width);
    this.definitions += 1;
    if (!hasTrigger(narrow, 0, narrow.length)) return null;
    const found = secretsIn(narrow.toString("latin1")).stretches;
    if (found.length === 0) return null;
    const stretches = found.map((stretch) => ({ start: stretch.start * width.bytes, end: stretch.end * width.bytes }));
    const payload = packet.subarray(headerBytes);
    const recorded = withReplaced(name, stretches, 0, widened(marker, width));
    const renamed = new PacketWriter().bytes(payload.subarray(0, start)).lengthEncodedBytes(recorded);
    return toPackets(renamed.bytes(payload.subarray(end)).payload(), packet[3] as number);
  }

  /** The packet without what its message quotes; `null` where nothing of it is a secret. */
  private recordedErr(packet: Buffer): Buffer | null {
    const decoded = decodeErrPacket(packet.subarray(4));
    if (!decoded.ok || namesOnly.has(decoded.value.errno)) return null;
    const from = packet[7] === 0x23 ? 13 : 7;
    const message = packet.toString("latin1", from);
    const start = message.indexOf("'") + 1;
    if (start === 0 || !(this.answersSecret || quotesSecret(decoded.value.errno, message))) return null;
    const payload = withReplaced(
      packet.subarray(4),
      [{ start, end: Math.max(start, endOfQuoted(decoded.value.errno, message)) }],
      from - 4,
      marker,
    );
    return toPackets(payload, packet[3] as number);
  }

  private plainTo(end: number): void {
    this.pieces ??= [];
    if (end > this.plainFrom) this.pieces.push(plain(this.chunk.subarray(this.plainFrom, end)));
    this.plainFrom = end;
  }

  private holdFrom(from: number): void {
    this.plainTo(from);
    const here = this.chunk.subarray(from);
    this.held = this.held === null ? Buffer.from(here) : Buffer.concat([this.held, here]);
    if (this.held.length <= longestHeld) return;
    this.quotingFrom = -1;
    this.release();
  }

  private release(): void {
    if (this.held === null) return;
    this.pieces ??= [];
    this.pieces.push(plain(this.held));
    this.held = null;
  }
}

/** Where what is quoted ends: at the message's end, but for a syntax error that is whole, which goes on with the line. */
function endOfQuoted(errno: number, message: string): number {
  return errno === syntaxError && message.length < cutMessage ? message.lastIndexOf("'") : message.length;
}

/** Whether an error quotes a statement with a secret that was not in the command itself: a server's own PREPARE, say. */
function quotesSecret(errno: number, message: string): boolean {
  return errno === syntaxError && secretsInRest(message.slice(message.indexOf("'") + 1, message.lastIndexOf("'")), false).length > 0;
}

/** What is looked at of a ColumnDefinition41: the column's name, from `start` to `end` of the payload, and its table's. */
interface Definition {
  readonly table: Buffer;
  readonly name: Buffer;
  readonly width: CharacterWidth;
  readonly start: number;
  readonly end: number;
}

/** The definition that a packet is; `null` where it is another packet. */
function definitionIn(packet: Buffer): Definition | null {
  const payload = packet.subarray(headerBytes);
  if (!beginsCatalog.has(payload[0])) return null;
  const width = catalogs.find(({ start }) => payload.subarray(0, start.length).equals(start))?.width;
  if (width === undefined) return null;
  const found = decoding("ColumnDefinition41", payload, (reader) => {
    for (let field = 0; field < 2; field += 1) reader.lengthEncodedBytes();
    const table = reader.lengthEncodedBytes();
    reader.lengthEncodedBytes();
    const start = reader.position;
    const definition = { table, width, start, name: reader.lengthEncodedBytes(), end: reader.position };
    reader.lengthEncodedBytes();
    reader.skip(fixedDefinitionBytes);
    return definition;
  });
  return found.ok ? found.value : null;
}

function plain(bytes: Buffer): Redacted {
  return { bytes, recorded: bytes, redacted: 0 };
}
