import type { Actor } from "./actor.ts";

/**
 * Which sessions may be read: all, a person's own (and those of the OS user, whom nobody vouched for), or none. It is no part
 * of a filter: nobody can ask for more by what they type.
 */
export type ReadScope =
  | { readonly kind: "all" }
  | { readonly kind: "own"; readonly issuer: string; readonly subject: string }
  | { readonly kind: "none" };

export const allSessions: ReadScope = { kind: "all" };

/** Whether a session that `actor` ran may be read. A person is who they are by issuer and subject together. */
export function mayRead(scope: ReadScope, actor: Actor): boolean {
  switch (scope.kind) {
    case "all":
      return true;
    case "own":
      return actor.kind === "os-user" || (actor.kind === "person" && actor.issuer === scope.issuer && actor.subject === scope.subject);
    case "none":
      return false;
    default:
      return scope satisfies never;
  }
}
