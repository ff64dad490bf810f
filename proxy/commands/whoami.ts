import type { Command } from "commander";
import { renewed } from "../identity/oidc/renewal.ts";
import { osUserActor } from "../identity/os-user.ts";
import { signedInPerson } from "../identity/signed-in-person.ts";
import { loadIdentitySettings } from "../identity-file.ts";
import { failureOf } from "../model/failure.ts";
import { isoMicros } from "../model/value.ts";
import { type CommandIdentity, describePerson, interrupted, openCommandIdentity } from "./command-identity.ts";
import { dataOption } from "./data-option.ts";
import { complain, existingDataDirectory, writeLine } from "./output.ts";

const help = `
It asks the identity provider, so what it says is so now. Its exit code is 1 where nobody is signed in.

Example:
  stenograph whoami --data ~/stenograph --json`;

/** `whoami`: who commands run as. */
export function register(program: Command): void {
  program
    .command("whoami")
    .description("tell who is signed in on the command line, and what they may do")
    .addOption(dataOption("the settings").makeOptionMandatory())
    .option("--json", "one JSON object")
    .addHelpText("after", help)
    .action(({ data, json }: { readonly data: string; readonly json?: true }) => whoami(data, json === true));
}

async function whoami(dataDirectory: string, json: boolean): Promise<void> {
  if (!existingDataDirectory(dataDirectory)) return;
  try {
    const { provider } = await loadIdentitySettings(dataDirectory);
    if (provider === null) {
      const actor = osUserActor();
      await writeLine(
        json ? JSON.stringify({ state: "not-needed", actor }) : `${actor.name} (not authenticated): no identity provider is set up.`,
      );
      return;
    }
    await tell(await openCommandIdentity(dataDirectory), json);
  } catch (thrown) {
    complain(failureOf(thrown).message);
  }
}

async function tell(identity: CommandIdentity, json: boolean): Promise<void> {
  const { settings, roles: table, kept } = identity;
  if (kept.read() === null) {
    if (json) await writeLine(JSON.stringify({ state: "signed-out", provider: settings.issuer }));
    complain("Nobody is signed in. Sign in with “stenograph login”.");
    return;
  }
  const person = signedInPerson(await renewed({ settings, tokens: kept }, null, interrupted()), table, null);
  const { actor, roles, claims, until } = person;
  const facts = { state: "signed-in", actor, roles, claims, until: until === null ? null : isoMicros(until) };
  await writeLine(json ? JSON.stringify(facts) : describePerson(person));
}
