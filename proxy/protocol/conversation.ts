/**
 * Follows the Command phase of one connection: which command is being answered, what each packet of the answer is, and
 * where the answer ends. Pure: packets in, roles out.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_command_phase.html
 *
 * It looks at no more than the first `conversationPrefix` bytes of a payload, so that the relay can follow large
 * results without assembling them. Commands that are pipelined are answered in order.
 */
import { Answer } from "./answer.ts";
import { Command, semiSyncReply } from "./command.ts";
import { ClientRole, ServerRole } from "./packet-role.ts";
import { type Pending, PendingCommands } from "./pending-commands.ts";

export type { Pending } from "./pending-commands.ts";

/** Bytes of a payload that `Conversation` needs to see. */
export const conversationPrefix = 32;

/** Commands that may wait for their answers. Where there are more, none of the rest is matched with its answer. */
export const mostPending = 1_000_000;

/** A client that has sent so much that is not answered is ahead: commands, or bytes of their payloads behind the first one's. */
const commandsAhead = 1000;
const bytesAhead = 1024 * 1024;

const unanswered: ReadonlySet<number> = new Set([Command.QUIT, Command.STMT_SEND_LONG_DATA, Command.STMT_CLOSE]);

/** Commands whose answers go on for ever, while the client may send what is part of their talk. */
const streaming: ReadonlySet<number> = new Set([
  Command.BINLOG_DUMP,
  Command.BINLOG_DUMP_GTID,
  Command.TABLE_DUMP,
  Command.CLONE,
  Command.SUBSCRIBE_GROUP_REPLICATION_STREAM,
]);

/**
 * The state of one connection's Command phase. `T` is what the caller attaches to each command to find it again when
 * it is answered.
 */
export class Conversation<T> {
  /** Commands in the order in which they will be answered. */
  readonly pending = new PendingCommands<T>();
  private readonly answer: Answer;
  /** The server has refused a LOCAL INFILE content that the client, which does not look up, sends to its end. */
  private refusedContent = false;
  /**
   * Commands behind the first pending one that are none: they were sent before the server asked for a LOCAL INFILE content, and the
   * server takes them for it, up to an empty one. `finish` removes them with the command that asked.
   */
  contentAhead = 0;
  /** Why nothing is followed any more, whatever comes; `null` in nearly every session. */
  private overrun: string | null = null;

  /** `capabilities`, `mariaDbCapabilities`: the flags in force on this connection. */
  constructor(capabilities: number, mariaDbCapabilities = 0) {
    this.answer = new Answer(capabilities, mariaDbCapabilities);
  }

  /** True after `server` where that packet was the last of the first pending command's answer. The caller then calls `finish`. */
  get ended(): boolean {
    return this.answer.ended;
  }

  /** Why the answer cannot be followed any more; `null` while it can. It is followed again from the next command on. */
  get lost(): string | null {
    return this.overrun ?? this.answer.lost;
  }

  /** Definitions of columns or parameters that are still to come before what follows them. */
  get definitionsDue(): number {
    return this.answer.definitionsDue;
  }

  /** The role of the next packet from the client, which is `length` bytes long. Does not change what is pending: see `command`. */
  client(length: number): ClientRole {
    if (this.refusedContent || (this.answer.awaitsContent && this.lost === null))
      return length === 0 ? ClientRole.infileEnd : ClientRole.infileContent;
    return this.answer.authenticating && this.pending.length > 0 ? ClientRole.authentication : ClientRole.command;
  }

  /**
   * Whether so much is not answered yet that no more need be read from the client until some of it is. A server reads a
   * command when it has answered the one before, so what is not read waits here as it would there. Never where the
   * answer itself needs something from the client, or cannot be followed to its end.
   */
  get clientIsAhead(): boolean {
    const { pending } = this;
    if (pending.length <= commandsAhead && pending.bytes <= bytesAhead) return false;
    return pending.length > 1 && this.lost === null && this.client(1) === ClientRole.command && !this.streams;
  }

  /** The client has sent `command`, of `length` payload bytes. Returns false where it gets no answer, and so is never pending. */
  command(command: number, attachment: T, length = 1): boolean {
    if (this.overrun !== null || unanswered.has(command) || (command === semiSyncReply && this.streams)) return false;
    this.pending.push(command, attachment, length);
    if (this.pending.length > mostPending) this.overrun = `more than ${mostPending} commands were waiting for their answers`;
    return true;
  }

  /** The client has answered what the server asked to authenticate. */
  authenticationAnswered(): void {
    this.answer.authenticating = false;
  }

  /** The client has ended its LOCAL INFILE content: the answer goes on, unless it is there already. */
  infileEnded(): void {
    if (!this.refusedContent) this.answer.contentEnded();
    this.refusedContent = false;
  }

  /** Removes the first pending command, whose answer has ended or will not come. `content` gets each that was its content. */
  finish(content: (command: Pending<T>) => void = () => undefined): Pending<T> | undefined {
    this.answer.begin();
    const finished = this.pending.shift();
    for (; this.contentAhead > 0; this.contentAhead -= 1) {
      const taken = this.pending.shift();
      if (taken !== undefined) content(taken);
    }
    return finished;
  }

  /**
   * The role of the next packet to the client. `bytes` holds its first `kept` payload bytes from `start`; `length` is
   * the whole payload's.
   */
  server(bytes: Buffer, start: number, kept: number, length: number): ServerRole {
    const head = this.pending.first;
    if (head === undefined) return ServerRole.unsolicited;
    if (this.lost !== null) return ServerRole.unknown;
    const awaited = this.answer.awaitsContent;
    const role = this.answer.packet(head.command, bytes, start, kept, length);
    if (role === ServerRole.err) this.refusedContent = awaited;
    if (role === ServerRole.infileRequest) this.takeContentAhead();
    return role;
  }

  private takeContentAhead(): void {
    while (this.contentAhead + 1 < this.pending.length) {
      this.contentAhead += 1;
      if (this.pending.bytesOf(this.contentAhead) > 0) continue;
      this.answer.contentEnded();
      return;
    }
  }

  private get streams(): boolean {
    return streaming.has(this.pending.first?.command ?? -1);
  }
}
