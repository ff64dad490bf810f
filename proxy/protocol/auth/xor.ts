/** Each byte of `bytes` XORed with `pattern`, which repeats; a new buffer of `bytes`' length. `pattern` is not empty. */
export function xor(bytes: Uint8Array, pattern: Uint8Array): Buffer {
  return Buffer.from(bytes.map((byte, at) => byte ^ (pattern[at % pattern.length] as number)));
}
