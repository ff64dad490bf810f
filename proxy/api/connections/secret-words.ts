import type { ConnectionSecretName } from "../../model/connection.ts";

const words: { readonly [name in ConnectionSecretName]: string } = {
  upstreamPassword: "the upstream password",
  upstreamPassword2: "the upstream's second password",
  upstreamPassword3: "the upstream's third password",
  clientPassword: "the clients' password",
};

/** Names secrets to a person, within a sentence. */
export function secretWords(names: readonly ConnectionSecretName[]): string {
  return names.map((name) => words[name]).join(" and ");
}
