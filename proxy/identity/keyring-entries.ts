/**
 * Entries in the operating system's keychain: Keychain, Credential Manager, or the Secret Service of GNOME or KDE.
 * These calls wait for the keychain and stop the whole process meanwhile, for ever where it hangs.
 */
import { randomBytes } from "node:crypto";
import { Entry } from "@napi-rs/keyring";
import { sealKeyBytes } from "./sealed-bytes.ts";

const application = "Stenograph";

/** Throws, with the reason, where what the keychain is given cannot be read again. */
export function tryKeychain(): void {
  const canary = entry(`try ${randomBytes(8).toString("hex")}`);
  const word = randomBytes(16).toString("hex");
  canary.setPassword(word);
  const kept = canary.getPassword();
  if (!canary.deletePassword()) throw new Error("it does not remove what it was given");
  if (kept !== word) throw new Error("it does not give back what it was given");
}

/** A key as base64, or `null` where the keychain has none of that id. */
export function readKey(id: string): string | null {
  return keyEntry(id).getPassword();
}

/** Makes a key, and gives it as base64 after it was kept. */
export function makeKey(id: string): string {
  const key = randomBytes(sealKeyBytes).toString("base64");
  keyEntry(id).setPassword(key);
  return key;
}

function keyEntry(id: string): Entry {
  return entry(`key of stored passwords ${id}`);
}

/** On Linux the Secret Service only: the kernel's keyring, which the library takes instead, forgets at the next start of the machine. */
function entry(account: string): Entry {
  return new Entry(application, account, { linux: { store: "secret-service" } });
}
