/**
 * ERR_Packets as they are recorded. A server quotes the statement in them ("… near '…' at line 1"), and so a secret that
 * is in it. Pure: bytes of the Command phase to the client in, the same bytes and what is recorded of them out.
 */
import { decodeErrPacket } from "../protocol/err-packet.ts";
import { PacketFramer } from "../protocol/packet-framer.ts";
import { secretsInRest } from "../sql/secrets/secret-literals.ts";
import { marker, type Redacted, withReplaced } from "./redaction.ts";

/** Longest ERR_Packet that is held until it is whole; a message has up to 512 bytes. */
const longestErr = 16 * 1024;

/** From so many characters on a message may have been cut. */
const cutMessage = 480;

const syntaxError = 1064;

/** Errors whose messages quote names only: access denied (1044, 1045, 1142, 1227), no such table, user or plugin. */
const namesOnly: ReadonlySet<number> = new Set([1044, 1045, 1142, 1146, 1227, 1396, 1524]);

/** Follows one session's answers. */
export class AnswerRedactor {
  private readonly answersSecrets: () => boolean;
  private readonly framer: PacketFramer;
  private chunk: Buffer = Buffer.alloc(0);
  private held: Buffer | null = null;
  /** Where the ERR_Packet that is being followed begins in the chunk; -1 where none is. */
  private errFrom = -1;
  private plainFrom = 0;
  private pieces: Redacted[] | null = null;

  /** `answersSecrets`: whether a command that held secrets waits for its answer. */
  constructor(answersSecrets: () => boolean) {
    this.answersSecrets = answersSecrets;
    this.framer = new PacketFramer(
      {
        begin: (first, _sequenceId, offset) => this.began(first, offset),
        packet: (_bytes, _start, _kept, _length, _sequenceId, end) => this.ended(end),
      },
      0,
    );
  }

  /** Takes bytes to the client. `null` where they are recorded as they are, which is nearly always. */
  push(chunk: Buffer): Redacted[] | null {
    this.chunk = chunk;
    this.plainFrom = 0;
    this.pieces = this.held === null ? null : [];
    if (this.errFrom >= 0) this.errFrom = 0;
    this.framer.push(chunk);
    if (this.errFrom >= 0) this.holdFrom(this.errFrom);
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
    recorded.fill(0, Math.min(bytes.length, 4 + 3));
    return { bytes, recorded, redacted: 0 };
  }

  private began(first: number, offset: number): void {
    if (first === 0xff) this.errFrom = Math.max(offset, 0);
    else if (this.held !== null) this.release();
  }

  private ended(end: number): void {
    if (this.errFrom < 0) return;
    const from = this.errFrom;
    this.errFrom = -1;
    const here = this.chunk.subarray(from, end);
    const packet = this.held === null ? here : Buffer.concat([this.held, here]);
    const recorded = this.recordedErr(packet);
    if (recorded === null && this.held === null) return;
    this.plainTo(from);
    this.held = null;
    this.plainFrom = end;
    this.pieces ??= [];
    this.pieces.push(recorded === null ? plain(packet) : { bytes: packet, recorded, redacted: 1 });
  }

  /** The packet without what its message quotes; `null` where nothing of it is a secret. */
  private recordedErr(packet: Buffer): Buffer | null {
    const decoded = decodeErrPacket(packet.subarray(4));
    if (!decoded.ok || namesOnly.has(decoded.value.errno)) return null;
    const from = packet[7] === 0x23 ? 13 : 7;
    const message = packet.toString("latin1", from);
    const start = message.indexOf("'") + 1;
    if (start === 0 || !(this.answersSecrets() || quotesSecret(decoded.value.errno, message))) return null;
    const payload = withReplaced(
      packet.subarray(4),
      [{ start, end: Math.max(start, endOfQuoted(decoded.value.errno, message)) }],
      from - 4,
      marker,
    );
    const header = Buffer.from(packet.subarray(0, 4));
    header.writeUIntLE(payload.length, 0, 3);
    return Buffer.concat([header, payload]);
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
    if (this.held.length <= longestErr) return;
    this.errFrom = -1;
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

function plain(bytes: Buffer): Redacted {
  return { bytes, recorded: bytes, redacted: 0 };
}
