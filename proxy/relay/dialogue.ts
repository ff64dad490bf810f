/**
 * The Connection phase without sockets. A dialogue is a generator: it yields what it wants done (send this packet,
 * wait for a packet, turn on TLS) and is resumed with what came of it. `dialogue-runner` does it on sockets; tests
 * feed bytes. What ends a dialogue early is thrown inside it as `Refused` and becomes a value at its edge.
 */
import type { TokenVerdict } from "../model/client-credential.ts";
import type { CloseCause, TlsFacts } from "../model/session.ts";
import type { ErrPacket } from "../protocol/err-packet.ts";
import type { Decoded } from "../protocol/packet-reader.ts";

export type Side = "client" | "upstream";

/** Verifies a token; it always answers. */
export type VerifyToken = (token: Buffer) => Promise<TokenVerdict>;

/** What a dialogue wants done. `whose` is the side whose packet is waited for; `either` takes what comes first. */
export type Step =
  | { readonly kind: "send"; readonly to: Side; readonly payload: Buffer }
  | { readonly kind: "receive"; readonly whose: Side | "either" }
  | { readonly kind: "encrypt"; readonly side: Side }
  | { readonly kind: "verify-token"; readonly token: Buffer; readonly verify: VerifyToken }
  | { readonly kind: "pause"; readonly milliseconds: number };

/** What came of a step. */
export type Outcome =
  | { readonly kind: "sent" }
  | { readonly kind: "packet"; readonly from: Side; readonly payload: Buffer }
  | { readonly kind: "encrypted"; readonly tls: TlsFacts }
  | { readonly kind: "verdict"; readonly verdict: TokenVerdict }
  | { readonly kind: "paused" };

/** A packet and whose it is. */
export interface Packet {
  readonly from: Side;
  readonly payload: Buffer;
}

export type Dialogue<Result> = Generator<Step, Result, Outcome>;

/** Why a dialogue ends without a session. */
export interface Refusal {
  readonly cause: CloseCause;
  /** A sentence for a person, recorded with the session. Never holds a secret. */
  readonly detail: string;
  /**
   * What the client is told: an error in the proxy's own words, or an ERR_Packet's payload to relay as it is, or nothing.
   * The error has a number of a server's: MariaDB's clients take one of a client's (2000 to 2999) for a malformed packet.
   */
  readonly answer: ErrPacket | Buffer | null;
  /** Set where the upstream itself refused: it is not left in the middle of a sign-in. */
  readonly by?: "upstream";
  /** Set where the client presented what is nobody's: who tries again has to wait. */
  readonly wrongCredential?: true;
}

/** Carries a `Refusal` out of a dialogue, however deep. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.detail);
    this.refusal = refusal;
  }
}

/** A refusal that the client is told as an ERR_Packet in the proxy's own words, which are also the recorded detail. */
export function refusal(cause: CloseCause, err: ErrPacket, detail: string = err.message): Refused {
  return new Refused({ cause, detail, answer: err });
}

/** Sends one packet. */
export function* send(to: Side, payload: Buffer): Dialogue<void> {
  yield { kind: "send", to, payload };
}

/** Waits for the next packet of `whose`; the payload. */
export function* receive(whose: Side): Dialogue<Buffer> {
  return (yield* packetOf(whose)).payload;
}

/** Waits for the next packet of whichever side speaks first. */
export function* receiveEither(): Dialogue<Packet> {
  return yield* packetOf("either");
}

function* packetOf(whose: Side | "either"): Dialogue<Packet> {
  const outcome = yield { kind: "receive", whose };
  if (outcome.kind !== "packet") throw new TypeError(`a dialogue that waits for a packet was resumed with "${outcome.kind}"`);
  return outcome;
}

/** Turns on TLS on one side. */
export function* encrypt(side: Side): Dialogue<TlsFacts> {
  const outcome = yield { kind: "encrypt", side };
  if (outcome.kind !== "encrypted") throw new TypeError(`a dialogue that waits for TLS was resumed with "${outcome.kind}"`);
  return outcome.tls;
}

/** Has a token verified. */
export function* verifyToken(token: Buffer, verify: VerifyToken): Dialogue<TokenVerdict> {
  const outcome = yield { kind: "verify-token", token, verify };
  if (outcome.kind !== "verdict") throw new TypeError(`a dialogue that waits for a verdict was resumed with "${outcome.kind}"`);
  return outcome.verdict;
}

/** Waits, as long as both sides are there. */
export function* pause(milliseconds: number): Dialogue<void> {
  yield { kind: "pause", milliseconds };
}

/** The decoded packet of a client, or the refusal of a client that does not speak the protocol. */
export function fromClient<T>(decoded: Decoded<T>): T {
  if (decoded.ok) return decoded.value;
  throw clientMalformed(decoded.malformed);
}

/** The decoded packet of the upstream, or the refusal of an upstream that does not speak the protocol. */
export function fromUpstream<T>(decoded: Decoded<T>): T {
  if (decoded.ok) return decoded.value;
  throw upstreamMalformed(decoded.malformed);
}

/** The refusal of a client that broke the protocol; `what` says how. */
export function clientMalformed(what: string): Refused {
  return refusal("client-malformed", {
    errno: 1043,
    sqlstate: "08S01",
    message: `Bad handshake: this port speaks the MySQL protocol, and the client's packet does not (${what}).`,
  });
}

/** The refusal of an upstream that broke the protocol; `what` says how. */
export function upstreamMalformed(what: string): Refused {
  return refusal("upstream-malformed", {
    errno: 1835,
    sqlstate: "HY000",
    message: `The upstream does not speak the MySQL protocol as expected (${what}). Check the host and port of this connection.`,
  });
}
