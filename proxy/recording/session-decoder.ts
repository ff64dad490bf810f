/**
 * The one decoder: frames of a recording in, statements out. The timeline, the command line and exports all read
 * through it, so that they cannot disagree.
 */
import type { CloseCause, SessionClose, SessionOpen } from "../model/session.ts";
import type { StatementContext } from "../model/statement.ts";
import { Command } from "../protocol/command.ts";
import { Conversation } from "../protocol/conversation.ts";
import { ClientRole, ServerRole } from "../protocol/packet-role.ts";
import { AnswerDecoder, answerPrefix } from "./answer-decoder.ts";
import type { DecoderOptions, DecoderSink } from "./decoder-sink.ts";
import { type Frame, FrameKind, type Gap, type Note, type Seal } from "./frame.ts";
import { lastWordsIn } from "./last-words.ts";
import { PacketTrack } from "./packet-track.ts";
import { PendingStatements } from "./pending-statements.ts";
import { PreparedStatements } from "./prepared-statements.ts";
import { ReplacedSecrets } from "./replaced-secrets.ts";
import { SessionAccount } from "./session-account.ts";
import { SessionCharacterSets } from "./session-character-sets.ts";
import { sessionCloseIn, sessionOpenIn } from "./session-frames.ts";
import { StatementDraft } from "./statement-draft.ts";
import { readStatementText } from "./statement-text.ts";

export type { DecoderOptions, DecoderSink, ResultRow } from "./decoder-sink.ts";

const noContext: StatementContext = { prepare: null, types: null, longData: [], columns: null };

const endedByUpstream: ReadonlySet<CloseCause> = new Set<CloseCause>(["upstream-closed", "upstream-reset"]);

/** What must be known of a session to decode its packets. */
type SessionFacts = Pick<SessionOpen, "session" | "capabilities" | "characterSet" | "account" | "mariaDbCapabilities">;

/** Decodes one recording, frame after frame. `frame` never throws for what a recording holds. */
export class SessionDecoder {
  /** Sequence number that the next command gets. */
  nextSeq = 1;
  private readonly sink: DecoderSink;
  private readonly options: DecoderOptions;
  private readonly secrets = new ReplacedSecrets();
  private open: SessionFacts = { session: "", capabilities: 0, characterSet: null, account: null };
  private characterSets = new SessionCharacterSets(null);
  private account = new SessionAccount(null);
  private conversation = new Conversation<null>(0);
  /** The statements of the conversation's pending commands, one for one. */
  private pending = new PendingStatements("");
  private prepared: PreparedStatements;
  private answers: AnswerDecoder;
  private client: PacketTrack;
  private server: PacketTrack;
  private frameAt = 0;
  /** Why the upstream is about to end the session, as it said without being asked. */
  private lastWords: string | null = null;
  /** The one statement to decode; `null` for all. */
  private only: number | null = null;

  constructor(sink: DecoderSink, options: DecoderOptions = { commandBytes: Number.POSITIVE_INFINITY, params: true }) {
    this.sink = sink;
    this.options = options;
    this.prepared = new PreparedStatements(0, options.params, options.longBytes);
    this.answers = this.newAnswers();
    this.client = this.newClientTrack();
    this.server = this.newServerTrack();
  }

  /** Takes the next frame. `skip`: leading payload bytes of a client's or upstream's frame to leave out. */
  frame(frame: Frame, skip = 0): void {
    this.frameAt = frame.at;
    const { payload } = frame;
    switch (frame.kind) {
      case FrameKind.client:
        this.client.push(frame, skip);
        return;
      case FrameKind.upstream:
        this.secrets.answerFrame(frame.offset);
        this.server.push(frame, skip);
        return;
      case FrameKind.open:
        this.json<unknown>(payload, (open) => this.begin(sessionOpenIn(open)));
        return;
      case FrameKind.close:
        this.finish();
        this.json<unknown>(payload, (close) => this.close(sessionCloseIn(close)));
        return;
      case FrameKind.gap:
        this.json<Gap>(payload, (gap) => {
          this.pending.markPartial();
          this.sink.gap?.(gap, frame.at);
        });
        return;
      case FrameKind.decision:
        this.json<unknown>(payload, (decision) => this.sink.decision?.(decision, frame.at));
        return;
      case FrameKind.note:
        this.json<Note>(payload, (note) => {
          this.secrets.note(note, frame);
          this.account.note(note);
          this.sink.note?.(note, frame.at);
        });
        return;
      case FrameKind.seal:
        this.json<Seal>(payload, (seal) => this.sink.seal?.(seal, frame.at));
        return;
    }
  }

