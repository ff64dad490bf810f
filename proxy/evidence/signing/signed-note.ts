/** Signed notes: https://c2sp.org/signed-note@v1.0.0, with Ed25519 signatures. */
import { createHash } from "node:crypto";
import { type DeviceJwk, rawKeyOf, verifySignature } from "./public-key.ts";
import type { Signer } from "./signer.ts";

/** A key under the name that its signatures have. */
export interface NoteKey {
  readonly name: string;
  readonly publicKey: DeviceJwk;
}

export interface NoteSignature {
  readonly name: string;
  /** Four bytes that with the name tell which key it is. */
  readonly keyId: Buffer;
  readonly signature: Buffer;
}

/** A note as it was written; nothing is verified yet. */
export interface SignedNote {
  /** With its last newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const ed25519Type = 0x01;
const keyIdBytes = 4;
const mostSignatures = 16;
const mostCharacters = 64 * 1024;
const emDash = "\u2014";
// Control characters, and lone surrogates, which are no UTF-8.
// biome-ignore lint/suspicious/noControlCharactersInRegex: it finds what a note must not have
const forbidden = /[\u0000-\u0009\u000b-\u001f]|\p{Surrogate}/u;
const signatureLine = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;

/** The first four bytes of SHA-256(name ‖ newline ‖ 0x01 ‖ public key). */
export function noteKeyId({ name, publicKey }: NoteKey): Buffer {
  const hash = createHash("sha256")
    .update(`${name}\n`)
    .update(Buffer.from([ed25519Type]))
    .update(rawKeyOf(publicKey));
  return hash.digest().subarray(0, keyIdBytes);
}

/** Signs a text, which must end in a newline, under a name. Throws where the signer is not an Ed25519 key. */
export function signNote(text: string, name: string, signer: Signer): string {
  if (signer.publicKey.kty !== "OKP") throw new TypeError("a note is signed by an Ed25519 key");
  const keyId = noteKeyId({ name, publicKey: signer.publicKey });
  const signature = Buffer.concat([keyId, signer.sign(Buffer.from(text, "utf8"))]);
  return `${text}\n${emDash} ${name} ${signature.toString("base64")}\n`;
}

/** Takes a note apart; `null` where it is not written as one. */
export function readNote(note: string): SignedNote | null {
  if (note.length > mostCharacters || forbidden.test(note) || !note.endsWith("\n")) return null;
  const split = note.lastIndexOf("\n\n");
  if (split === -1) return null;
  const lines = note.slice(split + 2, -1).split("\n");
  if (lines.length > mostSignatures) return null;
  const signatures = lines.map(readSignature);
  return signatures.every((signature) => signature !== null) ? { text: note.slice(0, split + 1), signatures } : null;
}

/** Whether the note is signed by this key; signatures by other keys are ignored, as the specification wants. */
export function verifyNote({ text, signatures }: SignedNote, key: NoteKey): boolean {
  const keyId = noteKeyId(key);
  const own = signatures.filter(({ name, keyId: its }) => name === key.name && its.equals(keyId));
  const bytes = Buffer.from(text, "utf8");
  return own.length > 0 && own.every(({ signature }) => verifySignature(key.publicKey, bytes, signature));
}

function readSignature(line: string): NoteSignature | null {
  const [, name, encoded] = signatureLine.exec(line) ?? [];
  if (name === undefined || encoded === undefined) return null;
  const bytes = Buffer.from(encoded, "base64");
  if (bytes.length <= keyIdBytes || bytes.toString("base64") !== encoded) return null;
  return { name, keyId: bytes.subarray(0, keyIdBytes), signature: bytes.subarray(keyIdBytes) };
}
