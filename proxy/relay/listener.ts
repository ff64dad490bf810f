/** Accepts the clients of one connection and runs their sessions. */
import net from "node:net";
import type { Actor } from "../model/actor.ts";
import type { RefusedClient } from "../model/client-credential.ts";
import type { Connection, ConnectionSecrets } from "../model/connection.ts";
import { socketPathOf } from "../model/endpoint.ts";
import { FailureError, failureOf } from "../model/failure.ts";
import type { ClientProcess, CloseCause } from "../model/session.ts";
import { socketTrustProblem } from "../model/socket-trust.ts";
import type { ListenerState } from "../model/status.ts";
import { encodeErrPacket } from "../protocol/err-packet.ts";
import { toPackets } from "../protocol/packet-writer.ts";
import { type AcceptedClient, clientAddress, type KnownClient, openFrame, type Recorded } from "./accepted-client.ts";
import type { ClientGate } from "./client-gate.ts";
import type { ClientIdentity } from "./client-identity.ts";
import { clientProcess, type SoughtProcess } from "./client-process.ts";
import { type ConnectionPhaseEnd, type ConnectionPhaseLimits, runConnectionPhase } from "./connection-phase.ts";
import { recordingOf } from "./late-recording.ts";
import { listenFailure } from "./listen-failure.ts";
import type { SocketEnds } from "./local-processes.ts";
import type { Recorder } from "./recording.ts";
import { SessionRelay } from "./session-relay.ts";
import type { SignInPace } from "./sign-in-pace.ts";
import { listenOnSocketFile, type SocketFile } from "./socket-file.ts";
import { UserChanges } from "./user-changes.ts";

/** Clients that may wait to be accepted. */
const backlog = 511;

/** Clients of one listener that may be signing in at once; each holds a socket to the upstream meanwhile. */
const maxOpening = 600;

const defaultLimits: ConnectionPhaseLimits = { handshakeMs: 10_000, dialMs: 10_000 };

/** What every listener of this process shares. */
export interface ListenerContext {
  readonly recorder: Recorder;
  readonly recorderId: string;
  readonly actor: Actor;
  readonly clientIdentity: ClientIdentity;
  readonly limits?: ConnectionPhaseLimits;
  /** Shared by all: who tries passwords may try them at each connection. */
  readonly pace: SignInPace;
  /** Whom a connection lets in. */
  gateOf(connection: Connection, secrets: ConnectionSecrets): ClientGate;
  /** A session id for a client accepted at `unixMillis`. */
  newSessionId(unixMillis: number): string;
  /** Microseconds since the Unix epoch, monotonic. */
  now(): number;
  /** The number of open sessions has changed by `by`. */
  sessionsChanged(by: 1 | -1): void;
  /** Which process of this machine a client is. */
  processOf(ends: SocketEnds): Promise<ClientProcess | null>;
  /** A client was turned away because of who it said it is. */
  refused(client: RefusedClient): void;
  log(message: string): void;
}

/** Why the sign-in of a client ended that was under way when the listener stopped. */
const cutOff = {
  cause: "shutdown",
  detail: "Stenograph stopped serving this connection while the client was signing in.",
  answer: null,
} as const;

type Refused = Extract<ConnectionPhaseEnd, { kind: "refused" }>;
type SignedIn = Extract<ConnectionPhaseEnd, { kind: "signed-in" }>;

/** A listening socket for one connection. */
export class Listener {
  private readonly connection: Connection;
  private readonly secrets: ConnectionSecrets;
  private readonly context: ListenerContext;
  private readonly server: net.Server;
  private readonly gate: ClientGate;
  private readonly recorded: Recorded;
  /** Each with whose it is. */
  private readonly sessions = new Map<SessionRelay, UserChanges>();
  private readonly opening = new Set<net.Socket>();
  /** Settle when their clients are signed in, or refused and recorded. */
  private readonly accepting = new Set<Promise<void>>();
  private stopping = false;
  private drained: (() => void) | null = null;
  private socketFile: SocketFile | null = null;

