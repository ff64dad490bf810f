/** The program that asks the operating system's keychain: a process of its own, because it can be ended when the keychain hangs. */
import { makeKey, readKey, tryKeychain } from "./identity/keyring-entries.ts";
import { type KeyringAnswer, type KeyringRequest, requestOf } from "./identity/keyring-request.ts";

function keyFor([operation, id]: KeyringRequest): string | null {
  if (operation === "make") return makeKey(id);
  if (operation === "open") tryKeychain();
  return id === null ? null : readKey(id);
}

function answer(): KeyringAnswer {
  const request = requestOf(process.argv.slice(2));
  if (request === null) return { failure: "there is no such request" };
  try {
    return { key: keyFor(request) };
  } catch (cause) {
    return { failure: cause instanceof Error ? cause.message : String(cause) };
  }
}

process.stdout.write(`${JSON.stringify(answer())}\n`);
