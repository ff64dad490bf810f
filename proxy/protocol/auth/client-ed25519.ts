/**
 * client_ed25519 of MariaDB: https://mariadb.com/kb/en/authentication-plugin-ed25519/
 *
 * It is Ed25519 (RFC 8032) with one change: the secret scalar comes from SHA-512 of the password, which may have any
 * length, where the standard hashes a seed of 32 bytes. node:crypto signs for seeds only, so the signature is put
 * together here, and every multiplication of a secret with a point of the curve is left to OpenSSL, which does it in
 * constant time:
 *  - The public key: the Montgomery curve of X25519 is the same curve in other coordinates, and X25519 takes the
 *    scalar as it is. It gives the point up to the sign of x, which verifying a signature then tells.
 *  - The nonce: a random one is as good as the standard's, so it is that of a key pair made for it.
 */
import { createHash, randomBytes, verify } from "node:crypto";
import { ed25519PublicKey, okpPrivateKey, okpPublicBytes } from "./okp-key.ts";

/** Bytes of the challenge that is signed. */
export const ed25519ChallengeLength = 32;

/** The field's prime, 2^255 - 19. */
const prime = 2n ** 255n - 19n;
/** The order of the base point. */
const order = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The client's response to `challenge` (32 bytes): a signature of 64 bytes, or none for the empty password. */
export function ed25519Response(password: string, challenge: Buffer): Buffer {
  if (password === "") return Buffer.alloc(0);
  const secret = clampedScalar(Buffer.from(password, "utf8"));
  const [even, odd] = publicKeysOf(secret);
  const signature = sign(secret, even, challenge);
  const response = verify(null, challenge, ed25519PublicKey(even), signature) ? signature : sign(secret, odd, challenge);
  secret.fill(0);
  return response;
}

function sign(secret: Buffer, publicKey: Buffer, message: Buffer): Buffer {
  const seed = randomBytes(32);
  const nonce = clampedScalar(seed);
  const commitment = okpPublicBytes(okpPrivateKey("ed25519", seed));
  const digest = numberOf(createHash("sha512").update(commitment).update(publicKey).update(message).digest());
  const answer = (numberOf(nonce) + digest * numberOf(secret)) % order;
  seed.fill(0);
  nonce.fill(0);
  return Buffer.concat([commitment, bytesOf(answer)]);
}

/** RFC 8032, section 5.1.5, steps 1 and 2. */
function clampedScalar(seed: Uint8Array): Buffer {
  const digest = createHash("sha512").update(seed).digest();
  const scalar = Buffer.from(digest.subarray(0, 32));
  digest.fill(0);
  scalar[0] = (scalar[0] as number) & 0xf8;
  scalar[31] = ((scalar[31] as number) & 0x7f) | 0x40;
  return scalar;
}

/** The two public keys that have the u coordinate of `secret`'s: y = (u - 1) / (u + 1), with either sign of x (RFC 7748, section 4.1). */
function publicKeysOf(secret: Buffer): readonly [even: Buffer, odd: Buffer] {
  const u = numberOf(okpPublicBytes(okpPrivateKey("x25519", secret)));
  const even = bytesOf(((u - 1n + prime) * inverse(u + 1n)) % prime);
  const odd = Buffer.from(even);
  odd[31] = (odd[31] as number) | 0x80;
  return [even, odd];
}

/** 1 / `value` in the field, by Fermat. `value` is public. */
function inverse(value: bigint): bigint {
  let result = 1n;
  let base = value % prime;
  for (let exponent = prime - 2n; exponent > 0n; exponent >>= 1n) {
    if ((exponent & 1n) === 1n) result = (result * base) % prime;
    base = (base * base) % prime;
  }
  return result;
}

function numberOf(littleEndian: Buffer): bigint {
  return BigInt(`0x${Buffer.from(littleEndian).reverse().toString("hex")}`);
}

function bytesOf(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, "0"), "hex").reverse();
}
