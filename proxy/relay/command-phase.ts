/**
 * What the relay must know of a session's Command phase while it forwards: which bytes are authentication and must not
 * be recorded, and where an ERR_Packet of ours would fit. Pure: chunks in, segments and facts out.
 */
import { decodeChangeUser } from "../protocol/change-user.ts";
import { Command } from "../protocol/command.ts";
import { Conversation, conversationPrefix, type Pending } from "../protocol/conversation.ts";
import { PacketFramer } from "../protocol/packet-framer.ts";
import { ClientRole, ServerRole } from "../protocol/packet-role.ts";
import type { Redacted } from "./redaction.ts";
import { type PendingSecrets, SecretCommands } from "./secret-commands.ts";

/**
 * A stretch of bytes from the client: whole packets or parts of them; one whole COM_CHANGE_USER; or one whole packet that
 * answers what it was asked in a change of user. `recorded` is what is recorded of it: the same, but for authentication,
 * which is zeroed, and for secrets in statements, which are replaced.
 */
export interface Segment {
  readonly kind: "plain" | "change-user" | "authentication";
  readonly bytes: Buffer;
  readonly recorded: Buffer;
  /** How many secrets of a statement are replaced; absent where there are none. */
  readonly redacted?: number;
}

/** Longest packet that is held until it is whole, to find what must not be recorded in it. */
export const maxHeldBytes = 1024 * 1024;

/** Follows one session's Command phase. */
export class CommandPhase {
  clientPackets = 0;
  upstreamPackets = 0;
  /** The client has sent COM_QUIT. */
  quit = false;
  /** The packet that `answersSecret` took last is a row. */
  arrivedRow = false;
  /** Bytes from the client that are held back for authentication that is in them. */
  heldAuthentication = 0;
  private readonly capabilities: number;
  private readonly conversation: Conversation<PendingSecrets | null>;
  /** The same as far as it has come from the upstream, of which the client may have received less: secrets were replaced in a command. */
  private readonly arriving: Conversation<true | null>;
  private readonly secrets: SecretCommands;
  private readonly clientFramer: PacketFramer;
  private readonly upstreamFramer: PacketFramer;
  private answering = false;
  /** The client has begun to send the content that a LOCAL INFILE request asked for. */
  private sendingFile = false;
  private held: Buffer[] = [];
  private sensitive = false;
  /** What the packet is was decided by its first byte, whatever the upstream says before its last. */
  private beganAsAuthentication = false;
  private sensitiveFrom = 0;
  /** The packet at hand is a command that may hold secrets, and begins at `searchedFrom` in the chunk. */
  private searched = false;
  private searchedFrom = 0;
  private plainFrom = 0;
  private chunk: Buffer = Buffer.alloc(0);
  private segments: Segment[] | null = null;

  /** `capabilities`: the flags in force. */
  constructor(capabilities: number, mariaDbCapabilities = 0) {
    this.capabilities = capabilities;
    this.conversation = new Conversation(capabilities, mariaDbCapabilities);
    this.arriving = new Conversation(capabilities, mariaDbCapabilities);
    this.secrets = new SecretCommands(capabilities);
    this.clientFramer = new PacketFramer(
      {
        begin: (first, _sequenceId, offset) => this.clientBegan(first, offset),
        packet: (bytes, start, kept, length, _sequenceId, end) => this.clientPacket(bytes, start, kept, length, end),
      },
      conversationPrefix,
    );
    this.upstreamFramer = new PacketFramer(
      { packet: (bytes, start, kept, length) => this.upstreamPacket(bytes, start, kept, length) },
      conversationPrefix,
    );
  }

  /** Bytes from the client that are held back. */
  get heldBytes(): number {
    return this.heldAuthentication + this.secrets.heldBytes;
  }

  /** Whether a command waits for the rest of its answer. */
  get busy(): boolean {
    return this.conversation.pending.length > 0;
  }

  /** Whether so much is not answered yet that nothing more need be read from the client for now. */
  get clientIsAhead(): boolean {
    return this.conversation.clientIsAhead;
  }

  /** Whether the command that is answered next is a COM_CHANGE_USER. */
  get changeIsNext(): boolean {
    return this.conversation.pending.first?.command === Command.CHANGE_USER;
  }

