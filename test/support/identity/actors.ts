import type { MachineActor, OsUserActor, PersonActor } from "../../../proxy/model/actor.ts";

export const osUser: OsUserActor = { kind: "os-user", name: "ada", authenticated: false };

/** A person whom a provider vouched for, but for what is given. */
export function personOf(given: Partial<PersonActor> = {}): PersonActor {
  return {
    kind: "person",
    name: "Anna Lind",
    authenticated: true,
    issuer: "https://id.example",
    subject: "u-17",
    email: "anna@example.com",
    groups: ["dba"],
    via: "oidc",
    signIn: "s1",
    ...given,
  };
}

/** A machine that was registered here, but for what is given. */
export function machineOf(given: Partial<MachineActor> = {}): MachineActor {
  return {
    kind: "machine",
    name: "reports",
    authenticated: true,
    issuer: null,
    subject: "m-3",
    owner: "Anna Lind",
    groups: [],
    via: "secret",
    ...given,
  };
}
