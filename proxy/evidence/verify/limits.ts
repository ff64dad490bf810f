/** How much of a bundle is read before it is given up: what is beyond is made to harm the reader. */
export const bundleLimits = {
  /** Files in the ZIP. */
  entries: 10_000,
  /** Bytes of all files, unpacked. */
  totalBytes: 1024 ** 4,
  /** Bytes that one packed byte may become. */
  ratio: 200,
  /** Bytes of a name. */
  nameBytes: 200,
  /** Bytes of a line of a file that is read by lines. */
  lineBytes: 16 * 1024 * 1024,
  /** Bytes of a file that is read at once. */
  smallFileBytes: 16 * 1024 * 1024,
  /** Nesting of a JSON text. */
  jsonDepth: 32,
} as const;
