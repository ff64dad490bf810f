/** A session's evidence, as it is read to be written into a bundle: from its recording, or from another bundle. */
import type { UnixMicros } from "../../model/value.ts";
import type { LeafHeader } from "../events/leaf.ts";

/** A seal, of which a bundle carries all. */
export interface SealFacts {
  readonly version: 2;
  /** Of all bytes before the seal, in hex; how many they are, and how many frames. */
  readonly sha256: string;
  readonly bytes: number;
  readonly frames: number;
  readonly events: number;
  /** Root of the session's tree, in hex. */
  readonly root: string;
  readonly sealedAt: UnixMicros;
  readonly program: { readonly name: string; readonly version: string };
  readonly signatures: readonly SealSignature[];
}

export interface SealSignature {
  readonly by: "device" | "identity";
  readonly keyId: string;
  readonly algorithm: "Ed25519" | "ES256";
  /** In base64. */
  readonly sig: string;
  /** Of an identity key: the sign-in that it belongs to. */
  readonly signIn?: string;
}

/** A part of an event. It comes before its event, and those of one event come together. */
export interface PartItem {
  readonly kind: "part";
  readonly n: number;
  /** Path of its commitment without the event's number, e.g. `results/0/blocks/7/3`. */
  readonly path: string;
  /** In hex. */
  readonly commitment: string;
  /** What it commits to, with its salt in hex; `null` where that was withheld before. */
  readonly opened: OpenedPart | null;
}

export interface OpenedPart {
  readonly salt: string;
  readonly value: unknown;
  /** The value as canonical JSON. */
  readonly json: string;
}

/** An event with its leaf. */
export interface EventItem {
  readonly kind: "event";
  readonly n: number;
  readonly header: LeafHeader;
  /** Bytes of the leaf: the header as canonical JSON. */
  readonly leaf: Buffer;
  /** Its leaf hash. */
  readonly hash: Buffer;
}

export type SessionItem = PartItem | EventItem;

/** What was read at once; bounded, but for a single part. `bytes`: how many of the source's have been read so far. */
export interface SessionSlice {
  readonly items: readonly SessionItem[];
  readonly bytes: number;
}

/** One sealed session. It can be read several times. */
export interface SessionSource {
  readonly session: string;
  readonly seal: SealFacts;
  /** Bytes that are read in all, for progress. */
  readonly bytes: number;
  /** The recording; `null` where it is not there any more, because something of it was withheld. */
  readonly wire: string | null;
  /** All of it in order. Rejects with a `FailureError` where it is damaged. */
  read(): AsyncIterable<SessionSlice>;
}
