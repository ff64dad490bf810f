/** What the keychain's process is asked by its arguments, and answers as one line of JSON on its standard output. */
/** `open`: tries the keychain, and reads key `id` where one is named; `read` and `make` are about key `id`. */
export type KeyringRequest = readonly ["open", id: string | null] | readonly ["read" | "make", id: string];

/** `key` is base64; `null` where the keychain has none, or none was asked for. */
export type KeyringAnswer = { readonly key: string | null } | { readonly failure: string };

export function argumentsOf([operation, id]: KeyringRequest): string[] {
  return id === null ? [operation] : [operation, id];
}

/** `null` where the arguments are no request. */
export function requestOf([operation, id]: readonly string[]): KeyringRequest | null {
  if (operation === "open") return ["open", id ?? null];
  return (operation === "read" || operation === "make") && id !== undefined ? [operation, id] : null;
}
