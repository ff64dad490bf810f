import type { Machine } from "../../proxy/api/contract.ts";
import type { UnixMicros } from "../../proxy/model/value.ts";

export type MachineState = "good" | "expired" | "revoked";

/** Whether a machine may use the proxy at `now`. */
export function machineState({ revokedAt, until }: Pick<Machine, "revokedAt" | "until">, now: UnixMicros): MachineState {
  if (revokedAt !== null) return "revoked";
  return until !== null && until <= now ? "expired" : "good";
}
