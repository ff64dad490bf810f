/**
 * Gives the packets of an upstream that compresses the sequence ids that a client which does not compress expects.
 *
 * A server that compresses restarts the packets' own ids from its envelopes' whenever it flushes; clients look at the
 * former only where there are no envelopes, and then insist that each follows on the one before.
 */
import { Conversation, conversationPrefix, type Pending } from "./conversation.ts";
import { PacketFramer } from "./packet-framer.ts";
import { ClientRole } from "./packet-role.ts";

/** The id with which the answer to one command starts; `null` for 1, as of nearly all. */
type AnswerStart = number | null;

/** Follows one session's Command phase between a plain client and an upstream that compresses. */
export class AnswerNumbering {
  private readonly conversation: Conversation<AnswerStart>;
  private readonly clientFramer: PacketFramer;
  private readonly upstreamFramer: PacketFramer;
  private beganAs: ClientRole = ClientRole.command;
  private answering: Pending<AnswerStart> | null = null;
  private next = 0;
  private readonly header = Buffer.alloc(4);
  private headerFilled = 0;
  private missing = 0;

  /** `capabilities`, `mariaDbCapabilities`: the flags in force. */
  constructor(capabilities: number, mariaDbCapabilities = 0) {
    this.conversation = new Conversation(capabilities, mariaDbCapabilities);
    this.clientFramer = new PacketFramer(
      {
        begin: () => {
          this.beganAs = this.conversation.client(1);
        },
        packet: (bytes, start, kept, length, last) => this.sentPacket(kept > 0 ? (bytes[start] as number) : 0, length, (last + 1) & 0xff),
      },
      1,
    );
    this.upstreamFramer = new PacketFramer(
      {
        packet: (bytes, start, kept, length) => {
          this.conversation.server(bytes, start, kept, length);
          if (this.conversation.ended) this.conversation.finish();
        },
      },
      conversationPrefix,
    );
  }

  /** Takes bytes on their way from the client to the upstream. */
  sent(chunk: Buffer): void {
    this.clientFramer.push(chunk);
  }

  /** Renumbers the packets in bytes on their way to the client, in place. */
  renumber(chunk: Buffer): void {
    let followed = 0;
    for (let at = 0; at < chunk.length; ) {
      if (this.missing > 0) {
        const here = Math.min(this.missing, chunk.length - at);
        this.missing -= here;
        at += here;
        continue;
      }
      if (this.headerFilled === 3) {
        // Only when all before it has been followed is it known whether this packet starts another answer.
        this.upstreamFramer.push(chunk.subarray(followed, at));
        followed = at;
        chunk[at] = this.idFor(chunk[at] as number);
        this.missing = this.header.readUIntLE(0, 3);
        this.headerFilled = 0;
      } else {
        this.header[this.headerFilled] = chunk[at] as number;
        this.headerFilled += 1;
      }
      at += 1;
    }
    this.upstreamFramer.push(chunk.subarray(followed));
  }

  /** The id for a packet that came with `given`; that one where no answer is due, since there is nothing to follow on. */
  private idFor(given: number): number {
    const head = this.conversation.pending.first;
    if (head === undefined) return given;
    if (head !== this.answering) {
      this.answering = head;
      this.next = head.attachment ?? 1;
    }
    const id = this.next;
    this.next = (id + 1) & 0xff;
    return id;
  }

  private sentPacket(first: number, length: number, sequenceId: number): void {
    const role = this.beganAs === ClientRole.authentication ? this.beganAs : this.conversation.client(length);
    if (role === ClientRole.command) {
      if (this.conversation.lost !== null) while (this.conversation.finish() !== undefined);
      this.conversation.command(first, sequenceId === 1 ? null : sequenceId, length);
      return;
    }
    this.next = sequenceId;
    if (role === ClientRole.infileEnd) this.conversation.infileEnded();
    if (role === ClientRole.authentication) this.conversation.authenticationAnswered();
  }
}
