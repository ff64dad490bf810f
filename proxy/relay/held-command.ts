/**
 * One command that may hold secrets, from its header to its end: held back until it is known what is to be recorded of
 * it. What is recorded does not depend on the pieces in which it comes, and memory is bounded whatever its length.
 */
import { maxPayload, toPackets } from "../protocol/packet-writer.ts";
import { secretsInRest } from "../sql/secrets/secret-literals.ts";
import { firstTrigger, longestTrigger } from "../sql/secrets/secret-words.ts";
import type { RedactedPayload } from "./redacted-command.ts";
import type { Redacted } from "./redaction.ts";

/** A text without any of the words behind which a secret may stand is held up to so many bytes, and goes on from there. */
export const searchedBytes = 4 * 1024 * 1024;

/** From the first such word on, so many bytes are held; where there are more, nothing of them is recorded. */
export const heldBytes = 16 * 1024 * 1024;

/** The same where the beginning has gone on: to read what is left in every way takes that much longer. */
const restBytes = 512 * 1024;

/** Bytes before the first word that are held with it, because the word may be the end of a longer one. */
const keptBefore = 32;

const headerBytes = 4;
const partBytes = maxPayload + headerBytes;
const asterisk = 0x2a;

/**
 * `searching`: no such word yet. `whole`: held to its end, to be recorded anew. `rest`: its beginning is recorded as it
 * was; what is left keeps its length. `masked`: too long to be searched.
 */
type State = "searching" | "whole" | "rest" | "masked";

/** Limits in bytes of payload; see `searchedBytes` and `heldBytes`. */
export interface HoldLimits {
  readonly searched: number;
  readonly held: number;
  readonly rest: number;
}

export class HeldCommand {
  private readonly redact: (payload: Buffer) => RedactedPayload | null;
  private readonly limits: HoldLimits;
  private state: State;
  private pieces: Buffer[] = [];
  /** Where the held pieces begin and end, in bytes from the first header on. */
  private heldFrom = 0;
  private heldTo = 0;
  /** Payload bytes that were searched, the last of them, and where the first word is. */
  private searched = 0;
  private tail = "";
  private wordAt = 0;

  /**
   * `redact`: gives the whole payload without its secrets. `isText`: it is searched for words while it comes; otherwise
   * all of it is held.
   */
  constructor(
    redact: (payload: Buffer) => RedactedPayload | null,
    isText: boolean,
    limits: HoldLimits = { searched: searchedBytes, held: heldBytes, rest: restBytes },
  ) {
    this.redact = redact;
    this.limits = limits;
    this.state = isText ? "searching" : "whole";
  }

  /** Bytes that are held, headers included. */
  get bytes(): number {
    return this.heldTo - this.heldFrom;
  }

  /** The first payload bytes that are held; for commands that are no texts. */
  get beginning(): Buffer {
    return this.payload();
  }

  /** Takes bytes of it, headers included. Gives what can go on. */
  push(bytes: Buffer): Redacted[] {
    const from = this.heldTo;
    this.pieces.push(bytes);
    this.heldTo += bytes.length;
    if (this.state === "masked") return [this.masked(0)];
    if (this.state === "searching") return this.search(payloadOf(bytes, from));
    return this.isTooLong() ? this.mask() : [];
  }

  /** It is complete. Gives the rest of what goes on. */
  end(): Redacted[] {
    if (this.bytes === 0) return [];
    if (this.state === "searching") return this.endOfSearch();
    if (this.state === "rest") return [this.redactedRest()];
    const payload = this.payload();
    const wire = this.wire();
    const recorded = this.redact(payload);
    if (recorded === null) return [plain(wire)];
    return [{ bytes: wire, recorded: toPackets(recorded.payload, wire[3] ?? 0), redacted: recorded.redacted }];
  }

  /** It need not be held any more: gives all that is. */
  release(): Redacted[] {
    return this.bytes === 0 ? [] : [this.plain()];
  }

