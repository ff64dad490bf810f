/** Who can sign in at the demo's identity provider: three people, and one machine. */
import { hash, randomInt, timingSafeEqual } from "node:crypto";

export interface DemoPerson {
  /** The `sub` of their tokens. */
  readonly subject: string;
  readonly user: string;
  readonly password: string;
  readonly name: string;
  readonly email: string;
  readonly groups: readonly string[];
  /** What they are, for people to read. */
  readonly title: string;
}

export type DemoPeople = readonly [dba: DemoPerson, approver: DemoPerson, auditor: DemoPerson];

/** A machine that gets tokens for itself by `client_credentials`; its id is the `sub` of its tokens. */
export interface DemoMachine {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly groups: readonly string[];
}

/** What the provider's groups allow in the workstation, as its settings name it. */
export const demoRoles = [
  { group: "dba", role: "operator" },
  { group: "admins", role: "admin" },
  { group: "team-leads", role: "approver" },
  { group: "audit", role: "auditor" },
] as const;

/** A DBA, an approver and an auditor, with passwords of this run. */
export function demoPeople(): DemoPeople {
  const person = (user: string, name: string, title: string, subject: string, groups: readonly string[]): DemoPerson => ({
    subject,
    user,
    password: typeablePassword(),
    name,
    email: `${name.toLowerCase().replace(" ", ".")}@example.com`,
    groups,
    title,
  });
  return [
    person("dana", "Dana Beck", "DBA and admin: works, sets things up, and reads their own sessions", "person-1017", ["dba", "admins"]),
    person("ravi", "Ravi Menon", "approver: will decide what waits for approval", "person-1042", ["team-leads"]),
    person("ines", "Ines Duarte", "auditor: reads every session", "person-1066", ["audit"]),
  ];
}

export function demoMachine(): DemoMachine {
  return {
    clientId: "nightly-report",
    clientSecret: `${typeablePassword()}-${typeablePassword()}-${typeablePassword()}`,
    groups: ["jobs"],
  };
}

/** The person whom the user name and the password belong to; takes as long for a wrong name as for a wrong password. */
export function personOf(people: readonly DemoPerson[], user: string, password: string): DemoPerson | null {
  const named = people.find((person) => person.user === user);
  const right = timingSafeEqual(digest(named?.password ?? ""), digest(password));
  return named !== undefined && right ? named : null;
}

function digest(text: string): Buffer {
  return hash("sha256", text, "buffer");
}

/** 40 bits, in letters and digits that are not taken for each other. */
function typeablePassword(): string {
  const characters = "abcdefghjkmnpqrstuvwxyz23456789";
  const part = () => Array.from({ length: 4 }, () => characters[randomInt(characters.length)]).join("");
  return `${part()}-${part()}`;
}
