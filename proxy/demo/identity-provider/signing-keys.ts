import { generateKeyPair, type JsonWebKey, randomUUID } from "node:crypto";
import { promisify } from "node:util";

/** A private key as JWK, with the id that tokens name it by. */
export type SigningKey = JsonWebKey & { readonly kid: string };

/** Makes a key for RS256, which every OpenID provider offers. */
export async function makeSigningKey(): Promise<SigningKey> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), alg: "RS256", use: "sig" };
}
