/**
 * Sequence ids of compressed packets, the envelopes around a session's packets. They count on through both directions and
 * start again with each command; a server reads a command when it has answered the one before, so with commands that were
 * sent ahead each answer's ids follow on its own command's.
 */
import { AnswerIds } from "./answer-ids.ts";
import { CommandStarts } from "./command-starts.ts";

/** Bytes that go into envelopes of their own, of which the first has `id` and the others count on. */
export interface EnvelopePart {
  readonly bytes: Buffer;
  readonly id: number;
}

/** The ids of one side's envelopes. */
export interface EnvelopeIds {
  /** The next envelope's. Whoever sends one counts on. */
  next: number;
  /** Takes what came in an envelope with `id`. */
  came(plain: Buffer, id: number): void;
  /** Takes bytes that are to be sent, and gives those that can be, in order. */
  parts(chunk: Buffer): EnvelopePart[];
}

/** Towards a server: each command starts again with 0, in an envelope of its own, because servers want it so. */
export class CommandEnvelopeIds implements EnvelopeIds {
  next = 0;
  private readonly commands = new CommandStarts();

  came(_plain: Buffer, id: number): void {
    this.next = (id + 1) & 0xff;
    this.commands.answered();
  }

  parts(chunk: Buffer): EnvelopePart[] {
    const { bytes, starts } = this.commands.push(chunk);
    return cut(bytes, [{ at: 0, id: this.next }, ...starts.map((at) => ({ at, id: 0 }))]);
  }
}

/** Towards a client: each answer follows on the last envelope of its command. */
export class AnswerEnvelopeIds implements EnvelopeIds {
  private readonly ids: AnswerIds;
  private behindEnvelope = 0;

  /** `capabilities`, `mariaDbCapabilities`: the flags in force. */
  constructor(capabilities: number, mariaDbCapabilities: number) {
    this.ids = new AnswerIds(capabilities, mariaDbCapabilities, () => this.behindEnvelope);
  }

  get next(): number {
    return this.ids.next;
  }

  set next(id: number) {
    this.ids.next = id;
  }

  came(plain: Buffer, id: number): void {
    this.behindEnvelope = (id + 1) & 0xff;
    this.ids.sent(plain);
  }

  parts(chunk: Buffer): EnvelopePart[] {
    const starts: Start[] = [{ at: 0, id: this.next }];
    const begin = (at: number): void => {
      if (at < chunk.length && this.ids.begin() === true) starts.push({ at, id: this.ids.next });
    };
    if (this.ids.atBoundary) begin(0);
    this.ids.answered(chunk, begin);
    return cut(chunk, starts);
  }
}

interface Start {
  readonly at: number;
  readonly id: number;
}

/** `bytes` in pieces that begin where `starts` say. */
function cut(bytes: Buffer, starts: readonly Start[]): EnvelopePart[] {
  const parts = starts.map(({ at, id }, index) => ({ bytes: bytes.subarray(at, starts[index + 1]?.at), id }));
  return parts.filter((part) => part.bytes.length > 0);
}
