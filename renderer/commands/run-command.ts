import { create } from "zustand";
import { type Failure, failureOf } from "../../proxy/model/failure.ts";
import type { Api } from "../api/api-client.ts";
import type { Command } from "./commands.ts";

interface CommandFailure {
  readonly failed: { readonly title: string; readonly failure: Failure } | null;
}

/** The last command that failed, until it is dismissed or another one runs. */
export const useCommandFailure = create<CommandFailure>(() => ({ failed: null }));

/** Runs a command; a failure is kept to be shown. */
export async function runCommand(command: Pick<Command, "title" | "run">, api: Api): Promise<void> {
  useCommandFailure.setState({ failed: null });
  try {
    await command.run(api);
  } catch (reason) {
    useCommandFailure.setState({ failed: { title: command.title, failure: failureOf(reason) } });
  }
}