  /** No more frames will come: what is not answered yet is aborted. */
  finish(): void {
    for (let draft = this.nextPending(); draft !== undefined; draft = this.nextPending()) this.deliver(draft, "aborted");
  }

  /**
   * Forgets half-read packets and pending commands, and keeps what was prepared: to decode statement `seq` of `context`
   * alone, with whose command the next client frame starts. Commands behind it, which may be in the same frame, are passed over.
   */
  restart(seq: number, context: StatementContext | null): void {
    this.beginConversation();
    this.client = this.newClientTrack();
    this.server = this.newServerTrack();
    const { characterSet, account } = this.open;
    const sets = context?.characterSets ?? { client: characterSet, results: characterSet };
    this.characterSets = new SessionCharacterSets(sets.client, sets.results);
    this.account = new SessionAccount(context?.account === undefined ? account : context.account);
    this.secrets.restart();
    this.nextSeq = seq;
    this.only = seq;
  }

  /** Whether statement `seq` has been delivered: it was sent, and is not waiting for its answer. */
  answered(seq: number): boolean {
    const { first } = this.pending;
    return this.nextSeq > seq && (first === undefined || first.seq > seq);
  }

  private begin(open: SessionOpen | null): void {
    if (open === null || this.open.session !== "") {
      this.sink.malformed?.(open === null ? "its open frame does not tell what it should" : "it has a second open frame");
      return;
    }
    this.open = open;
    this.characterSets = new SessionCharacterSets(open.characterSet);
    this.account = new SessionAccount(open.account);
    this.prepared = new PreparedStatements(open.capabilities, this.options.params, this.options.longBytes);
    this.answers = this.newAnswers();
    this.beginConversation();
    this.sink.open?.(open, this.frameAt);
  }

  private beginConversation(): void {
    this.conversation = new Conversation(this.open.capabilities, this.open.mariaDbCapabilities);
    this.pending = new PendingStatements(this.open.session);
  }

  private close(close: SessionClose | null): void {
    if (close === null) this.sink.malformed?.("its close frame does not tell what it should");
    else this.sink.close?.(this.withLastWords(close), this.frameAt);
  }

  /** A server that ends an idle session can say why before it does, in an ERR_Packet that answers nothing. */
  private withLastWords(close: SessionClose): SessionClose {
    if (this.lastWords === null || !endedByUpstream.has(close.cause)) return close;
    return { ...close, detail: close.detail === null ? this.lastWords : `${this.lastWords} (${close.detail})` };
  }

  /** JSON that is none cannot come from our writer past its CRC; the bytes stay in the file. */
  private json<T>(payload: Buffer, use: (value: T) => void): void {
    let value: T;
    try {
      value = JSON.parse(payload.toString("utf8")) as T;
    } catch {
      this.sink.malformed?.("a frame that should be JSON is not");
      return;
    }
    if (typeof value === "object" && value !== null) use(value);
  }

  private newAnswers(): AnswerDecoder {
    const { capabilities, mariaDbCapabilities = 0 } = this.open;
    return new AnswerDecoder({ sink: this.sink, prepared: this.prepared, capabilities, mariaDbCapabilities });
  }

  private newClientTrack(): PacketTrack {
    return new PacketTrack(
      {
        begin: () => this.secrets.commandBegan(),
        packet: (bytes, start, kept, length) => {
          this.secrets.packetEnded();
          this.clientPacket(bytes.subarray(start, start + kept), length);
        },
      },
      this.options.commandBytes,
    );
  }

  private newServerTrack(): PacketTrack {
    return new PacketTrack(
      {
        begin: () => this.pending.first?.answerBegan(this.server),
        packet: (bytes, start, kept, length) => this.serverPacket(bytes, start, kept, length),
      },
      this.sink.row === undefined ? answerPrefix : (this.options.rowBytes ?? Number.POSITIVE_INFINITY),
    );
  }

  private clientPacket(payload: Buffer, length: number): void {
    const { first } = this.pending;
    switch (this.conversation.client(length)) {
      case ClientRole.infileEnd:
        first?.received(length);
        this.conversation.infileEnded();
        return;
      case ClientRole.infileContent:
        first?.received(length);
        first?.receivedContent(length);
        return;
      case ClientRole.authentication:
        first?.received(length);
        this.conversation.authenticationAnswered();
        return;
      case ClientRole.command:
        this.command(payload, length);
    }
  }

