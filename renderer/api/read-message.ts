import type { FromCore } from "../../proxy/api/contract.ts";

/**
 * The core's message inside what a transport delivered, or `null` where it is none. Checks the envelope only: both ends
 * are the same build, and a schema run over every row would cost more than drawing it.
 */
export function readMessage(candidate: unknown): FromCore | null {
  if (typeof candidate !== "object" || candidate === null) return null;
  const message = candidate as Partial<Record<string, unknown>>;
  if (typeof message.id !== "number") return null;
  switch (message.kind) {
    case "answer":
    case "event":
      return candidate as FromCore;
    case "failure":
      return isFailure(message.failure) ? (candidate as FromCore) : null;
    default:
      return null;
  }
}

function isFailure(candidate: unknown): boolean {
  if (typeof candidate !== "object" || candidate === null) return false;
  const failure = candidate as Partial<Record<string, unknown>>;
  return typeof failure.code === "string" && typeof failure.message === "string";
}
