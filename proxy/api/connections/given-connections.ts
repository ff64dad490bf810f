/** Connections that the program which starts the workstation gives it, e.g. the demo: saved and started as a user would. */
import { z } from "zod";
import { FailureError } from "../../model/failure.ts";
import { connection, connectionSecretsInput } from "../contract.ts";
import type { CallHandlers } from "../handler.ts";

const given = z.object({ connection, secrets: connectionSecretsInput });

export type GivenConnection = z.output<typeof given>;

/** The variable that carries them to the desktop's process. It holds passwords, as no command line should. */
const variable = "STENOGRAPH_GIVEN_CONNECTIONS";

/** The environment for a child process that is to be given `connections`. */
export function environmentWith(connections: readonly GivenConnection[]): NodeJS.ProcessEnv {
  return { ...process.env, [variable]: JSON.stringify(connections) };
}

/** Takes the connections out of this process's environment, where its own children do not see them; `null` where none are given. */
export function takeGivenConnections(): readonly GivenConnection[] | null {
  const text = process.env[variable];
  delete process.env[variable];
  return text === undefined ? null : z.array(given).parse(JSON.parse(text));
}

/** Saves the connections and starts them. Rejects with code `cannot-listen` and the reason where one fails. */
export async function startGivenConnections(
  calls: Pick<CallHandlers, "connections.save" | "connections.start">,
  connections: readonly GivenConnection[],
): Promise<void> {
  for (const one of connections) {
    await calls["connections.save"](one);
    const state = await calls["connections.start"]({ id: one.connection.id });
    if (state.state === "listening") continue;
    throw new FailureError("cannot-listen", state.state === "failed" ? state.message : `“${one.connection.name}” does not listen.`);
  }
}
