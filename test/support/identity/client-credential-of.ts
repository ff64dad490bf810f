/** Credentials as the relay is told of them. */
import type { PersonActor } from "../../../proxy/model/actor.ts";
import type { ClientCredential } from "../../../proxy/model/client-credential.ts";
import { verifiersOf } from "../../../proxy/protocol/auth/password-verifiers.ts";

/** A person whom the provider of the tests vouched for. */
export function personActor(subject: string, changes: Partial<PersonActor> = {}): PersonActor {
  return {
    kind: "person",
    name: subject,
    authenticated: true,
    issuer: "https://id.example",
    subject,
    email: `${subject}@example.com`,
    groups: ["dba"],
    via: "oidc",
    signIn: `sign-in of ${subject}`,
    ...changes,
  };
}

/** A person's credential with a password, for all connections and without an end; `changes` say what is different. */
export function credentialOf(subject: string, password: string, changes: Partial<ClientCredential> = {}): ClientCredential {
  return {
    id: `credential of ${subject}`,
    user: `${subject}-7f3kqx`,
    verifiers: verifiersOf(password),
    actor: personActor(subject),
    connections: null,
    until: null,
    ended: null,
    ...changes,
  };
}
