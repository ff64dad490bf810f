import type { Command } from "commander";
import { failureOf } from "../model/failure.ts";
import { describePerson, interrupted, openCommandIdentity, signInWithCode } from "./command-identity.ts";
import { dataOption } from "./data-option.ts";
import { complain, existingDataDirectory, say, writeLine } from "./output.ts";

const help = `
It shows an address and a code. Open the address in a browser on any device, sign in there and enter the code.
What is kept of the sign-in is a refresh token: encrypted, in the system's keychain or with STENOGRAPH_PASSPHRASE.
“record --identity sign-in” goes on with it; where nothing can keep it, record asks for a sign-in of its own when it starts.
“whoami” tells who is signed in, “logout” ends it.

Example:
  STENOGRAPH_PASSPHRASE=… stenograph login --data ~/stenograph`;

/** `login`: signs a person in by a code, and keeps the sign-in for other commands. */
export function register(program: Command): void {
  program
    .command("login")
    .description("sign in at the identity provider, by a code that you enter in any browser")
    .addOption(dataOption("the settings").makeOptionMandatory())
    .addHelpText("after", help)
    .action(({ data }: { readonly data: string }) => login(data));
}

const cannotKeep =
  "Nothing here can keep a sign-in: the system's keychain cannot be used, and STENOGRAPH_PASSPHRASE is not set. " +
  "Set it and log in again, or start “record --identity sign-in”, which asks for a sign-in of its own.";

const noSettings =
  "The identity provider to sign in at is looked up in the settings there: check the spelling of --data, or " +
  "make the directory with “stenograph serve --data DIR” and set a provider up in Settings.";

async function login(dataDirectory: string): Promise<void> {
  if (!existingDataDirectory(dataDirectory, noSettings)) return;
  try {
    const identity = await openCommandIdentity(dataDirectory);
    if (!identity.canKeep) {
      complain(cannotKeep);
      return;
    }
    const signIn = await signInWithCode(identity, true, interrupted());
    for (const line of describePerson(signIn).split("\n")) await writeLine(line);
    if (identity.kept.read() !== null) say("You are signed in. Other commands go on with this sign-in until you log out.");
    else complain(`You were signed in, but ${identity.settings.issuer} gives nothing (no refresh token) to go on with. Nothing is kept.`);
  } catch (thrown) {
    complain(failureOf(thrown).message);
  }
}
