/**
 * A change of user while it happens: between a session's COM_CHANGE_USER and its answer, both sides sign in again, and
 * what the client has sent ahead waits.
 */
import type { CloseCause, SignedInAgain } from "../model/session.ts";
import type { ErrPacket } from "../protocol/err-packet.ts";
import type { Segment } from "./command-phase.ts";
import { upstreamMalformed } from "./dialogue.ts";
import { type DialogueEnd, runDialogue, type Sides } from "./dialogue-runner.ts";
import { longestPayload } from "./packet-stream.ts";
import { PushedPackets } from "./pushed-packets.ts";
import type { UserChange, UserChanges } from "./user-changes.ts";

/** What a change of user needs of its session. */
export interface ChangingSession {
  /** Whether everything before the COM_CHANGE_USER has been answered. */
  changeIsNext(): boolean;
  toUpstream(bytes: Buffer): void;
  /** Records `bytes` and sends them to the client. */
  toClient(bytes: Buffer): void;
  /** Records who the session is from now on; false where that failed, and the session has ended. */
  signedInAgain(signedIn: SignedInAgain): boolean;
  /** The change was refused; the session goes on unless the upstream closes it. */
  refused(detail: string): void;
  /** The session cannot go on. `answer` is for the client; `detail` is recorded. */
  end(cause: CloseCause, answer: ErrPacket, detail: string): void;
  /** Goes on with what waited. */
  forward(segment: Segment): void;
}

/** Bytes of the upstream that may wait for the client's turn: its packets are taken as they come, but for that. */
const mostUnread = 2 * longestPayload;

interface Running {
  readonly client: PushedPackets;
  readonly upstream: PushedPackets;
}

/** Puts the changes of user of one session between its two sides. */
export class ChangeOfUser {
  private readonly changes: UserChanges;
  private readonly session: ChangingSession;
  private readonly limitMs: number;
  /** A COM_CHANGE_USER that waits for the answers before it. */
  private next: Buffer | null = null;
  private running: Running | null = null;
  private ahead: Segment[] = [];
  /** Bytes from the client that wait for the change to end. */
  aheadBytes = 0;
  private ended = false;

  /** `limitMs`: the longest that a change may take. */
  constructor(changes: UserChanges, session: ChangingSession, limitMs: number) {
    this.changes = changes;
    this.session = session;
    this.limitMs = limitMs;
  }

  /** The sequence id for a last packet of ours to the client; `null` where no change is under way. */
  get errSequenceId(): number | null {
    return this.running?.client.nextSequence ?? null;
  }

  /** Takes what is part of a change or must wait behind one; false for what goes on to the upstream. */
  fromClient(segment: Segment): boolean {
    if (this.running !== null && segment.kind === "authentication") this.running.client.push(segment.bytes);
    else if (this.running !== null || this.next !== null) {
      this.ahead.push(segment);
      this.aheadBytes += segment.bytes.length;
    } else if (segment.kind === "change-user") {
      this.next = segment.bytes;
      this.beginIfNext();
    } else return false;
    return true;
  }

  /** Takes what the upstream says during a change; false for what goes on to the client. */
  fromUpstream(bytes: Buffer): boolean {
    if (this.running === null) return false;
    if (this.ended) return true;
    const { upstream } = this.running;
    upstream.push(bytes);
    if (upstream.waitingBytes <= mostUnread) return true;
    const { refusal } = upstreamMalformed("it says more in a change of user than any sign-in needs");
    this.settle({ ok: false, refusal }, this.running);
    upstream.rest();
    this.abandon();
    return true;
  }

  /** To be called where something has been answered. */
  beginIfNext(): void {
    if (this.next === null || !this.session.changeIsNext()) return;
    const packet = this.next;
    this.next = null;
    this.run(packet).catch((thrown) => this.broken(thrown));
  }

  /** One of the sides has ended: no change comes to its end any more. */
  abandon(): void {
    this.ended = true;
    this.running?.client.end();
    this.running?.upstream.end();
  }

  private async run(packet: Buffer): Promise<void> {
    const client = new PushedPackets((bytes) => this.session.toClient(bytes));
    const upstream = new PushedPackets((bytes) => this.session.toUpstream(bytes));
    this.running = { client, upstream };
    client.push(packet);
    const command = client.take();
    if (command?.kind !== "packet") throw new Error("its packet is longer than any sign-in needs");
    const sides: Sides = { client, upstream, encrypt: () => Promise.reject(new Error("TLS begins before a session does")) };
    const end = await runDialogue(this.changes.change(command.payload), sides, this.limitMs);
    packet.fill(0);
    if (!this.ended) this.settle(end, this.running);
  }

  private settle(end: DialogueEnd<UserChange>, { client, upstream }: Running): void {
    if (!end.ok) {
      const { cause, detail, answer } = end.refusal;
      const own = answer === null || Buffer.isBuffer(answer) ? { errno: 1105, sqlstate: "HY000", message: detail } : answer;
      this.session.end(cause, own, detail);
      return;
    }
    const { value } = end;
    if (value.kind === "refused") this.session.refused(value.detail);
    else if (!this.session.signedInAgain(value.signedIn)) return;
    const answer = client.frame(value.kind === "changed" ? value.okPayload : value.errPayload);
    this.running = null;
    this.session.toClient(Buffer.concat([answer, upstream.rest()]));
    const ahead = this.ahead;
    this.ahead = [];
    this.aheadBytes = 0;
    for (const segment of ahead) this.session.forward(segment);
  }

  private broken(thrown: unknown): void {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    const message = `The user cannot be changed: ${why}. Open a new connection instead.`;
    this.session.end("client-malformed", { errno: 1105, sqlstate: "HY000", message }, message);
  }
}
