import { failureOf } from "../model/failure.ts";
import { Keyring, type StartKeyring } from "./keyring.ts";
import { KeyringCipher } from "./keyring-cipher.ts";
import { LayeredSecrets } from "./layered-secrets.ts";
import { MemorySecretStore } from "./memory-secret-store.ts";
import { PassphraseCipher } from "./passphrase-cipher.ts";
import type { SecretCipher } from "./secret-cipher.ts";
import { SecretFile } from "./secret-file.ts";
import type { SecretStore } from "./secret-store.ts";

/** What can keep secrets for the disk; `null` where the host has none. */
export interface SecretKeepers {
  /** Starts the program that asks the operating system's keychain. */
  readonly keyring: StartKeyring | null;
  /** Electron's `safeStorage`. */
  readonly system: SecretCipher | null;
  readonly passphrase: string | null;
  /** How long the keychain may take, in milliseconds; 2 s unless told. */
  readonly limitMs?: number;
}

/** `notices`: sentences for the person, where something is not kept or not opened as they may expect. */
export interface OpenedSecrets {
  readonly store: SecretStore;
  readonly notices: readonly string[];
}

/**
 * Opens the secrets of a data directory with the first keeper that there is: the system's keychain, `safeStorage`, the passphrase;
 * else they are kept in memory. What was kept by one of the others stays readable. Rejects with a `FailureError` where the file
 * of the first keeper cannot be opened.
 */
export async function openSecrets(dataDirectory: string, keepers: SecretKeepers): Promise<OpenedSecrets> {
  const { cipher: keyring, failure } = await keyringCipher(dataDirectory, keepers);
  const passphrase = keepers.passphrase === null ? null : new PassphraseCipher(keepers.passphrase);
  const [first, ...others] = [keyring, keepers.system, passphrase].filter((cipher) => cipher !== null);
  const notices: string[] = [];
  if (failure !== null && (await SecretFile.sealed(keyringFile(dataDirectory))) !== null) {
    notices.push(
      `The passwords that the system's keychain opens are not there now: ${failure}. Unlock the keychain and start again, or enter them again.`,
    );
  }
  if (first === undefined) {
    if (failure !== null) notices.push(keptInMemory(failure));
    return { store: new MemorySecretStore(), notices };
  }
  const now = await SecretFile.open(SecretFile.pathIn(dataDirectory, first), first);
  const earlier: SecretStore[] = [];
  for (const cipher of others) {
    const opened = await openEarlier(SecretFile.pathIn(dataDirectory, cipher), cipher);
    if (typeof opened === "string") notices.push(opened);
    else if (opened !== null) earlier.push(opened);
  }
  return { store: earlier.length === 0 ? now : new LayeredSecrets(now, earlier), notices };
}

/** `failure`: why the host's keychain is not used; `null` too where the host has none. */
async function keyringCipher(
  dataDirectory: string,
  { keyring: start, limitMs }: SecretKeepers,
): Promise<{ readonly cipher: KeyringCipher | null; readonly failure: string | null }> {
  if (start === null) return { cipher: null, failure: null };
  const sealed = await SecretFile.sealed(keyringFile(dataDirectory));
  const id = sealed === null ? null : KeyringCipher.keyIdOf(sealed);
  const opened = await Keyring.open(start, id, limitMs);
  if ("failure" in opened) return { cipher: null, failure: opened.failure };
  const known = id === null || opened.key === null ? null : { id, key: opened.key };
  return { cipher: new KeyringCipher(opened.keyring, known), failure: null };
}

/** The store, a sentence where it cannot be opened, or `null` where there is no such file. */
async function openEarlier(path: string, cipher: SecretCipher): Promise<SecretStore | string | null> {
  try {
    return (await SecretFile.sealed(path)) === null ? null : await SecretFile.open(path, cipher);
  } catch (cause) {
    return failureOf(cause).message;
  }
}

function keyringFile(dataDirectory: string): string {
  return SecretFile.pathIn(dataDirectory, { name: "keyring" });
}

function keptInMemory(failure: string): string {
  return (
    "Passwords that you enter, and the key that signs what is recorded, are kept in memory only and are gone when the program ends: " +
    `the system's keychain, which would keep them, cannot be used (${failure}). To have them kept, start again with the keychain ` +
    "unlocked, or with a passphrase in the environment variable STENOGRAPH_PASSPHRASE: they are encrypted with it."
  );
}
