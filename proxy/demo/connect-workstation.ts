/** Gives a running workstation the demo's connection, as its user would. */
import type { CallHandlers } from "../api/handler.ts";
import type { Connection, ConnectionSecrets } from "../model/connection.ts";
import { FailureError } from "../model/failure.ts";

/** Saves the connection and starts it. Rejects with code `cannot-listen` and the reason where that fails. */
export async function connectWorkstation(
  calls: Pick<CallHandlers, "connections.save" | "connections.start">,
  connection: Connection,
  secrets: ConnectionSecrets,
): Promise<void> {
  await calls["connections.save"]({ connection, secrets });
  const state = await calls["connections.start"]({ id: connection.id });
  if (state.state === "listening") return;
  throw new FailureError("cannot-listen", state.state === "failed" ? state.message : "The demo's connection does not listen.");
}
