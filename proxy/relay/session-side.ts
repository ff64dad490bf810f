/** One side of a session in its Command phase: a plain socket, an encrypted one, or one that compresses. */
import type net from "node:net";
import type { CompressionAlgorithm } from "../protocol/compressed-packet.ts";
import { AnswerEnvelopeIds, CommandEnvelopeIds } from "../protocol/envelope-ids.ts";
import { CompressedSocket, type RelaySocket } from "./compression.ts";
import { directSocket } from "./direct-socket.ts";

export interface SideSettings {
  /** The flags in force. */
  readonly capabilities: number;
  readonly mariaDbCapabilities: number;
  /** `null` where this side does not compress. */
  readonly compression: CompressionAlgorithm | null;
  /** Whether commands go out here, and not answers. */
  readonly isUpstream: boolean;
  /** Gets what this side says, and tells whether nobody needs those bytes any more. */
  readonly take: (chunk: Buffer) => boolean;
  /** What came through compression is not what it says. */
  readonly malformed: (what: string) => void;
}

/** Takes over a paused socket; nothing is read before what is returned is resumed. */
export function openSide(socket: net.Socket, settings: SideSettings): RelaySocket {
  const { compression, isUpstream, take, malformed } = settings;
  if (compression === null) return directSocket(socket, take) ?? reading(socket, take);
  const ids = isUpstream ? new CommandEnvelopeIds() : new AnswerEnvelopeIds(settings.capabilities, settings.mariaDbCapabilities);
  return reading(new CompressedSocket(socket, { algorithm: compression, ids, malformed }), take);
}

function reading(socket: RelaySocket, take: (chunk: Buffer) => boolean): RelaySocket {
  // Whoever begins to listen to a stream makes it flow, unless it is paused.
  socket.pause();
  return socket.on("data", take);
}
