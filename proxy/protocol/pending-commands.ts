/** The commands of one connection that are not answered in full yet. A client may send any number of them ahead. */
import { Fifo } from "./fifo.ts";

/** A command that is not answered in full yet. */
export interface Pending<T> {
  readonly command: number;
  readonly attachment: T;
}

const smallest = 64;

/** Lengths are told apart up to this many bytes. */
const longest = 0xffffff;

/** A queue that takes four bytes for each command, and more only for what is attached to it: an attachment of `null` costs nothing. */
export class PendingCommands<T> {
  /** The command that is being answered; `undefined` where there is none. */
  first: Pending<T> | undefined = undefined;
  /** How many there are. */
  length = 0;
  /** Bytes of payload that they have together; of each no more than 16 MiB. */
  bytes = 0;
  /** A ring of command bytes (the highest eight bits) and lengths. Its size is a power of two. */
  private commands = new Uint32Array(smallest);
  private start = 0;
  /** Attachments that are not `null`, with the number of their command, counted from the first that ever came. */
  private readonly attachments = new Fifo<{ readonly number: number; readonly pending: Pending<T> }>();
  private taken = 0;

  /** Adds a command with `length` bytes of payload. */
  push(command: number, attachment: T, length: number): void {
    if (this.length === this.commands.length) this.resize(this.length * 2);
    const bytes = Math.min(length, longest);
    this.commands[(this.start + this.length) & (this.commands.length - 1)] = (command << 24) | bytes;
    this.length += 1;
    this.bytes += bytes;
    if (attachment === null && this.length > 1) return;
    const pending = { command, attachment };
    if (attachment !== null) this.attachments.push({ number: this.taken + this.length - 1, pending });
    if (this.length === 1) this.first = pending;
  }

  /** Takes the first one. */
  shift(): Pending<T> | undefined {
    const { first } = this;
    if (first === undefined) return undefined;
    if (this.attachments.first?.number === this.taken) this.attachments.shift();
    this.bytes -= (this.commands[this.start] as number) & longest;
    this.taken += 1;
    this.start = (this.start + 1) & (this.commands.length - 1);
    this.length -= 1;
    if (this.length === 0 && this.commands.length > smallest) this.resize(smallest);
    this.first = this.length === 0 ? undefined : this.head();
    return first;
  }

  /** Bytes of payload of the one that `index` others are in front of; counted up to 16 MiB. */
  bytesOf(index: number): number {
    return (this.commands[(this.start + index) & (this.commands.length - 1)] as number) & longest;
  }

  /** Those to which something is attached, in order. */
  *[Symbol.iterator](): Generator<Pending<T>> {
    for (const { pending } of this.attachments) yield pending;
  }

  private head(): Pending<T> {
    const attached = this.attachments.first;
    if (attached?.number === this.taken) return attached.pending;
    // Only `null` is not kept.
    return { command: (this.commands[this.start] as number) >>> 24, attachment: null as T };
  }

  private resize(size: number): void {
    const commands = new Uint32Array(size);
    for (let at = 0; at < this.length; at += 1) commands[at] = this.commands[(this.start + at) & (this.commands.length - 1)] as number;
    this.commands = commands;
    this.start = 0;
  }
}
