import { usable } from "../../../proxy/api/access.ts";
import type { IdentitySettings, IdentityState, Machine, SessionListed, SignInListed, TimelineRow } from "../../../proxy/api/contract.ts";
import type { MachineActor, PersonActor } from "../../../proxy/model/actor.ts";
import { type Role, roles } from "../../../proxy/model/role.ts";

/** Who is at the window of a fake core: nobody signs in, or a person in one of the states of that. */
export type FakePerson = "nobody" | "signed-out" | "refused" | "signing-in" | "dba" | "approver" | "auditor" | "nobody-special";

const provider = "https://id.example.com/realms/shop";
const now = Math.floor(Date.now() / 1000);

export const fakeDba: PersonActor = {
  kind: "person",
  name: "Dana Beck",
  authenticated: true,
  issuer: provider,
  subject: "person-1017",
  email: "dana.beck@example.com",
  groups: ["dba", "admins"],
  via: "oidc",
  signIn: "s1",
};

export const fakeMachine: MachineActor = {
  kind: "machine",
  name: "desk assistant",
  authenticated: true,
  issuer: null,
  subject: "m-3",
  owner: "Ravi Menon",
  groups: ["agents"],
  via: "secret",
};

const people: {
  readonly [person in FakePerson]?: { readonly name: string; readonly groups: readonly string[]; readonly roles: readonly Role[] };
} = {
  dba: { name: "Dana Beck", groups: ["dba", "admins"], roles: ["operator", "admin"] },
  approver: { name: "Ravi Menon", groups: ["team-leads"], roles: ["approver"] },
  auditor: { name: "Ines Duarte", groups: ["audit"], roles: ["auditor"] },
  "nobody-special": { name: "Nora Special", groups: ["staff", "building-7"], roles: [] },
};

/** What the core tells the person of themselves. */
export function fakeIdentity(person: FakePerson): { readonly identity: IdentityState; readonly allowed: readonly string[] } {
  const known = people[person];
  if (known !== undefined) {
    const { name, groups } = known;
    const email = `${name.toLowerCase().replace(" ", ".")}@example.com`;
    return {
      identity: {
        state: "signed-in",
        provider,
        actor: { ...fakeDba, name, email, groups },
        roles: known.roles,
        claims: {
          iss: provider,
          sub: fakeDba.subject,
          email,
          name,
          groups,
          acr: "urn:mace:incommon:iap:silver",
          iat: now,
          exp: now + 3600,
        },
        since: now * 1e6,
        until: (now + 3600) * 1e6,
      },
      allowed: usable(known.roles),
    };
  }
  if (person === "nobody") {
    return { identity: { state: "not-needed", actor: { kind: "os-user", name: "maria", authenticated: false } }, allowed: usable(roles) };
  }
  if (person === "signing-in") {
    const url = `${provider}/auth?client_id=stenograph&response_type=code&state=4f0c`;
    return { identity: { state: "signing-in", provider, url, until: (now + 300) * 1e6 }, allowed: usable([]) };
  }
  const message =
    person === "refused"
      ? "The identity provider https://id.example.com/realms/shop cannot be reached (ECONNREFUSED). Check the network and the issuer's address, then try again."
      : null;
  return { identity: { state: "signed-out", provider, message }, allowed: usable([]) };
}

/** A row that a person, a machine, or the operating system's user ran. */
export function withFakeActor(row: TimelineRow, person: FakePerson): TimelineRow {
  if (person === "nobody") return row;
  const which = row.id % 3;
  if (which === 1) return { ...row, actor: fakeDba.name, actorKind: "person", actorOwner: null, authenticated: true };
  if (which === 0) return { ...row, actor: fakeMachine.name, actorKind: "machine", actorOwner: fakeMachine.owner, authenticated: true };
  return row;
}

/** The actor of the fake session of that number, to match its rows. */
export function fakeSessionActor(which: number, osUser: string, person: FakePerson): SessionListed["actor"] {
  if (person === "nobody" || which === 1) return { kind: "os-user", name: osUser, authenticated: false };
  return which === 0 ? fakeDba : fakeMachine;
}

export const fakeIdentitySettings: IdentitySettings = {
  provider: {
    kind: "oidc",
    issuer: provider,
    clientId: "stenograph",
    scopes: ["profile", "email", "groups", "offline_access"],
    claims: { name: "name", email: "email", groups: "groups" },
    audience: null,
  },
  roles: [
    { group: "dba", role: "operator" },
    { group: "admins", role: "admin" },
    { group: "team-leads", role: "approver" },
    { group: "audit", role: "auditor" },
  ],
  endOpenSessions: { kind: "after", minutes: 15 },
};

/** Who is signed in, as the person is told. */
export function fakeSignIns(person: FakePerson): readonly SignInListed[] {
  const own = people[person];
  if (own === undefined) return [];
  const listed = (of: FakePerson, id: string, seenAt: number | null): readonly SignInListed[] => {
    const { name = "", roles: theirs = [] } = people[of] ?? {};
    const email = `${name.toLowerCase().replace(" ", ".")}@example.com`;
    const times = { since: (now - 3 * 3600) * 1e6, until: (now + 3600) * 1e6, seenAt };
    return [{ id, name, email, issuer: provider, subject: `person-${id}`, roles: theirs, ...times, here: id === "s1" }];
  };
  const others = [...listed("auditor", "s3", null), ...listed("approver", "s4", (now - 7200) * 1e6)];
  return [...listed(person, "s1", null), ...listed(person, "s2", (now - 9 * 3600) * 1e6), ...(own.roles.includes("admin") ? others : [])];
}

export const fakeMachines: readonly Machine[] = [
  {
    id: "m-1",
    name: "web shop",
    owner: "Dana Beck",
    groups: ["applications"],
    connections: ["shop"],
    until: (now + 40 * 86_400) * 1e6,
    tokenSubject: null,
    user: "web-shop-7kq2xd",
    registeredAt: (now - 86_400) * 1e6,
    rotatedAt: (now - 3_600) * 1e6,
    revokedAt: null,
  },
  {
    id: "m-2",
    name: "nightly report",
    owner: "Ines Duarte",
    groups: ["jobs"],
    connections: null,
    until: null,
    tokenSubject: "nightly-report",
    user: "nightly-report-b3m9pw",
    registeredAt: (now - 9 * 86_400) * 1e6,
    rotatedAt: null,
    revokedAt: null,
  },
  {
    id: "m-3",
    name: "desk assistant",
    owner: "Ravi Menon",
    groups: ["agents"],
    connections: null,
    until: null,
    tokenSubject: null,
    user: "desk-assistant-x2hh7c",
    registeredAt: (now - 20 * 86_400) * 1e6,
    rotatedAt: null,
    revokedAt: (now - 2 * 86_400) * 1e6,
  },
];