  /**
   * Takes each packet on its way to the client, before it is recorded. Whether it answers a command of which secrets were
   * replaced in the recording, or may do so where the answer cannot be followed.
   */
  answersSecret(bytes: Buffer, start: number, kept: number, length: number): boolean {
    const { arriving } = this;
    const secret = arriving.pending.first?.attachment === true;
    this.arrivedRow = arriving.server(bytes, start, kept, length) === ServerRole.row;
    if (arriving.lost !== null) {
      for (const { attachment } of arriving.pending) if (attachment === true) return true;
    }
    if (arriving.ended) arriving.finish();
    return secret;
  }

  /**
   * Takes bytes from the client. Gives `null` where all of them are plain (the usual case: record and forward the
   * chunk as it is), else the segments to record and forward in turn. Held back until more comes: a packet with
   * authentication, a command that may hold secrets, and a header of which the packet's first byte is not there yet.
   */
  fromClient(chunk: Buffer): Segment[] | null {
    this.chunk = chunk;
    this.plainFrom = 0;
    this.sensitiveFrom = 0;
    this.searchedFrom = 0;
    this.segments = this.heldAuthentication > 0 || this.secrets.holding ? [] : null;
    this.clientFramer.push(chunk);
    if (this.clientFramer.inHeader && !this.sensitive) this.holdFrom(Math.max(this.clientFramer.openHeaderAt, 0));
    else if (this.sensitive) this.hold(chunk.subarray(this.sensitiveFrom));
    else if (this.searched) this.searchFrom();
    else if (this.segments !== null) this.addPlain(chunk.length);
    return this.segments;
  }

  /** Takes bytes that have been recorded and go to the client. */
  fromUpstream(chunk: Buffer): void {
    this.upstreamFramer.push(chunk);
  }

  /**
   * The sequence id with which an ERR_Packet of ours would follow what the client has received; `null` in the middle of
   * a packet, where none fits.
   */
  get errSequenceId(): number | null {
    if (!this.upstreamFramer.atBoundary) return null;
    if (this.answering && !this.sendingFile) return (this.upstreamFramer.lastSequenceId + 1) & 0xff;
    return this.busy || !this.clientFramer.atBoundary ? (this.clientFramer.lastSequenceId + 1) & 0xff : 0;
  }

  private clientBegan(first: number, offset: number): void {
    const role = this.conversation.client(1);
    this.beganAsAuthentication = role === ClientRole.authentication;
    this.sendingFile = role === ClientRole.infileContent;
    this.sensitive = role === ClientRole.authentication || (role === ClientRole.command && first === Command.CHANGE_USER);
    this.searched = role === ClientRole.command && !this.sensitive && this.secrets.begins(first);
    if (this.searched) {
      this.searchedFrom = Math.max(offset, 0);
      if (this.heldAuthentication > 0) this.addRedacted(this.secrets.push(this.takeHeld()));
      return;
    }
    if (!this.sensitive) {
      this.releaseHeld();
      return;
    }
    this.sensitiveFrom = Math.max(offset, 0);
    this.addPlain(this.sensitiveFrom);
  }

  private clientPacket(bytes: Buffer, start: number, kept: number, length: number, end: number): void {
    this.clientPackets += 1;
    const first = kept > 0 ? (bytes[start] as number) : -1;
    const role = this.beganAsAuthentication ? ClientRole.authentication : this.conversation.client(length);
    if (this.sensitive) this.addSensitive(end, role === ClientRole.command);
    else if (this.searched) this.endSearched(end);
    for (const conversation of [this.conversation, this.arriving]) {
      if (role === ClientRole.infileEnd) conversation.infileEnded();
      if (role === ClientRole.authentication) conversation.authenticationAnswered();
    }
    if (role === ClientRole.command) this.giveUpLost();
    if (role !== ClientRole.command) return;
    if (first === Command.QUIT) this.quit = true;
    const secrets = this.secrets.sent(bytes, start, kept);
    this.conversation.command(Math.max(first, 0), secrets, length);
    this.arriving.command(Math.max(first, 0), secrets?.redacted === true ? true : null, length);
  }

