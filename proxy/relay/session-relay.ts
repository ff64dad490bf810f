/**
 * Forwards one session's Command phase between two sockets, each byte after it has been recorded, with back-pressure
 * both ways, and passes on how a side ended: a close as a close, a reset as a reset.
 */
import type net from "node:net";
import type { Durability } from "../model/connection.ts";
import type { FailureError } from "../model/failure.ts";
import type { CloseCause, CompressionFacts, SessionClose } from "../model/session.ts";
import { AnswerNumbering } from "../protocol/answer-numbering.ts";
import { encodeErrPacket } from "../protocol/err-packet.ts";
import { toPackets } from "../protocol/packet-writer.ts";
import { AnswerRedactor } from "./answer-redactor.ts";
import { ChangeOfUser } from "./change-of-user.ts";
import { CommandPhase, maxHeldBytes, type Segment } from "./command-phase.ts";
import { canReset, type RelaySocket } from "./compression.ts";
import { DurableAnswers } from "./durable-answers.ts";
import type { SessionRecording } from "./recording.ts";
import { SessionOutcome } from "./session-outcome.ts";
import { openSide } from "./session-side.ts";
import type { UserChanges } from "./user-changes.ts";

/** Bytes that a client may have sent ahead of a change of user before it is paused. */
const maxAheadBytes = 1024 * 1024;

/** The longest that a change of user may take: a person may be asked to confirm. */
const changeOfUserMs = 60_000;

/** How long a side may take to read our last words before its socket is destroyed. */
const lingerMs = 2000;

/** A session whose Connection phase is over. Both sockets are paused. */
export interface SignedInSession {
  readonly client: net.Socket;
  readonly upstream: net.Socket;
  readonly capabilities: number;
  readonly mariaDbCapabilities: number;
  readonly compression: CompressionFacts;
  readonly userChanges: UserChanges;
  readonly durability: Durability;
  /** The framed OK_Packet that ends the Connection phase; sent once the recording is open. */
  readonly okPacket: Buffer;
}

/** Relays one session until both sides have ended, then closes its recording and calls `ended` once. */
export class SessionRelay {
  private readonly client: RelaySocket;
  private readonly upstream: RelaySocket;
  /** Only where the upstream compresses and the client does not. */
  private readonly numbering: AnswerNumbering | null;
  private readonly session: SignedInSession;
  private readonly recording: SessionRecording;
  private readonly phase: CommandPhase;
  private readonly answers: AnswerRedactor;
  private readonly change: ChangeOfUser;
  private readonly ended: (close: SessionClose) => void;
  private readonly outcome = new SessionOutcome();
  private readonly durable: DurableAnswers;
  private clientBytes = 0;
  private upstreamBytes = 0;
  /** We have ended it: nothing is forwarded any more. */
  private cut = false;
  /** Why the upstream refused a change of user, after which it may close; `null` once it has said anything else. */
  private refusedChange: string | null = null;
  private closedSides = 0;

  constructor(session: SignedInSession, recording: SessionRecording, ended: (close: SessionClose) => void) {
    this.session = session;
    const { compression, capabilities, mariaDbCapabilities } = session;
    const flags = { capabilities, mariaDbCapabilities };
    this.client = openSide(session.client, {
      ...flags,
      compression: compression.client,
      isUpstream: false,
      take: (chunk) => this.fromClient(chunk),
      malformed: (what) => this.end("client-malformed", 1157, "08S01", `Couldn't uncompress communication packet: ${what}.`),
    });
    this.upstream = openSide(session.upstream, {
      ...flags,
      compression: compression.upstream,
      isUpstream: true,
      take: (chunk) => this.fromUpstream(chunk),
      malformed: (what) =>
        this.end("upstream-malformed", 1835, "HY000", `Malformed packet: the upstream sent what Stenograph cannot read (${what}).`),
    });
    const numbered = compression.upstream !== null && compression.client === null;
    this.numbering = numbered ? new AnswerNumbering(capabilities, mariaDbCapabilities) : null;
    this.recording = recording;
    this.durable = new DurableAnswers(recording, (answer) => this.deliverDurable(answer));
    this.ended = ended;
    this.phase = new CommandPhase(capabilities, mariaDbCapabilities);
    this.answers = new AnswerRedactor(this.phase);
    this.change = new ChangeOfUser(
      session.userChanges,
      {
        changeIsNext: () => this.phase.changeIsNext,
        toUpstream: (bytes) => this.toUpstream(bytes),
        toClient: (bytes) => {
          if (!this.cut && !this.client.destroyed) this.deliverAnswers(bytes);
        },
        signedInAgain: (signedIn) => this.record(() => this.recording.note({ kind: "signed-in-again", ...signedIn })),
        refused: (detail) => {
          this.refusedChange = detail;
        },
        end: (cause, { errno, sqlstate, message }, detail) => {
          this.outcome.settle(cause, detail);
          this.end(cause, errno, sqlstate, message);
        },
        forward: (segment) => {
          this.resumeClient();
          void this.forward(segment);
        },
      },
      changeOfUserMs,
    );
  }

