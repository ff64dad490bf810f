/**
 * parsec of MariaDB 11.6 and later: https://mariadb.com/kb/en/authentication-plugin-parsec/
 *
 * The server sends a challenge of 32 bytes. The client asks for the salt with an empty packet, and answers it with a
 * challenge of its own and an Ed25519 signature of both, for a key derived from the password with PBKDF2.
 */
import { pbkdf2Sync, randomBytes, sign } from "node:crypto";
import { okpPrivateKey } from "./okp-key.ts";

/** Bytes of either side's challenge. */
export const parsecChallengeLength = 32;

/** "P" for PBKDF2, the only derivation there is. */
const pbkdf2Mark = 0x50;
/** 2^8 * 1024 rounds take about a quarter of a second; a server must not be able to ask for hours. */
const greatestFactor = 8;

/**
 * The response to a salt packet: the client's challenge and the signature, 96 bytes. `null` where the packet is not
 * one, or asks for more rounds than are reasonable. `ownChallenge` is random unless given.
 */
export function parsecResponse(
  password: string,
  challenge: Buffer,
  saltPacket: Buffer,
  ownChallenge: Buffer = randomBytes(parsecChallengeLength),
): Buffer | null {
  const [mark, factor] = saltPacket;
  if (mark !== pbkdf2Mark || factor === undefined || factor > greatestFactor || saltPacket.length < 3) return null;
  const seed = pbkdf2Sync(password, saltPacket.subarray(2), 1024 << factor, 32, "sha512");
  const signature = sign(null, Buffer.concat([challenge, ownChallenge]), okpPrivateKey("ed25519", seed));
  seed.fill(0);
  return Buffer.concat([ownChallenge, signature]);
}
