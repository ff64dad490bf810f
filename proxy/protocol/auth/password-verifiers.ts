/**
 * Checks what a client proves of its password against what is kept of it, which is never the password: both plugins are made so
 * that the server needs a hash of the password's hash alone.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { PasswordVerifiers } from "../../model/client-credential.ts";
import { AuthPlugin } from "./auth-plugin.ts";
import { xor } from "./xor.ts";

/** What a client answered, to which scramble (20 bytes), in which plugin. */
export interface PasswordProof {
  readonly plugin: string;
  readonly scramble: Buffer;
  readonly authResponse: Buffer;
}

type Algorithm = keyof PasswordVerifiers;

const digestBytes = { sha1: 20, sha256: 32 } as const;

/** What is kept of a password. */
export function verifiersOf(password: string): PasswordVerifiers {
  const twice = (algorithm: Algorithm): string => digest(algorithm, digest(algorithm, Buffer.from(password, "utf8"))).toString("base64");
  return { sha1: twice("sha1"), sha256: twice("sha256") };
}

/** Verifiers that no password fits, for names that nobody goes by: to refuse those takes as long as to refuse a wrong password. */
export function decoyVerifiers(): PasswordVerifiers {
  return { sha1: randomBytes(digestBytes.sha1).toString("base64"), sha256: randomBytes(digestBytes.sha256).toString("base64") };
}

/**
 * Whether the client knows the password, in a time that does not depend on how wrong it is. caching_sha2_password where the plugin
 * is that, else mysql_native_password.
 */
export function provesPassword(verifiers: PasswordVerifiers, { plugin, scramble, authResponse }: PasswordProof): boolean {
  const algorithm = plugin === AuthPlugin.cachingSha2Password ? "sha256" : "sha1";
  const length = digestBytes[algorithm];
  const verifier = Buffer.from(verifiers[algorithm], "base64");
  // Either plugin answers with the password's hash, covered by a hash of the scramble and the verifier.
  const cover = algorithm === "sha256" ? digest("sha256", verifier, scramble) : digest("sha1", scramble, verifier);
  const answer = Buffer.alloc(length);
  authResponse.copy(answer);
  const once = xor(answer, cover);
  const right = verifier.length === length && timingSafeEqual(digest(algorithm, once), verifier);
  once.fill(0);
  return right && authResponse.length === length;
}

function digest(algorithm: Algorithm, ...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest();
}