  /** Sends the OK_Packet and begins to forward. */
  start(): void {
    const { client, upstream } = this;
    client.on("drain", () => upstream.resume());
    upstream.on("drain", () => this.resumeClient());
    client.on("end", () => this.clientEnded());
    upstream.on("end", () => this.upstreamEnded());
    client.on("error", (error) => this.sideFailed("client-reset", error, upstream));
    upstream.on("error", (error) => this.sideFailed("upstream-reset", error, client));
    client.on("close", () => this.sideClosed("client-closed", upstream));
    upstream.on("close", () => this.sideClosed("upstream-closed", client));
    // The OK_Packet is the last that is not compressed.
    const uncompressed = this.session.compression.client === null ? client : this.session.client;
    uncompressed.write(this.session.okPacket);
    client.resume();
    upstream.resume();
  }

  /** Ends the session from our side: the client is told why where an ERR_Packet fits. */
  end(cause: CloseCause, errno: number, sqlstate: string, message: string): void {
    if (this.cut) return;
    this.cut = true;
    if (cause === "shutdown" && this.phase.quit) this.outcome.settle("client-quit", null);
    if (cause === "recording-failed") this.outcome.replace(cause, message);
    else this.outcome.settle(cause, message);
    this.tellClient(errno, sqlstate, message);
    this.change.abandon();
    this.upstream.destroy();
  }

  /** The recording cannot go on: nothing is forwarded any more. */
  failClosed(failure: FailureError): void {
    this.end("recording-failed", 1105, "HY000", failure.message);
  }

  /** Records and forwards what the client says. True where nobody needs `chunk` any more. */
  private fromClient(chunk: Buffer): boolean {
    if (this.cut || this.upstream.destroyed) return true;
    const segments = this.phase.fromClient(chunk);
    this.clientBytes += chunk.length;
    if (segments === null) {
      if (!this.record(() => this.recording.client(chunk))) return true;
      return this.forward({ kind: "plain", bytes: chunk, recorded: chunk }) && this.upstream.writableLength === 0;
    }
    for (const segment of segments) {
      if (!this.recordSegment(segment)) return true;
      this.forward(segment);
    }
    if (this.phase.heldAuthentication > maxHeldBytes)
      this.end("client-malformed", 1153, "08S01", "An authentication packet is longer than Stenograph accepts.");
    return false;
  }

  /** Authentication is recorded with its response zeroed and marked. False where it could not be recorded. */
  private recordSegment({ kind, bytes, recorded, redacted = 0 }: Segment): boolean {
    return this.record(() => {
      // In front of the bytes, so that there is no moment at which they are taken for what was sent.
      if (redacted > 0) this.recording.note({ kind: "redacted", what: "statement-secret", direction: "client", count: redacted });
      this.recording.client(recorded);
      if (kind !== "plain") {
        this.recording.note({ kind: "redacted", what: "authentication", direction: "client", bytes: bytes.length });
      }
    });
  }

  /** Forwards what has been recorded, or lets it wait behind a change of user; then it gives false. */
  private forward(segment: Segment): boolean {
    if (this.cut) return true;
    if (this.change.fromClient(segment)) {
      if (this.change.aheadBytes > maxAheadBytes) this.client.pause();
      return false;
    }
    this.toUpstream(segment.bytes);
    if (this.phase.clientIsAhead) this.client.pause();
    return true;
  }

  /** Records and delivers what the upstream says. True where nobody needs `chunk` any more. */
  private fromUpstream(chunk: Buffer): boolean {
    if (this.cut || this.client.destroyed) return true;
    this.numbering?.renumber(chunk);
    if (this.change.fromUpstream(chunk)) return false;
    this.refusedChange = null;
    return this.deliverAnswers(chunk);
  }

  /** Delivers what answers commands: recorded without the secrets of a statement that they quote. True like `fromUpstream`. */
  private deliverAnswers(chunk: Buffer): boolean {
    const pieces = this.answers.push(chunk);
    if (pieces !== null) {
      for (const { bytes, recorded, redacted } of pieces) this.deliver(bytes, recorded, redacted);
      return false;
    }
    this.deliver(chunk);
    return this.durable.waitingBytes === 0 && this.client.writableLength === 0;
  }

