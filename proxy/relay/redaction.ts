/** Bytes as they are recorded where they hold a secret. */
import type { Stretch } from "../sql/secrets/secret-literals.ts";

/** What stands in a recording in place of a secret. */
export const marker = Buffer.from("<redacted>");

/** Bytes that go on as `bytes` and are recorded as `recorded`: `redacted` secrets are replaced in there. */
export interface Redacted {
  readonly bytes: Buffer;
  readonly recorded: Buffer;
  readonly redacted: number;
}

/** A copy of `bytes` with each of the stretches, which are `offset` bytes further on, replaced. */
export function withReplaced(bytes: Buffer, stretches: readonly Stretch[], offset = 0, by: Buffer = marker): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (const { start, end } of stretches) {
    parts.push(bytes.subarray(from, start + offset), by);
    from = end + offset;
  }
  parts.push(bytes.subarray(from));
  return Buffer.concat(parts);
}
