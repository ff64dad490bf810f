/** The operating system's keychain, asked in a process of its own that is ended when the answer takes too long. */
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { argumentsOf, type KeyringAnswer, type KeyringRequest } from "./keyring-request.ts";

/** What of a started process is used here: Node's child processes have it, and Electron's utility processes. */
export interface KeyringProcess {
  readonly stdout: NodeJS.ReadableStream | null;
  kill(): unknown;
}

/** Starts the keychain's program with these arguments. May throw. */
export type StartKeyring = (args: readonly string[]) => KeyringProcess;

/** How long the start of the workstation may wait for the keychain. */
export const openLimitMs = 2_000;
/** Later a person may be asked to unlock the keychain. */
const laterLimitMs = 30_000;
const answerLimit = 4_096;
const answerSchema = z.union([z.object({ key: z.string().nullable() }), z.object({ failure: z.string() })]);

/** A keychain that has answered. */
export class Keyring {
  readonly #start: StartKeyring;

  private constructor(start: StartKeyring) {
    this.#start = start;
  }

  /**
   * Tries the keychain with an entry that is written, read and removed, and reads key `id` where one is named. Never rejects:
   * `failure` is why there is none, as the end of a sentence. Takes no longer than `limitMs`.
   */
  static async open(
    start: StartKeyring,
    id: string | null,
    limitMs = openLimitMs,
  ): Promise<{ readonly keyring: Keyring; readonly key: Buffer | null } | { readonly failure: string }> {
    const answer = await ask(start, ["open", id], limitMs);
    return "failure" in answer ? answer : { keyring: new Keyring(start), key: keyIn(answer.key) };
  }

  /** `null` where the keychain has no such key. Rejects with the reason where it cannot tell. */
  async read(id: string): Promise<Buffer | null> {
    return keyIn(await this.#keyFor(["read", id]));
  }

  /** Makes key `id`. Rejects with the reason where the keychain does not keep it. */
  async make(id: string): Promise<Buffer> {
    const key = keyIn(await this.#keyFor(["make", id]));
    if (key === null) throw new Error("the system's keychain made no key");
    return key;
  }

  async #keyFor(request: KeyringRequest): Promise<string | null> {
    const answer = await ask(this.#start, request, laterLimitMs);
    if ("failure" in answer) throw new Error(`the system's keychain cannot be used: ${answer.failure}`);
    return answer.key;
  }
}

async function ask(start: StartKeyring, request: KeyringRequest, limitMs: number): Promise<KeyringAnswer> {
  let started: KeyringProcess | null = null;
  const limit = new AbortController();
  try {
    started = start(argumentsOf(request));
    const tooLong = pause(limitMs, null, { signal: limit.signal });
    tooLong.catch(() => undefined);
    const line = await Promise.race([readLine(started.stdout), tooLong]);
    if (line === null) return { failure: `it has not answered within ${limitMs / 1000} s` };
    return answerSchema.parse(JSON.parse(line));
  } catch {
    // What its process wrote can hold a key: it is not repeated.
    return { failure: "its process ended without an answer" };
  } finally {
    limit.abort();
    started?.kill();
  }
}

async function readLine(stdout: NodeJS.ReadableStream | null): Promise<string> {
  let text = "";
  for await (const chunk of stdout ?? []) {
    text += chunk;
    if (text.includes("\n") || text.length > answerLimit) break;
  }
  return text;
}

function keyIn(base64: string | null): Buffer | null {
  return base64 === null ? null : Buffer.from(base64, "base64");
}