  private search(payload: Buffer): Redacted[] {
    const text = this.tail + payload.toString("latin1");
    const found = firstTrigger(text);
    const textFrom = this.searched - this.tail.length;
    this.searched += payload.length;
    this.tail = text.slice(-longestTrigger - keptBefore);
    // A word near the end is looked at again, when what follows it is there.
    if (found === -1 || found > text.length - longestTrigger) {
      const safe = this.searched - this.tail.length;
      return safe > this.limits.searched ? this.releaseTo(safe) : [];
    }
    this.wordAt = textFrom + found;
    this.state = this.wordAt < this.limits.searched ? "whole" : "rest";
    const released = this.state === "rest" ? this.releaseTo(this.wordAt - keptBefore) : [];
    return this.isTooLong() ? [...released, ...this.mask()] : released;
  }

  /** Without a word so far, there may be one at the very end. */
  private endOfSearch(): Redacted[] {
    const found = firstTrigger(this.tail);
    if (found === -1) return [this.plain()];
    this.wordAt = this.searched - this.tail.length + found;
    this.state = this.wordAt < this.limits.searched ? "whole" : "rest";
    return this.end();
  }

  /** Whether there is more from the first word on than is held. */
  private isTooLong(): boolean {
    return payloadOffset(this.heldTo) - this.wordAt > (this.state === "rest" ? this.limits.rest : this.limits.held);
  }

  private releaseTo(payloadAt: number): Redacted[] {
    const at = wireOffset(payloadAt);
    if (at <= this.heldFrom) return [];
    const wire = this.wire();
    const from = at - (this.heldTo - wire.length);
    this.pieces = [Buffer.from(wire.subarray(from))];
    this.heldFrom = at;
    return [plain(wire.subarray(0, from))];
  }

  private mask(): Redacted[] {
    const before = this.releaseTo(Math.max(this.wordAt, 1));
    this.state = "masked";
    return [...before, this.masked(1)];
  }

  private masked(redacted: number): Redacted {
    const from = this.heldFrom;
    const bytes = this.wire();
    const recorded = Buffer.from(bytes);
    for (let at = 0; at < recorded.length; at += 1) if (!isHeader(from + at)) recorded[at] = asterisk;
    return { bytes, recorded, redacted };
  }

  private redactedRest(): Redacted {
    const from = this.heldFrom;
    const payload = this.payload();
    const bytes = this.wire();
    const stretches = secretsInRest(payload.toString("latin1"), true);
    if (stretches.length === 0) return plain(bytes);
    const recorded = Buffer.from(bytes);
    const payloadFrom = payloadOffset(from);
    for (const { start, end } of stretches) {
      for (let at = start; at < end; at += 1) recorded[wireOffset(payloadFrom + at) - from] = asterisk;
    }
    return { bytes, recorded, redacted: stretches.length };
  }

  private plain(): Redacted {
    return plain(this.wire());
  }

  private payload(): Buffer {
    return payloadOf(Buffer.concat(this.pieces), this.heldFrom);
  }

  /** Takes what is held. */
  private wire(): Buffer {
    const wire = this.pieces.length === 1 ? (this.pieces[0] as Buffer) : Buffer.concat(this.pieces);
    this.pieces = [];
    this.heldFrom = this.heldTo;
    return wire;
  }
}

function plain(bytes: Buffer): Redacted {
  return { bytes, recorded: bytes, redacted: 0 };
}

function isHeader(wireAt: number): boolean {
  return wireAt % partBytes < headerBytes;
}

/** Where the payload byte at `payloadAt` is on the wire, counted from the first header. */
function wireOffset(payloadAt: number): number {
  return payloadAt + headerBytes * (Math.floor(payloadAt / maxPayload) + 1);
}

/** How many payload bytes there are before `wireAt`. */
function payloadOffset(wireAt: number): number {
  const parts = Math.floor(wireAt / partBytes);
  return parts * maxPayload + Math.max(0, (wireAt % partBytes) - headerBytes);
}

/** The payload in a stretch of the wire that begins `wireAt` bytes from the first header. */
function payloadOf(wire: Buffer, wireAt: number): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < wire.length) {
    const within = (wireAt + at) % partBytes;
    if (within < headerBytes) {
      at += headerBytes - within;
      continue;
    }
    const end = Math.min(wire.length, at + partBytes - within);
    parts.push(wire.subarray(at, end));
    at = end;
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}