  private command(payload: Buffer, length: number): void {
    if (this.conversation.lost !== null) this.giveUpLost();
    const command = payload.length > 0 ? (payload[0] as number) : Command.SLEEP;
    if (this.only !== null && this.nextSeq > this.only) {
      // It may be content that the one statement asks for.
      this.conversation.command(command, null, length);
      return;
    }
    const { count, notedAt } = this.secrets.takeOfCommand();
    const draft = new StatementDraft(this.open.session, this.nextSeq, command, this.client.beganAt, notedAt ?? this.client.began);
    this.nextSeq += 1;
    draft.redacted = count;
    draft.received(length);
    draft.sentAt = this.frameAt;
    const awaitsAnswer = this.conversation.command(command, null, length);
    if (!awaitsAnswer || this.pending.hasRoom) this.readCommand(draft, payload, length);
    if (awaitsAnswer) {
      this.pending.push(draft, length);
      return;
    }
    draft.decodeFailed ??= this.conversation.lost;
    this.deliver(draft, "ok");
  }

  /** Reads what the command says itself, and what it refers to. */
  private readCommand(draft: StatementDraft, payload: Buffer, length: number): void {
    const { current } = this.characterSets;
    readStatementText(draft, payload, length, { capabilities: this.open.capabilities, characterSet: current.client });
    this.prepared.command({ draft, payload, whole: payload.length === length, characterSet: current.client });
    if (current.client !== this.open.characterSet || current.results !== this.open.characterSet) {
      draft.context = { ...(draft.context ?? noContext), characterSets: current };
    }
  }

  /** After an answer that could not be followed, the next command shows that the client saw its end. */
  private giveUpLost(): void {
    const why = this.conversation.lost;
    for (let draft = this.nextPending(); draft !== undefined; draft = this.nextPending()) {
      draft.decodeFailed = why;
      this.deliver(draft, "ok");
    }
  }

  private nextPending(): StatementDraft | undefined {
    const { contentAhead } = this.conversation;
    this.conversation.finish();
    const draft = this.pending.shift();
    for (let count = 0; count < contentAhead; count += 1) this.deliverContent(draft, this.pending.shift());
    return draft;
  }

  /** What looked like a command was the content of the file that `of` asked for: nobody has run it. */
  private deliverContent(of: StatementDraft | undefined, draft: StatementDraft | undefined): void {
    if (draft === undefined) return;
    draft.decodeFailed = `the server took it for the content of the LOCAL INFILE of statement ${of?.seq ?? "before"}, and did not run it`;
    this.deliver(draft, "aborted");
  }

  private serverPacket(bytes: Buffer, start: number, kept: number, length: number): void {
    const { conversation } = this;
    const { contentAhead } = conversation;
    const role = conversation.server(bytes, start, kept, length);
    const draft = this.pending.first;
    if (draft === undefined) {
      this.lastWords = lastWordsIn(bytes.subarray(start, start + kept), this.characterSets.current.results);
      return;
    }
    this.lastWords = null;
    draft.answered(length, this.frameAt);
    draft.redacted += this.secrets.takeOfAnswer();
    if (role === ServerRole.row) {
      draft.addRow();
      if (this.sink.row !== undefined) this.answers.row(draft, { kept: bytes.subarray(start, start + kept), length }, this.server.began);
    } else {
      const characterSet = this.characterSets.current.results;
      const facts = { role, definitionsDue: conversation.definitionsDue, characterSet };
      this.answers.packet(draft, bytes.subarray(start, start + kept), facts);
    }
    for (let index = contentAhead + 1; index <= conversation.contentAhead; index += 1) {
      const bytesOfContent = conversation.pending.bytesOf(index);
      draft.received(bytesOfContent);
      draft.receivedContent(bytesOfContent);
    }
    if (conversation.lost !== null) draft.decodeFailed = conversation.lost;
    if (!conversation.ended) return;
    this.nextPending();
    this.deliver(draft, draft.errno === null ? "ok" : "error");
  }

  private followCharacterSets({ command, sql, state, changedCharacterSet }: StatementDraft): void {
    if (command === Command.RESET_CONNECTION || command === Command.CHANGE_USER) this.characterSets.restarted(changedCharacterSet);
    if ((command === Command.QUERY || command === Command.STMT_EXECUTE) && sql !== null) this.characterSets.succeeded(sql);
    if (state !== null) this.characterSets.reported(state);
  }

  private deliver(draft: StatementDraft, outcome: "ok" | "error" | "aborted"): void {
    this.prepared.complete(draft);
    draft.account = this.account.current;
    if (draft.account !== this.open.account) draft.context = { ...(draft.context ?? noContext), account: draft.account };
    if (outcome === "ok") {
      this.followCharacterSets(draft);
      this.account.finished(draft);
    }
    this.sink.statement(draft.finish(outcome));
  }
}
