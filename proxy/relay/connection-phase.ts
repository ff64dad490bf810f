/** The Connection phase of a session, on both sides: from an accepted client to two sockets ready for commands. */
import type { Socket } from "node:net";
import type { Connection, ConnectionSecrets } from "../model/connection.ts";
import { endpointText, socketPathOf } from "../model/endpoint.ts";
import type { CloseCause } from "../model/session.ts";
import { type ErrPacket, encodeErrPacket } from "../protocol/err-packet.ts";
import { encodeProxyHeader, type TcpAddress } from "../protocol/proxy-header.ts";
import type { ClientGate } from "./client-gate.ts";
import type { ClientIdentity } from "./client-identity.ts";
import { openClient } from "./client-opening.ts";
import { type ConnectionPhaseFacts, type FactsDraft, noFacts } from "./connection-phase-facts.ts";
import type { Refusal, Side } from "./dialogue.ts";
import { runDialogue, type Sides } from "./dialogue-runner.ts";
import { clientGreeting, newScramble, type OwnChallenge, ownPlugin } from "./greeting.ts";
import { PacketStream } from "./packet-stream.ts";
import { type OpenSession, signIn } from "./sign-in.ts";
import type { SignInPace } from "./sign-in-pace.ts";
import { acceptTls, type Encrypted, startTls } from "./tls.ts";
import type { SignedIn } from "./upstream-answer.ts";
import { dialUpstream, tune } from "./upstream-dial.ts";
import { readGreeting } from "./upstream-opening.ts";

export interface ConnectionPhaseSettings {
  readonly connection: Connection;
  readonly secrets: ConnectionSecrets;
  readonly clientIdentity: ClientIdentity;
  /** Whom the connection lets in; of `mapped` only. */
  readonly gate: ClientGate;
  readonly pace: SignInPace;
  readonly limits: ConnectionPhaseLimits;
}

/** Milliseconds; each is the longest that its part may take, whatever the peers do. */
export interface ConnectionPhaseLimits {
  /** From the greeting to the client's HandshakeResponse41. */
  readonly handshakeMs: number;
  /** Connecting to the upstream, and again for its greeting. */
  readonly dialMs: number;
  /** Authentication, in which a person may be asked to type or to confirm. One minute unless given. */
  readonly authenticationMs?: number;
}

export type ConnectionPhaseEnd =
  | {
      readonly kind: "signed-in";
      readonly client: Socket;
      readonly upstream: Socket;
      readonly facts: ConnectionPhaseFacts;
      /** The framed OK_Packet for the client, which has not been sent. */
      readonly okPacket: Buffer;
      /** What was known when authentication began; what changes the session's user later begins with it too. */
      readonly session: OpenSession;
      /** The scramble that the upstream sent last. */
      readonly scramble: Buffer;
    }
  | {
      readonly kind: "refused";
      readonly client: Socket;
      readonly facts: ConnectionPhaseFacts;
      readonly cause: CloseCause;
      readonly detail: string;
      /** The framed ERR_Packet for the client, which has not been sent; `null` where the client can no longer be told. */
      readonly answer: Buffer | null;
    }
  /** The client went away, or let its time pass, without a byte. It has been closed. */
  | { readonly kind: "silent" };

const defaultAuthenticationMs = 60_000;

/**
 * Runs the Connection phase for an accepted client. Both sockets come back paused, with everything beyond the phase
 * still unread in them; after a refusal the upstream's is closed. Never rejects for what a peer does.
 */
export async function runConnectionPhase(client: Socket, settings: ConnectionPhaseSettings): Promise<ConnectionPhaseEnd> {
  const { connection, limits } = settings;
  tune(client);
  // Stays for good: whoever reads the socket next adds its own listener, and an error in between must not be fatal.
  client.on("error", () => undefined);
  const facts = noFacts(endpointText(connection.upstream));
  // Taken now: a socket that has closed has forgotten them.
  const clientEnds = endsOf(client);
  const gone = new AbortController();
  client.once("end", () => gone.abort()).once("close", () => gone.abort());
  const clientPackets = new PacketStream(client, true);
  const dialled = await dialUpstream(connection.upstream, limits.dialMs, gone.signal);
  if (!dialled.ok) return await refused(client, clientPackets, facts, unreachable(connection, dialled.message), true);
  if (connection.proxyProtocol !== "off") dialled.socket.write(encodeProxyHeader(connection.proxyProtocol, clientEnds));
  const upstreamPackets = new PacketStream(dialled.socket, false);
  const sides = sidesOf(clientPackets, upstreamPackets, settings);
  const end = await runOn(sides, facts, settings, clientHost(connection, clientEnds));
  if (end.ok) {
    const [clientSocket, upstreamSocket] = await Promise.all([clientPackets.release(), upstreamPackets.release()]);
    const { session, signedIn } = end;
    const okPacket = clientPackets.frame(signedIn.okPayload);
    return { kind: "signed-in", client: clientSocket, upstream: upstreamSocket, facts, okPacket, session, scramble: signedIn.scramble };
  }
  upstreamPackets.detach().destroy();
  dialled.socket.destroy();
  return await refused(client, clientPackets, facts, end.refusal, end.beforeGreeting);
}

