import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { FailureError } from "../model/failure.ts";
import { writePrivateFile } from "./private-file.ts";
import type { SecretCipher } from "./secret-cipher.ts";
import { type SecretStore, withChanges } from "./secret-store.ts";

const fileSchema = z.object({ format: z.literal("stenograph-secrets"), version: z.literal(1), sealed: z.string() });
const secretsSchema = z.record(z.string(), z.string());

/**
 * Secrets in one encrypted file, which is read, changed, sealed and written whole at each change. Other processes may share
 * the file: whoever calls `write` keeps them from writing meanwhile.
 */
export class SecretFile implements SecretStore {
  readonly keeping = "disk";
  readonly #path: string;
  readonly #cipher: SecretCipher;
  #secrets: ReadonlyMap<string, string>;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, cipher: SecretCipher, secrets: ReadonlyMap<string, string>) {
    this.#path = path;
    this.#cipher = cipher;
    this.#secrets = secrets;
  }

  /** The file of `cipher` in a data directory. Ciphers have a file each: one host's key never locks the other out. */
  static pathIn(dataDirectory: string, cipher: Pick<SecretCipher, "name">): string {
    return join(dataDirectory, `secrets-${cipher.name}.json`);
  }

  /** What is in the file, still sealed; `null` where there is none. Rejects with a `FailureError` (`secrets-unreadable`). */
  static async sealed(path: string): Promise<string | null> {
    const text = await readText(path);
    return text === null ? null : parseFile(path, text).sealed;
  }

  /** Rejects with a `FailureError` (`secrets-unreadable`, `secrets-locked`) and leaves the file as it is. */
  static async open(path: string, cipher: SecretCipher): Promise<SecretFile> {
    return new SecretFile(path, cipher, await load(path, cipher));
  }

  read(name: string): string | null {
    return this.#secrets.get(name) ?? null;
  }

  async refresh(): Promise<void> {
    this.#secrets = await load(this.#path, this.#cipher);
  }

  write(changes: ReadonlyMap<string, string | null>): Promise<void> {
    const written = this.#writing.then(() => this.#apply(changes));
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async #apply(changes: ReadonlyMap<string, string | null>): Promise<void> {
    if (changes.size === 0) return;
    const secrets = withChanges(await load(this.#path, this.#cipher), changes);
    const sealed = await this.#cipher.seal(JSON.stringify(Object.fromEntries(secrets)));
    const file = { format: "stenograph-secrets", version: 1, sealed };
    try {
      await writePrivateFile(this.#path, `${JSON.stringify(file)}\n`);
    } catch (cause) {
      throw new FailureError(
        "secrets-unwritable",
        `The passwords could not be kept in ${this.#path}: ${reasonOf(cause)}. Nothing was changed.`,
        {
          cause,
        },
      );
    }
    this.#secrets = secrets;
  }
}

async function load(path: string, cipher: SecretCipher): Promise<ReadonlyMap<string, string>> {
  const sealed = await SecretFile.sealed(path);
  if (sealed === null) return new Map();
  try {
    return new Map(Object.entries(secretsSchema.parse(JSON.parse(await cipher.open(sealed)))));
  } catch {
    throw new FailureError("secrets-locked", cannotOpen(path, cipher.name));
  }
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw new FailureError("secrets-unreadable", `The stored passwords in ${path} could not be read: ${reasonOf(cause)}.`, { cause });
  }
}

function parseFile(path: string, text: string): z.output<typeof fileSchema> {
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    const message = `${path} is not a file of stored passwords that this version can read. Move it away to start without stored passwords.`;
    throw new FailureError("secrets-unreadable", message);
  }
}

const keyNames: Readonly<Record<SecretCipher["name"], string>> = {
  passphrase: "STENOGRAPH_PASSPHRASE",
  keyring: "the key in the system's keychain",
  system: "the system's key",
};

function cannotOpen(path: string, cipher: SecretCipher["name"]): string {
  return (
    `The stored passwords in ${path} could not be opened with ${keyNames[cipher]}: it is another one, or the file was changed. ` +
    "Start with the right one, or move the file away to start without stored passwords."
  );
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
