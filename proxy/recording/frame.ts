/**
 * The recording file: a file header, then frames. All integers are little-endian.
 *
 *     file header   "STENOREC" | u32 version
 *     frame         u32 length of payload | u8 kind | u64 time (Unix nanoseconds) | payload | u32 CRC-32 of all before it in the frame
 */
import { crc32 } from "node:zlib";
import type { SignedInAgainNote, StatementSecretNote } from "../model/session.ts";
import type { UnixMicros } from "../model/value.ts";

/** First bytes of every recording. */
export const fileMagic = Buffer.from("STENOREC", "latin1");
export const fileVersion = 1;
export const fileHeaderBytes = 12;

/** Bytes of a frame before and behind its payload. */
export const frameHeadBytes = 13;
export const frameTailBytes = 4;

/** Longest payload; a longer length is damage. What the relay records at once is a chunk of a socket, far below it. */
export const maxFramePayload = 64 * 1024 * 1024;

/** Kinds of frames. The numbers are the file format's and never change. */
export const FrameKind = {
  open: 1,
  client: 2,
  upstream: 3,
  decision: 4,
  note: 5,
  gap: 6,
  close: 7,
  seal: 8,
} as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

/** One whole frame as read from a recording. */
export interface Frame {
  readonly kind: number;
  /** Microseconds since the Unix epoch. */
  readonly at: number;
  readonly payload: Buffer;
  /** Where the frame starts in its file. */
  readonly offset: number;
  /** Where the next frame starts. */
  readonly end: number;
}

/** JSON payload of a note frame: something that was learned while recording. */
export type Note =
  | { readonly kind: "redacted"; readonly what: "authentication"; readonly direction: "client"; readonly bytes: number }
  | StatementSecretNote
  | SignedInAgainNote
  | { readonly kind: "annotation"; readonly text: string };

/** JSON payload of a gap frame: bytes that are missing, and why. */
export interface Gap {
  readonly reason: "recording-failed" | "capture-limit" | "paused";
  readonly detail: string;
  readonly direction: "client" | "upstream" | "both";
  readonly bytes: number;
  readonly sha256: string | null;
}

/** What a seal says of the file: any later change of it shows. */
interface SealedBytes {
  /** SHA-256 in hex over every byte of the file before the seal frame. */
  readonly sha256: string;
  /** Bytes and frames before the seal frame; the file header counts as bytes. */
  readonly bytes: number;
  readonly frames: number;
  readonly sealedAt: UnixMicros;
  readonly program: { readonly name: string; readonly version: string };
}

/** A signature over a seal's facts, in the way that evidence/seal says. */
export interface SealSignature {
  readonly by: "device" | "identity";
  readonly keyId: string;
  readonly algorithm: "Ed25519" | "ES256";
  /** In base64. */
  readonly sig: string;
  /** Of an identity key: the sign-in that it belongs to. */
  readonly signIn?: string;
}

/** A seal as recordings have it from before there were signatures. */
export interface UnsignedSeal extends SealedBytes {
  readonly version: 1;
}

/** What is signed of a seal. */
export interface SealFacts extends SealedBytes {
  /** How many events the session has, and the root of the Merkle tree over them, in hex. */
  readonly events: number;
  readonly root: string;
}

export interface SignedSeal extends SealFacts {
  readonly version: 2;
  /** None where there was no key. */
  readonly signatures: readonly SealSignature[];
}

/** JSON payload of a seal frame, the last one of a recording. */
export type Seal = UnsignedSeal | SignedSeal;

/** The header with which a recording starts. */
export function encodeFileHeader(): Buffer {
  const header = Buffer.alloc(fileHeaderBytes);
  fileMagic.copy(header);
  header.writeUInt32LE(fileVersion, 8);
  return header;
}

/** Writes a frame's head for `length` payload bytes into `into` at `at`. */
export function writeFrameHead(into: Buffer, at: number, kind: FrameKind, atNs: bigint, length: number): void {
  into.writeUInt32LE(length, at);
  into[at + 4] = kind;
  into.writeBigUInt64LE(atNs, at + 5);
}

/** A whole frame in one buffer; for frames that are written seldom. */
export function encodeFrame(kind: FrameKind, atNs: bigint, payload: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(frameHeadBytes + payload.length + frameTailBytes);
  writeFrameHead(frame, 0, kind, atNs, payload.length);
  payload.copy(frame, frameHeadBytes);
  const tail = frameHeadBytes + payload.length;
  frame.writeUInt32LE(crc32(frame.subarray(0, tail)), tail);
  return frame;
}

/** A frame whose payload is JSON. */
export function encodeJsonFrame(kind: FrameKind, atNs: bigint, value: unknown): Buffer {
  return encodeFrame(kind, atNs, Buffer.from(JSON.stringify(value), "utf8"));
}

/** A frame's time in microseconds since the Unix epoch, exact, without a BigInt division: the u64's high word weighs 4 294 967 296 ns. */
export function microsOfFrame(frame: Buffer): number {
  const low = frame.readUInt32LE(5);
  const high = frame.readUInt32LE(9);
  return high * 4294967 + Math.floor((high * 296 + low) / 1000);
}
