import { randomBytes, randomInt } from "node:crypto";

/** Random bytes of a secret: 32 characters. */
const secretBytes = 24;
/** Characters of a user name that are taken from a name for people, and random ones behind them. */
const namedCharacters = 20;
const randomCharacters = 6;
const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";

/** A secret that nobody guesses, and that needs no quotes anywhere. */
export function newSecret(): string {
  return randomBytes(secretBytes).toString("base64url");
}

/** A user name to go with a secret: letters and digits of `name`, or else of `otherwise`, and random ones, so that it is unlike any other. */
export function userNameFor(name: string, otherwise: string): string {
  const words = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}+/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, namedCharacters)
    .replace(/-+$/, "");
  const random = Array.from({ length: randomCharacters }, () => alphabet[randomInt(alphabet.length)]).join("");
  return `${words === "" ? otherwise : words}-${random}`;
}
