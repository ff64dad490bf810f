/**
 * Who ran a session. Only an identity that the identity provider vouched for, or a machine's that was registered here, is
 * `authenticated`; the operating system's user is a fact about the workstation, and is never shown as proven.
 */
export interface OsUserActor {
  readonly kind: "os-user";
  readonly name: string;
  readonly authenticated: false;
}

/** A person whom an identity provider vouched for. */
export interface PersonActor {
  readonly kind: "person";
  /** For people to read; `issuer` and `subject` together are what identifies. */
  readonly name: string;
  readonly authenticated: true;
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | null;
  readonly groups: readonly string[];
  /** How: a sign-in by OpenID Connect or SAML, or a token that the client presented as its password. */
  readonly via: "oidc" | "saml" | "token";
  /** Id of the sign-in; `null` where a token was presented. */
  readonly signIn: string | null;
}

/** A machine: an MCP server, a job. Somebody answers for it. */
export interface MachineActor {
  readonly kind: "machine";
  readonly name: string;
  readonly authenticated: true;
  /** The provider that vouched for its token; `null` where it presented a secret that was made here. */
  readonly issuer: string | null;
  readonly subject: string;
  /** The person who answers for it, as registered. */
  readonly owner: string;
  readonly groups: readonly string[];
  readonly via: "secret" | "token";
}

export type AuthenticatedActor = PersonActor | MachineActor;

export type Actor = OsUserActor | AuthenticatedActor;
