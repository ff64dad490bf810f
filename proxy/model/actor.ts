/**
 * Who ran a session. Only an identity that the identity provider vouched for is `authenticated`; the operating
 * system's user is a fact about the workstation, and is never shown as proven.
 */
export interface OsUserActor {
  readonly kind: "os-user";
  readonly name: string;
  readonly authenticated: false;
}

export type Actor = OsUserActor;
