/** Sign-in, roles, credentials and machines. Secrets go out once, when they are made, and never again. */
import { z } from "zod";
import { actor } from "./session.ts";

export const role = z.enum(["operator", "approver", "auditor", "admin"]);

const providerSettings = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("oidc"),
    issuer: z.url(),
    clientId: z.string().min(1),
    /** Besides `openid`. */
    scopes: z.array(z.string()).readonly(),
    claims: z.object({ name: z.string(), email: z.string(), groups: z.string() }),
    /** Audience of tokens that clients present as passwords; `null` for the client id. */
    audience: z.string().nullable(),
  }),
  z.object({
    kind: z.literal("saml"),
    /** Where the provider takes requests by HTTP-Redirect. */
    entryPoint: z.url(),
    idpIssuer: z.string().min(1),
    /** PEM text. */
    idpCertificate: z.string().min(1),
    spIssuer: z.string().min(1),
    /** Port of the assertion consumer on 127.0.0.1; 0 picks one. */
    consumerPort: z.number().int().min(0).max(65535),
    attributes: z.object({ name: z.string(), email: z.string(), groups: z.string() }),
  }),
]);

export const identitySettings = z.object({
  /** `null`: nobody signs in, and the actor is the OS user, not authenticated. */
  provider: providerSettings.nullable(),
  roles: z.array(z.object({ group: z.string().min(1), role })).readonly(),
  /** What becomes of open sessions when the identity that they run under ends. */
  endOpenSessions: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("at-once") }),
    z.object({ kind: z.literal("after"), minutes: z.number().int().min(1).max(1440) }),
    z.object({ kind: z.literal("never") }),
  ]),
});

/** Who the caller is. Times are microseconds since the Unix epoch. */
export const identityState = z.discriminatedUnion("state", [
  z.object({ state: z.literal("not-needed"), actor }),
  /** `message`: why the last sign-in failed or ended. */
  z.object({ state: z.literal("signed-out"), provider: z.string(), message: z.string().nullable() }),
  /** The person is at the provider, at `url`. */
  z.object({ state: z.literal("signing-in"), provider: z.string(), url: z.string(), until: z.number() }),
  z.object({
    state: z.literal("signed-in"),
    provider: z.string(),
    actor,
    roles: z.array(role).readonly(),
    /** What the provider said, as far as it is kept. */
    claims: z.record(z.string(), z.unknown()).readonly(),
    since: z.number(),
    until: z.number().nullable(),
  }),
]);

/** Somebody who is signed in at this workstation. Times are microseconds since the Unix epoch. */
export const signInListed = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  issuer: z.string(),
  subject: z.string(),
  roles: z.array(role).readonly(),
  since: z.number(),
  until: z.number().nullable(),
  /** When the last page of theirs was closed; `null` while one is open. */
  seenAt: z.number().nullable(),
  /** Whether it is the sign-in of who asks. */
  here: z.boolean(),
});

/** A credential of the caller's for one connection, without its password. */
export const credential = z.object({
  id: z.string(),
  connection: z.string(),
  user: z.string(),
  mintedAt: z.number(),
  until: z.number().nullable(),
});

const machineSettings = z.object({
  name: z.string().trim().min(1).max(100),
  /** A person who answers for it. */
  owner: z.string().trim().min(1).max(200),
  groups: z.array(z.string().min(1)).readonly(),
  /** Ids of connections that it may use; `null` for all. */
  connections: z.array(z.string()).readonly().nullable(),
  /** `null`: until it is revoked. */
  until: z.number().nullable(),
  /** Subject of the provider's tokens for it (`client_credentials`); `null` where it has a secret of its own. */
  tokenSubject: z.string().min(1).nullable(),
});

export const machine = machineSettings.extend({
  id: z.string(),
  user: z.string(),
  registeredAt: z.number(),
  rotatedAt: z.number().nullable(),
  revokedAt: z.number().nullable(),
});

const none = z.object({});
const byId = z.object({ id: z.string() });
const secretOnce = z.object({ user: z.string(), secret: z.string() }).nullable();

export const identityCalls = {
  /** The caller's state, and the names of the calls and streams that it may use. */
  "identity.get": { input: none, output: z.object({ identity: identityState, allowed: z.array(z.string()).readonly() }) },
  /** Begins a sign-in; the person goes on at `url`, which the desktop host opens itself. */
  "identity.signIn": { input: none, output: z.object({ url: z.string(), opened: z.boolean() }) },
  "identity.cancel": { input: none, output: none },
  "identity.signOut": { input: none, output: none },
  /** Who is signed in at this workstation: an admin is told of everybody, others of their own sign-ins, e.g. in other browsers. */
  "identity.signIns": { input: none, output: z.object({ signIns: z.array(signInListed).readonly() }) },
  /** Ends one of those, with what was made for it. */
  "identity.endSignIn": { input: byId, output: none },
  "identity.settings": { input: none, output: identitySettings },
  "identity.saveSettings": { input: identitySettings, output: identitySettings },
  /** Asks the provider whether these settings can work. */
  "identity.testSettings": { input: identitySettings, output: z.object({ ok: z.boolean(), message: z.string() }) },
  "credentials.list": { input: none, output: z.object({ credentials: z.array(credential).readonly() }) },
  /** Makes the caller's credential for a connection, in place of one that they had. The password is told this once. */
  "credentials.mint": { input: z.object({ connection: z.string() }), output: z.object({ credential, password: z.string() }) },
  "credentials.revoke": { input: byId, output: none },
  "machines.list": { input: none, output: z.object({ machines: z.array(machine).readonly() }) },
  /** The secret is told this once; `null` where the machine presents the provider's tokens. */
  "machines.register": { input: machineSettings, output: z.object({ machine, secret: secretOnce }) },
  "machines.rotate": { input: byId, output: z.object({ machine, secret: secretOnce }) },
  "machines.revoke": { input: byId, output: machine },
  "machines.remove": { input: byId, output: none },
} as const;

export const identityStreams = {
  /** The caller's state now, then each change of it. */
  identity: { input: none, event: z.object({ identity: identityState, allowed: z.array(z.string()).readonly() }) },
} as const;

export type Role = z.output<typeof role>;
export type IdentitySettings = z.output<typeof identitySettings>;
export type IdentityState = z.output<typeof identityState>;
export type SignInListed = z.output<typeof signInListed>;
export type CredentialListed = z.output<typeof credential>;
export type Machine = z.output<typeof machine>;
export type MachineSettings = z.output<typeof machineSettings>;
