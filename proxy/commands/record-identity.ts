/** Who `record --identity sign-in` records: whoever signs in when it starts, and what their clients present. */
import { unlink } from "node:fs/promises";
import { join } from "node:path";
import { makeDirectory } from "../compose.ts";
import { composeIdentity, type RunningIdentity } from "../compose-identity.ts";
import { writePrivateFile } from "../identity/private-file.ts";
import type { SecretStore } from "../identity/secret-store.ts";
import type { SignIn } from "../identity/sign-in.ts";
import type { Endpoint } from "../model/endpoint.ts";
import { FailureError } from "../model/failure.ts";
import { commandIdentityOf, describePerson, interrupted, signInForCommand } from "./command-identity.ts";
import { say } from "./output.ts";

/** Somebody who is signed in for as long as a command runs. */
export interface RecordIdentity {
  readonly identity: RunningIdentity;
  readonly signIn: SignIn;
  readonly secrets: SecretStore;
}

/** A credential for clients, in a file. */
export interface LeftCredential {
  readonly file: string;
  remove(): Promise<void>;
}

/** Signs somebody in who may run sessions. Rejects with a `FailureError`, and has nothing running then. */
export async function signInToRecord(dataDirectory: string): Promise<RecordIdentity> {
  await makeDirectory(dataDirectory);
  const identity = await composeIdentity(dataDirectory, say);
  try {
    const command = await commandIdentityOf(dataDirectory, identity.settings.value, identity);
    const signIn = await signInForCommand(command, interrupted());
    say(describePerson(signIn));
    if (!signIn.roles.includes("operator")) throw new FailureError("forbidden", notOperator(signIn.actor.name));
    return { identity, signIn, secrets: command.secrets };
  } catch (thrown) {
    identity.close();
    throw thrown;
  }
}

/**
 * Makes the person's credential for a connection, and leaves it in a file for its owner's eyes only, in the form of MySQL's option
 * files; the file goes when the sign-in ends. Rejects with the system's error where it cannot be written.
 */
export async function leaveCredential(
  { identity, signIn }: RecordIdentity,
  dataDirectory: string,
  connection: string,
  clientsConnectTo: Endpoint,
): Promise<LeftCredential> {
  const file = join(dataDirectory, "identity", "client.cnf");
  const remove = (): Promise<void> => unlink(file).catch(() => undefined);
  const { credential, password } = identity.credentials.mint(signIn, connection);
  await writePrivateFile(file, optionFile(credential.user, password, clientsConnectTo));
  identity.signIns.onEnd(({ id }, { cause, message }) => {
    if (id !== signIn.id) return;
    void remove();
    if (cause !== "closed") say(`${message} The credential in ${file} has ended with it; start this program again.`);
  });
  return { file, remove };
}

function optionFile(user: string, password: string, { host, port }: Endpoint): string {
  const where = port === 0 ? [`socket="${host}"`] : [`host="${host}"`, `port=${port}`, "protocol=tcp"];
  return `${["[client]", `user="${user}"`, `password="${password}"`, ...where].join("\n")}\n`;
}

function notOperator(name: string): string {
  return `${name} may not run sessions here: none of their groups has the role operator. Ask an administrator, or sign in as somebody else.`;
}