type PhaseEnd =
  | { readonly ok: true; readonly session: OpenSession; readonly signedIn: SignedIn }
  | { readonly ok: false; readonly refusal: Refusal; readonly beforeGreeting: boolean };

async function runOn(sides: Sides, facts: FactsDraft, settings: ConnectionPhaseSettings, clientAddress: string): Promise<PhaseEnd> {
  const { connection, secrets, limits, clientIdentity, gate, pace } = settings;
  const greeted = await runDialogue(readGreeting(), sides, limits.dialMs);
  if (!greeted.ok) return { ok: false, refusal: greeted.refusal, beforeGreeting: true };
  const greeting = greeted.value;
  facts.upstreamVersion = greeting.serverVersion;
  facts.threadId = greeting.threadId;
  const challenge: OwnChallenge | null = connection.auth === "mapped" ? { scramble: newScramble(), plugin: ownPlugin(greeting) } : null;
  const opening = openClient(clientGreeting(greeting, connection.clientTls, challenge), connection.clientTls, facts);
  const opened = await runDialogue(opening, sides, limits.handshakeMs);
  if (!opened.ok) return { ok: false, refusal: opened.refusal, beforeGreeting: false };
  const session: OpenSession = {
    connection,
    secrets,
    clientAddress,
    gate,
    pace,
    passwordKey: clientIdentity.passwordKey,
    greeting,
    challenge,
    freshScramble: newScramble(),
    response: opened.value,
  };
  const signedIn = await runDialogue(signIn(session, facts), sides, limits.authenticationMs ?? defaultAuthenticationMs);
  if (!signedIn.ok) return { ok: false, refusal: signedIn.refusal, beforeGreeting: false };
  return { ok: true, session, signedIn: signedIn.value };
}

function sidesOf(client: PacketStream, upstream: PacketStream, settings: ConnectionPhaseSettings): Sides {
  const encrypt = async (side: Side, limitMs: number): Promise<Encrypted> => {
    const encrypted = await (side === "client"
      ? acceptTls(client.detach(), settings.clientIdentity.secureContext, limitMs)
      : startTls(upstream.detach(), settings.connection, limitMs));
    if (encrypted.ok) (side === "client" ? client : upstream).adopt(encrypted.socket);
    return encrypted;
  };
  return { client, upstream, encrypt };
}

function unreachable(connection: Connection, why: string): Refusal {
  const message = `The upstream ${endpointText(connection.upstream)} cannot be reached: ${why}. Check that it is up, and the host and port of this connection.`;
  return { cause: "upstream-unreachable", detail: message, answer: { errno: 1429, sqlstate: "HY000", message } };
}

async function refused(
  accepted: Socket,
  packets: PacketStream,
  facts: ConnectionPhaseFacts,
  refusal: Refusal,
  beforeGreeting: boolean,
): Promise<ConnectionPhaseEnd> {
  const client = await packets.release();
  const answer = refusal.answer === null ? null : packets.frame(answerPayload(refusal.answer, beforeGreeting));
  const isClients = refusal.cause.startsWith("client-") || packets.gone !== null;
  if (accepted.bytesRead === 0 && isClients) {
    if (answer !== null) accepted.write(answer);
    accepted.destroySoon();
    return { kind: "silent" };
  }
  return { kind: "refused", client, facts, cause: refusal.cause, detail: refusal.detail, answer };
}

type Ends = { readonly source: TcpAddress; readonly destination: TcpAddress };

/** Where a client's connection comes from and where it went to; `null` where it is not a TCP one. */
function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): Ends | null {
  if (remoteAddress === undefined || localAddress === undefined) return null;
  return {
    source: { address: remoteAddress, port: remotePort ?? 0 },
    destination: { address: localAddress, port: localPort ?? 0 },
  };
}

/** The client's host as MySQL names it. A socket that listens on IPv6 for IPv4 too gives the latter's addresses in the former's notation. */
function clientHost({ listen }: Connection, ends: Ends | null): string {
  if (socketPathOf(listen) !== null) return "localhost";
  return ends?.source.address.replace(/^::ffff:(?=\d+\.)/, "") ?? "unknown";
}

/** Before the greeting a client does not look for an SQLSTATE, and would show it as part of the message. */
function answerPayload(answer: ErrPacket | Buffer, beforeGreeting: boolean): Buffer {
  return Buffer.isBuffer(answer) ? answer : encodeErrPacket(answer, !beforeGreeting);
}
