/**
 * With which sequence id each answer of a Command phase starts: the one that follows on its command's last. Pure; it serves
 * the ids of packets and, where a client compresses, those of the envelopes around them.
 */
import { Conversation, conversationPrefix, type Pending } from "./conversation.ts";
import { PacketFramer } from "./packet-framer.ts";
import { ClientRole } from "./packet-role.ts";

/** The id with which the answer to one command starts; `null` for 1, as of nearly all. */
type AnswerStart = number | null;

/** Follows both directions of one session. */
export class AnswerIds {
  /** The id of what goes to the client next, unless that starts another answer: see `begin`. */
  next = 0;
  private readonly conversation: Conversation<AnswerStart>;
  private readonly idBehind: (lastPacketId: number) => number;
  private readonly clientFramer: PacketFramer;
  private readonly upstreamFramer: PacketFramer;
  private beganAs: ClientRole = ClientRole.command;
  private answering: Pending<AnswerStart> | null = null;
  private behindPacket: (chunkEnd: number) => void = () => undefined;

  /**
   * `capabilities`, `mariaDbCapabilities`: the flags in force. `idBehind`: the id that follows on a packet of the client
   * which has just come whole, and whose own last is `lastPacketId`.
   */
  constructor(capabilities: number, mariaDbCapabilities: number, idBehind: (lastPacketId: number) => number) {
    this.conversation = new Conversation(capabilities, mariaDbCapabilities);
    this.idBehind = idBehind;
    this.clientFramer = new PacketFramer(
      {
        begin: () => {
          this.beganAs = this.conversation.client(1);
        },
        packet: (bytes, start, kept, length, last) => this.sentPacket(kept > 0 ? (bytes[start] as number) : 0, length, last),
      },
      1,
    );
    this.upstreamFramer = new PacketFramer(
      {
        packet: (bytes, start, kept, length, _last, chunkEnd) => {
          this.conversation.server(bytes, start, kept, length);
          if (this.conversation.ended) this.conversation.finish();
          this.behindPacket(chunkEnd);
        },
      },
      conversationPrefix,
    );
  }

  /** Whether what goes to the client next begins a packet. */
  get atBoundary(): boolean {
    return this.upstreamFramer.atBoundary;
  }

  /** Takes bytes that came from the client. */
  sent(chunk: Buffer): void {
    this.clientFramer.push(chunk);
  }

  /** Takes bytes that go to the client. `behindPacket` is called behind each packet that ends in them, with where that is. */
  answered(chunk: Buffer, behindPacket: (chunkEnd: number) => void = () => undefined): void {
    this.behindPacket = behindPacket;
    this.upstreamFramer.push(chunk);
  }

  /** To be asked where a packet to the client begins: whether it starts an answer, whose first id `next` is from then on; `null` where none is due. */
  begin(): boolean | null {
    const head = this.conversation.pending.first;
    if (head === undefined) return null;
    if (head === this.answering) return false;
    this.answering = head;
    this.next = head.attachment ?? 1;
    return true;
  }

  private sentPacket(first: number, length: number, lastPacketId: number): void {
    const role = this.beganAs === ClientRole.authentication ? this.beganAs : this.conversation.client(length);
    const id = this.idBehind(lastPacketId);
    if (role === ClientRole.command) {
      if (this.conversation.lost !== null) while (this.conversation.finish() !== undefined);
      this.conversation.command(first, id === 1 ? null : id, length);
      return;
    }
    this.next = id;
    if (role === ClientRole.infileEnd) this.conversation.infileEnded();
    if (role === ClientRole.authentication) this.conversation.authenticationAnswered();
  }
}
