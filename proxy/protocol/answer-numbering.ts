/**
 * Gives the packets of an upstream that compresses the sequence ids that a client which does not compress expects.
 *
 * A server that compresses restarts the packets' own ids from its envelopes' whenever it flushes; clients look at the
 * former only where there are no envelopes, and then insist that each follows on the one before.
 */
import { AnswerIds } from "./answer-ids.ts";

/** Follows one session's Command phase between a plain client and an upstream that compresses. */
export class AnswerNumbering {
  private readonly ids: AnswerIds;
  private readonly header = Buffer.alloc(4);
  private headerFilled = 0;
  private missing = 0;

  /** `capabilities`, `mariaDbCapabilities`: the flags in force. */
  constructor(capabilities: number, mariaDbCapabilities = 0) {
    this.ids = new AnswerIds(capabilities, mariaDbCapabilities, (lastPacketId) => (lastPacketId + 1) & 0xff);
  }

  /** Takes bytes on their way from the client to the upstream. */
  sent(chunk: Buffer): void {
    this.ids.sent(chunk);
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
        this.ids.answered(chunk.subarray(followed, at));
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
    this.ids.answered(chunk.subarray(followed));
  }

  /** The id for a packet that came with `given`; that one where no answer is due, since there is nothing to follow on. */
  private idFor(given: number): number {
    if (this.ids.begin() === null) return given;
    const id = this.ids.next;
    this.ids.next = (id + 1) & 0xff;
    return id;
  }
}