  /** Records what the client is to receive, with `redacted` secrets replaced, and sends it when it may be sent. */
  private deliver(bytes: Buffer, recorded = bytes, redacted = 0): void {
    const written = this.record(() => {
      if (redacted > 0) this.recording.note({ kind: "redacted", what: "statement-secret", direction: "upstream", count: redacted });
      this.recording.upstream(recorded);
    });
    if (!written) return;
    this.upstreamBytes += bytes.length;
    if (this.session.durability !== "strict") {
      if (!this.toClient(bytes)) this.upstream.pause();
      return;
    }
    this.durable.push(bytes);
    if (this.durable.full) this.upstream.pause();
  }

  /** The disk has this answer and its command. */
  private deliverDurable(answer: Buffer): void {
    if (this.cut || this.client.destroyed) return;
    const room = this.toClient(answer);
    if (room && !this.durable.full) this.upstream.resume();
    if (this.durable.waitingBytes > 0) return;
    if (this.upstream.destroyed) this.client.destroySoon();
    else if (this.upstream.readableEnded) this.client.end();
  }

  /** What the client has received is what `phase` knows of: an ERR_Packet of ours must follow on that. */
  private toClient(chunk: Buffer): boolean {
    this.phase.fromUpstream(chunk);
    const room = this.client.write(chunk);
    this.change.beginIfNext();
    if (this.client.isPaused()) this.resumeClient();
    return room;
  }

  /** Reads from the client again, unless something else still holds it back. */
  private resumeClient(): void {
    if (this.upstream.writableNeedDrain || this.phase.clientIsAhead || this.change.aheadBytes > maxAheadBytes) return;
    this.client.resume();
  }

  private toUpstream(bytes: Buffer): void {
    this.numbering?.sent(bytes);
    if (this.upstream.writable && !this.upstream.write(bytes)) this.client.pause();
  }

  /** Runs an append; where it fails the session ends, and `false` says that nothing may be forwarded. */
  private record(append: () => void): boolean {
    try {
      append();
      return true;
    } catch (thrown) {
      this.failClosed(thrown as FailureError);
      return false;
    }
  }

  private clientEnded(): void {
    this.change.abandon();
    this.outcome.settle(this.phase.quit ? "client-quit" : "client-closed", null);
    this.upstream.end();
  }

  private upstreamEnded(): void {
    this.change.abandon();
    if (this.refusedChange !== null) this.outcome.settle("sign-in-failed", this.refusedChange);
    this.outcome.settle(this.phase.quit ? "client-quit" : "upstream-closed", null);
    const rest = this.cut || this.client.destroyed ? null : this.answers.finish();
    if (rest !== null) this.deliver(rest.bytes, rest.recorded);
    if (this.durable.waitingBytes === 0) this.client.end();
  }

  private sideFailed(cause: CloseCause, error: Error, other: RelaySocket): void {
    this.change.abandon();
    const reset = "code" in error && error.code === "ECONNRESET";
    this.outcome.settle(this.phase.quit ? "client-quit" : cause, error.message);
    if (reset && canReset(other)) other.resetAndDestroy();
    else other.end();
  }

  /** One socket is gone: the other gets what is still on its way to it, and goes too. */
  private sideClosed(cause: CloseCause, other: RelaySocket): void {
    this.change.abandon();
    this.outcome.settle(this.phase.quit ? "client-quit" : cause, null);
    this.closedSides += 1;
    if (this.closedSides === 2) this.finish(this.outcome.cause ?? cause);
    else if (other !== this.client || this.durable.waitingBytes === 0) other.destroySoon();
  }

  private finish(cause: CloseCause): void {
    const close: SessionClose = {
      cause,
      detail: this.outcome.detail,
      clientBytes: this.clientBytes,
      clientPackets: this.phase.clientPackets,
      upstreamBytes: this.upstreamBytes,
      upstreamPackets: this.phase.upstreamPackets,
    };
    this.recording.close(close);
    this.ended(close);
  }

  /** Our last words, recorded like every byte that goes to the client, as far as recording works. */
  private tellClient(errno: number, sqlstate: string, message: string): void {
    const { client } = this;
    const sequenceId = this.change.errSequenceId ?? this.phase.errSequenceId;
    if (sequenceId === null || client.destroyed || !client.writable) {
      client.destroy();
      return;
    }
    const packet = toPackets(encodeErrPacket({ errno, sqlstate, message }), sequenceId);
    try {
      this.recording.upstream(packet);
      this.upstreamBytes += packet.length;
    } catch {
      // What cannot be recorded is the very thing that the client is being told.
    }
    client.end(packet);
    client.resume();
    setTimeout(() => client.destroy(), lingerMs).unref();
  }
}
