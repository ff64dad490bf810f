/** A connection that the program which starts the workstation gives it, e.g. the demo: saved and started as a user would. */
import { z } from "zod";
import { FailureError } from "../../model/failure.ts";
import { connection, connectionSecretsInput } from "../contract.ts";
import type { CallHandlers } from "../handler.ts";

const given = z.object({ connection, secrets: connectionSecretsInput });

export type GivenConnection = z.output<typeof given>;

/** The variable that carries one to the desktop's process. It holds passwords, as no command line should. */
const variable = "STENOGRAPH_GIVEN_CONNECTION";

/** The environment for a child process that is to be given `connection`. */
export function environmentWith(connection: GivenConnection): NodeJS.ProcessEnv {
  return { ...process.env, [variable]: JSON.stringify(connection) };
}

/** Takes the connection out of this process's environment, where its own children do not see it; `null` where there is none. */
export function takeGivenConnection(): GivenConnection | null {
  const text = process.env[variable];
  delete process.env[variable];
  return text === undefined ? null : given.parse(JSON.parse(text));
}

/** Saves the connection and starts it. Rejects with code `cannot-listen` and the reason where that fails. */
export async function startGivenConnection(
  calls: Pick<CallHandlers, "connections.save" | "connections.start">,
  connection: GivenConnection,
): Promise<void> {
  await calls["connections.save"](connection);
  const state = await calls["connections.start"]({ id: connection.connection.id });
  if (state.state === "listening") return;
  throw new FailureError("cannot-listen", state.state === "failed" ? state.message : `“${connection.connection.name}” does not listen.`);
}
