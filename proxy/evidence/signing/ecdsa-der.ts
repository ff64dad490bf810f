const integerTag = 0x02;
const sequenceTag = 0x30;

/**
 * An ES256 signature as ASN.1 DER (RFC 3279, 2.2.3), which openssl checks, of the 64 bytes of `r` and `s` that JSON Web
 * Signatures have (RFC 7518, 3.4).
 */
export function derSignature(raw: Uint8Array): Buffer {
  if (raw.length !== 64) throw new RangeError(`an ES256 signature has 64 bytes, not ${raw.length}`);
  const integers = Buffer.concat([derInteger(raw.subarray(0, 32)), derInteger(raw.subarray(32))]);
  return Buffer.concat([Buffer.from([sequenceTag, integers.length]), integers]);
}

/** The shortest form of a positive number: no leading zeros, but one where the first bit would make it negative. */
function derInteger(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const shortest = first === -1 ? Buffer.from([0]) : Buffer.from(bytes.subarray(first));
  const positive = (shortest[0] ?? 0) < 0x80 ? shortest : Buffer.concat([Buffer.from([0]), shortest]);
  return Buffer.concat([Buffer.from([integerTag, positive.length]), positive]);
}