  private upstreamPacket(bytes: Buffer, start: number, kept: number, length: number): void {
    this.upstreamPackets += 1;
    const role = this.conversation.server(bytes, start, kept, length);
    if (role === ServerRole.prepareOk) this.prepared(bytes, start);
    this.answering = this.conversation.pending.length > 0 && !this.conversation.ended;
    if (this.conversation.ended) this.finish();
  }

  /** Removes the command whose answer has ended. False where there is none. */
  private finish(): boolean {
    const finished = this.conversation.finish((content) => this.answered(content));
    if (finished !== undefined) this.answered(finished);
    return finished !== undefined;
  }

  private answered({ attachment }: Pending<PendingSecrets | null>): void {
    const prepares = attachment?.prepares ?? null;
    if (prepares !== null) this.secrets.answered(prepares);
  }

  /** After an answer that could not be followed, the next command shows that the client saw its end. */
  private giveUpLost(): void {
    if (this.conversation.lost !== null) while (this.finish());
    if (this.arriving.lost !== null) while (this.arriving.finish() !== undefined);
  }

  /** The server has given a prepared statement its id. */
  private prepared(bytes: Buffer, start: number): void {
    const prepares = this.conversation.pending.first?.attachment?.prepares ?? null;
    if (prepares !== null) this.secrets.prepared(bytes.readUInt32LE(start + 1), prepares);
  }

  /** The chunk ends within a command that may hold secrets. */
  private searchFrom(): void {
    this.addPlain(this.searchedFrom);
    this.addRedacted(this.secrets.push(this.chunk.subarray(this.searchedFrom)));
    this.plainFrom = this.chunk.length;
    const released = this.secrets.release();
    if (released === null) return;
    this.searched = false;
    this.addRedacted(released);
  }

  /** A command that may hold secrets is complete; where it came in one piece and holds none it stays where it is. */
  private endSearched(end: number): void {
    this.searched = false;
    if (!this.secrets.holding && this.secrets.isPlain(this.chunk, this.searchedFrom, end)) return;
    this.addPlain(this.searchedFrom);
    this.addRedacted(this.secrets.push(this.chunk.subarray(this.searchedFrom, end)));
    this.addRedacted(this.secrets.end());
    this.plainFrom = end;
  }

  private addRedacted(pieces: readonly Redacted[]): void {
    for (const { bytes, recorded, redacted } of pieces) {
      this.segments?.push({ kind: "plain", bytes, recorded, ...(redacted > 0 && { redacted }) });
    }
  }

  private addPlain(end: number): void {
    this.segments ??= [];
    if (end > this.plainFrom) {
      const bytes = this.chunk.subarray(this.plainFrom, end);
      this.segments.push({ kind: "plain", bytes, recorded: bytes });
    }
    this.plainFrom = end;
  }

  private holdFrom(from: number): void {
    this.addPlain(from);
    this.hold(this.chunk.subarray(from));
  }

  private hold(bytes: Buffer): void {
    this.held.push(Buffer.from(bytes));
    this.heldAuthentication += bytes.length;
  }

  private takeHeld(): Buffer {
    const bytes = Buffer.concat(this.held);
    this.held = [];
    this.heldAuthentication = 0;
    return bytes;
  }

  private releaseHeld(): void {
    if (this.heldAuthentication === 0) return;
    const bytes = this.takeHeld();
    this.segments?.push({ kind: "plain", bytes, recorded: bytes });
  }

  private addSensitive(end: number, isCommand: boolean): void {
    const bytes = Buffer.concat([this.takeHeld(), this.chunk.subarray(this.sensitiveFrom, end)]);
    this.sensitive = false;
    this.sensitiveFrom = end;
    this.plainFrom = end;
    const kind = isCommand ? "change-user" : "authentication";
    this.segments?.push({ kind, bytes, recorded: withoutAuthentication(bytes, isCommand, this.capabilities) });
  }
}

/** A copy of one packet with the authentication response in it zeroed; all but the header where it cannot be found. */
function withoutAuthentication(packet: Buffer, isCommand: boolean, capabilities: number): Buffer {
  const copy = Buffer.from(packet);
  const payload = copy.subarray(4);
  const decoded = isCommand ? decodeChangeUser(payload, capabilities) : null;
  if (decoded?.ok) decoded.value.authResponse.fill(0);
  else payload.fill(0, isCommand ? 1 : 0);
  return copy;
}
