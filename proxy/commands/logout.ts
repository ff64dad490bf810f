import type { Command } from "commander";
import { forget } from "../identity/oidc/renewal.ts";
import { failureOf } from "../model/failure.ts";
import { openCommandIdentity } from "./command-identity.ts";
import { dataOption } from "./data-option.ts";
import { complain, existingDataDirectory, say } from "./output.ts";

/** `logout`: ends the sign-in that `login` kept, here and at the provider. */
export function register(program: Command): void {
  program
    .command("logout")
    .description("end the sign-in that login kept; a running record ends its own at the next renewal")
    .addOption(dataOption("the settings").makeOptionMandatory())
    .action(({ data }: { readonly data: string }) => logout(data));
}

async function logout(dataDirectory: string): Promise<void> {
  if (!existingDataDirectory(dataDirectory)) return;
  try {
    const { settings, kept, log } = await openCommandIdentity(dataDirectory);
    if (kept.read() === null) {
      say("Nobody is signed in.");
      return;
    }
    const { actor } = kept;
    try {
      await forget({ settings, tokens: kept });
    } catch (thrown) {
      if (kept.read() !== null) throw thrown;
      say(`The provider could not be told. ${failureOf(thrown).message}`);
    }
    const message = `${actor?.name ?? "Whoever it was"} signed out.`;
    if (actor !== null) log.record({ kind: "sign-in-ended", actor, cause: "signed-out", message });
    say(message);
  } catch (thrown) {
    complain(failureOf(thrown).message);
  }
}
