/** One client's connection to the training database: its socket, the Connection phase and the Command phase. */
import type { Socket } from "node:net";
import { Capability, has } from "../../protocol/capabilities.ts";
import { decodeComQuery } from "../../protocol/com-query.ts";
import { statementIdOf } from "../../protocol/com-stmt-execute.ts";
import { Command, commandName } from "../../protocol/command.ts";
import { encodeErrPacket } from "../../protocol/err-packet.ts";
import { PacketFramer } from "../../protocol/packet-framer.ts";
import { maxPayload, toPackets } from "../../protocol/packet-writer.ts";
import { type AnswerStatus, answerPackets, fieldListPackets, okPacket, prepareOkPackets } from "./answer-packets.ts";
import { MysqlError, syntaxError } from "./mysql-error.ts";
import { PreparedStatement } from "./prepared-statement.ts";
import { ok } from "./result.ts";
import type { SignIn, SignInStep } from "./sign-in.ts";
import { statementsOf, tokensOf } from "./sql-tokens.ts";
import type { TrainingSession } from "./training-session.ts";

/** Longest packet that is taken in, in bytes. */
const maxPacket = 16 * 1024 * 1024;

export interface ServerConnectionOptions {
  readonly socket: Socket;
  readonly signIn: SignIn;
  readonly version: string;
  readonly threadId: number;
  /** Makes the session once the client is let in. */
  readonly openSession: (user: string) => TrainingSession;
}