  constructor(connection: Connection, secrets: ConnectionSecrets, context: ListenerContext) {
    this.connection = connection;
    this.secrets = secrets;
    this.context = context;
    this.gate = context.gateOf(connection, secrets);
    this.recorded = { recorder: context.recorderId, connection: connection.name, actor: context.actor };
    this.server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (socket) => {
      const accepted = this.accept(socket).finally(() => this.accepting.delete(accepted));
      this.accepting.add(accepted);
    });
  }

  /** Begins to listen. Resolves to `failed` with a sentence where it cannot. */
  async listen(): Promise<ListenerState> {
    const { listen } = this.connection;
    const file = socketPathOf(listen);
    const problem = socketTrustProblem(this.connection);
    if (problem !== null) return { state: "failed", message: problem };
    try {
      if (file === null) return await this.listenOnPort();
      this.socketFile = await listenOnSocketFile(this.server, file, backlog);
      return { state: "listening", address: file, port: 0 };
    } catch (thrown) {
      return { state: "failed", message: listenFailure(thrown as NodeJS.ErrnoException, listen) };
    }
  }

  private listenOnPort(): Promise<ListenerState> {
    const { host, port } = this.connection.listen;
    return new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen({ host, port, backlog }, () => {
        this.server.off("error", reject);
        this.server.on("error", (error) => this.context.log(`A client could not be accepted: ${error.message}.`));
        const address = this.server.address() as net.AddressInfo;
        resolve({ state: "listening", address: address.address, port: address.port });
      });
    });
  }

  /** Accepts no more clients, ends open sessions with an ERR_Packet where one fits, and waits until all are recorded. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
    this.stopping = true;
    for (const socket of this.opening) socket.destroy();
    this.endSessions();
    await Promise.all(this.accepting);
    // Of clients whose sign-in had just ended.
    this.endSessions();
    if (this.sessions.size > 0) await new Promise<void>((resolve) => (this.drained = resolve));
    await closed;
    await this.socketFile?.remove();
  }

  /** Ends the sessions that run under these credentials; their clients are told `message`. */
  endSessionsOf(credentials: ReadonlySet<string>, message: string): void {
    for (const [session, { identity }] of this.sessions) {
      if (identity !== null && credentials.has(identity.credential.id)) session.end("identity-ended", 1045, "28000", message);
    }
  }

  private endSessions(): void {
    for (const session of this.sessions.keys()) session.end("shutdown", 1053, "08S01", "Stenograph is shutting down this session");
  }

  private async accept(socket: net.Socket): Promise<void> {
    const { context } = this;
    const accepted: AcceptedClient = {
      session: context.newSessionId(Date.now()),
      client: clientAddress(this.connection.listen, socket),
      at: context.now(),
    };
    const recording = context.recorder.state;
    if (recording.state === "failing") {
      turnAway(socket, 1105, recording.message);
      return;
    }
    if (this.opening.size >= maxOpening) {
      turnAway(socket, 1040, "Too many clients are signing in through Stenograph at this moment: try again in some seconds.");
      return;
    }
    this.opening.add(socket);
    const process = clientProcess(socket, context.processOf);
    try {
      const { connection, secrets } = this;
      const end = await runConnectionPhase(socket, {
        connection,
        secrets,
        clientIdentity: context.clientIdentity,
        limits: context.limits ?? defaultLimits,
        gate: this.gate,
        pace: context.pace,
      });
      if (end.kind === "signed-in") await this.relay(accepted, process, end);
      else if (end.kind === "refused") await this.refuse(accepted, process, this.stopping ? { ...end, ...cutOff } : end);
      this.opening.delete(socket);
    } catch (thrown) {
      this.opening.delete(socket);
      socket.destroy();
      context.log(`A client at ${accepted.client} could not be served: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }

  private async relay(
    accepted: AcceptedClient,
    process: SoughtProcess,
    { client, upstream, facts, okPacket, session: opened, scramble }: SignedIn,
  ): Promise<void> {
    const { durability } = this.connection;
    const { context } = this;
    const over = facts.identity === null ? null : this.gate.whyOver(facts.identity);
    if (over !== null) {
      // It ended while the client was signing in: whoever ended it has not seen this session among the open ones.
      upstream.destroy();
      const answer = toPackets(encodeErrPacket({ errno: 1045, sqlstate: "28000", message: over }), okPacket[3] ?? 0);
      await this.refuse(accepted, process, { kind: "refused", client, facts, cause: "identity-ended", detail: over, answer });
      return;
    }
    let session: SessionRelay | null = null;
    try {
      const failed = (failure: FailureError): void => session?.failClosed(failure);
      const recording = recordingOf(process, {
        open: (found) => context.recorder.open(openFrame({ ...accepted, process: found }, this.recorded, facts, true), failed),
        failed,
      });
      const userChanges = new UserChanges(opened, facts, scramble);
      const signedIn = {
        client: client as net.Socket,
        upstream: upstream as net.Socket,
        capabilities: facts.capabilities,
        mariaDbCapabilities: facts.mariaDbCapabilities,
        compression: facts.compression,
        userChanges,
        durability,
        okPacket,
      };
      const relay = new SessionRelay(signedIn, recording, () => {
        this.sessions.delete(relay);
        if (this.sessions.size === 0) this.drained?.();
        context.sessionsChanged(-1);
      });
      session = relay;
      this.sessions.set(relay, userChanges);
      context.sessionsChanged(1);
      relay.start();
    } catch (thrown) {
      upstream.destroy();
      const { message } = failureOf(thrown);
      if (!(thrown instanceof FailureError)) context.log(`A session of ${accepted.client} could not begin: ${message}`);
      endWith(client as net.Socket, toPackets(encodeErrPacket({ errno: 1105, sqlstate: "HY000", message }), okPacket[3] ?? 0));
    }
  }

  /** A session that never reached the Command phase is recorded too: who tried, and why it ended. */
  private async refuse(accepted: AcceptedClient, process: SoughtProcess, refused: Refused): Promise<void> {
    const known: KnownClient = { ...accepted, process: await process.soon() };
    const { client, facts, cause, detail, answer } = refused;
    try {
      const recording = this.context.recorder.open(openFrame(known, this.recorded, facts, false), () => undefined);
      recording.close({ cause, detail, clientBytes: 0, clientPackets: 0, upstreamBytes: 0, upstreamPackets: 0 });
    } catch (thrown) {
      this.context.log(thrown instanceof FailureError ? thrown.message : String(thrown));
    }
    this.tellRefused(accepted, facts, cause, detail);
    endWith(client as net.Socket, answer);
  }

  private tellRefused({ at, client, session }: AcceptedClient, facts: SignedIn["facts"], cause: CloseCause, message: string): void {
    const { auth, name } = this.connection;
    if (auth !== "mapped" || (cause !== "sign-in-failed" && cause !== "identity-ended")) return;
    const user = facts.identity?.credential.user ?? facts.account;
    this.context.refused({ at, connection: name, user, client, cause, message, session });
  }
}

const lingerMs = 2000;

/** Refuses a client before its Connection phase, where an ERR_Packet carries no SQLSTATE yet. */
function turnAway(client: net.Socket, errno: number, message: string): void {
  client.on("error", () => undefined);
  endWith(client, toPackets(encodeErrPacket({ errno, sqlstate: "HY000", message }, false), 0));
}

/** Sends the last packet and closes; a client that does not read it in time is cut off. */
function endWith(client: net.Socket, packet: Buffer | null): void {
  if (packet === null) {
    client.destroy();
    return;
  }
  client.end(packet);
  client.resume();
  setTimeout(() => client.destroy(), lingerMs).unref();
}