export class ServerConnection {
  private readonly options: ServerConnectionOptions;
  private readonly statements = new Map<number, PreparedStatement>();
  private session: TrainingSession | null = null;
  private signingIn = true;
  private capabilities = 0;
  private sequence = 0;
  private nextStatement = 1;
  /** Packets are answered one after the other, though some answers wait for a lock. */
  private last: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(options: ServerConnectionOptions) {
    this.options = options;
    const { socket } = options;
    const packet = (bytes: Buffer, start: number, kept: number, length: number, lastSequenceId: number) => {
      if (length > kept) socket.destroy();
      else this.queue(Buffer.from(bytes.subarray(start, start + kept)), lastSequenceId + 1);
    };
    const framer = new PacketFramer({ packet }, maxPacket);
    socket.setNoDelay(true);
    socket.on("data", (chunk) => framer.push(chunk));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.close());
    this.send([options.signIn.greeting(options.version, options.threadId)]);
  }

  private queue(payload: Buffer, sequence: number): void {
    this.last = this.last.then(async () => {
      if (this.closed) return;
      this.sequence = sequence;
      try {
        if (this.signingIn) this.takeSignIn((signIn) => signIn.take(payload));
        else await this.command(payload);
      } catch (thrown) {
        this.sendError(thrown);
        if (this.signingIn) this.options.socket.end();
      }
    });
  }

  private close(): void {
    this.closed = true;
    // A statement that still runs holds the session's database: the session ends behind it.
    this.last = this.last.then(() => {
      this.session?.close();
      this.session = null;
    });
  }

  private takeSignIn(take: (signIn: SignIn) => SignInStep): void {
    const step = take(this.options.signIn);
    if (step.kind === "ask") {
      this.send([step.packet]);
      return;
    }
    this.capabilities = step.capabilities;
    this.session ??= this.options.openSession(step.user);
    this.session.reset();
    if (step.schema !== null) this.session.use(step.schema);
    this.signingIn = false;
    this.send([step.before, okPacket(ok(), this.status(false), 0x00)]);
  }

  private async command(payload: Buffer): Promise<void> {
    const session = this.session;
    const command = payload[0];
    if (session === null || command === undefined) throw new MysqlError(1047, "08S01", "Unknown command");
    switch (command) {
      case Command.QUIT:
        this.options.socket.end();
        return;
      case Command.INIT_DB:
        session.use(payload.toString("utf8", 1));
        return this.sendOk();
      case Command.QUERY:
        return this.query(session, payload);
      case Command.FIELD_LIST:
        return this.send(fieldListPackets(session.fields(payload.toString("utf8", 1).split("\0")[0] ?? ""), this.status(false)));
      case Command.STATISTICS:
        return this.send([Buffer.from("Stenograph training database")]);
      case Command.PING:
      case Command.SET_OPTION:
        return this.sendOk();
      case Command.CHANGE_USER:
        this.signingIn = true;
        return this.takeSignIn((signIn) => signIn.change(payload, this.capabilities));
      case Command.RESET_CONNECTION:
        session.reset();
        this.statements.clear();
        return this.sendOk();
      default:
        return this.preparedCommand(session, command, payload);
    }
  }

  private async preparedCommand(session: TrainingSession, command: number, payload: Buffer): Promise<void> {
    if (command === Command.STMT_PREPARE) return this.prepare(session, payload.toString("utf8", 1));
    const id = statementIdOf(payload);
    const statement = this.statements.get(id ?? 0);
    if (command === Command.STMT_CLOSE) {
      this.statements.delete(id ?? 0);
      return;
    }
    if (command === Command.STMT_SEND_LONG_DATA) return statement?.takeLongData(payload);
    if (command !== Command.STMT_EXECUTE && command !== Command.STMT_RESET) {
      throw new MysqlError(1047, "08S01", `Unknown command: the training database does not know ${commandName(command)}`);
    }
    if (statement === undefined) throw new MysqlError(1243, "HY000", `Unknown prepared statement handler (${id ?? 0}) given`);
    if (command === Command.STMT_RESET) {
      statement.forgetLongData();
      return this.sendOk();
    }
    const bound = statement.bound(payload, this.capabilities);
    if (!bound.ok) throw new MysqlError(1210, "HY000", `Incorrect arguments to mysqld_stmt_execute: ${bound.malformed}`);
    const answer = await session.run(statement.tokens, statement.sql, bound.value);
    this.send(answerPackets(answer, this.status(false), true));
  }

  private async query(session: TrainingSession, payload: Buffer): Promise<void> {
    const decoded = decodeComQuery(payload, this.capabilities);
    if (!decoded.ok) throw new MysqlError(1835, "HY000", `Malformed communication packet: ${decoded.malformed}`);
    const sql = decoded.value.text.toString("utf8");
    const statements = statementsOf(tokensOf(sql));
    const [first, second] = statements;
    if (first === undefined) throw new MysqlError(1065, "42000", "Query was empty");
    if (second !== undefined && !has(this.capabilities, Capability.MULTI_STATEMENTS)) throw syntaxError(sql.slice(second[0]?.start));
    for (const [index, tokens] of statements.entries()) {
      if (tokens.some((token) => token.kind === "parameter"))
        throw syntaxError(sql.slice(tokens.find((token) => token.kind === "parameter")?.start));
      const answer = await session.run(tokens, sql, []);
      this.send(answerPackets(answer, this.status(index < statements.length - 1), false));
    }
  }

  private prepare(session: TrainingSession, sql: string): void {
    const [tokens, second] = statementsOf(tokensOf(sql));
    if (tokens === undefined) throw new MysqlError(1065, "42000", "Query was empty");
    if (second !== undefined) throw syntaxError(sql.slice(second[0]?.start));
    const columns = session.describe(tokens, sql);
    const statement = new PreparedStatement(sql, tokens);
    const id = this.nextStatement;
    this.nextStatement += 1;
    this.statements.set(id, statement);
    this.send(prepareOkPackets(id, statement.parameters, columns, this.status(false)));
  }

  private status(more: boolean): AnswerStatus {
    const { session, capabilities } = this;
    return { capabilities, inTransaction: session?.inTransaction ?? false, autocommit: session?.autocommit ?? true, more };
  }

  private sendOk(): void {
    this.send([okPacket(ok(), this.status(false), 0x00)]);
  }

  private sendError(thrown: unknown): void {
    const error = thrown instanceof MysqlError ? thrown : new MysqlError(1105, "HY000", `The training database failed: ${String(thrown)}`);
    this.send([encodeErrPacket(error)]);
  }

  private send(payloads: readonly Buffer[]): void {
    if (this.options.socket.destroyed) return;
    const framed = payloads.map((payload) => {
      const packets = toPackets(payload, this.sequence);
      this.sequence = (this.sequence + 1 + Math.floor(payload.length / maxPayload)) & 0xff;
      return packets;
    });
    this.options.socket.write(Buffer.concat(framed));
  }
}
