import type { ReadScope } from "../model/read-scope.ts";

/** A condition of SQL with its named parameters. */
export interface ScopeCondition {
  readonly where: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What model/read-scope.ts says, in SQL; `session` is an expression for the key of the session that is looked at. */
export function scopeCondition(scope: ReadScope, session: string): ScopeCondition {
  switch (scope.kind) {
    case "all":
      return { where: "1", parameters: {} };
    case "own": {
      const own = "own.actor_kind = 'person' AND own.actor_issuer = @scopeIssuer AND own.actor_subject = @scopeSubject";
      return {
        where: `EXISTS (SELECT 1 FROM sessions AS own WHERE own.key = ${session} AND (own.actor_kind = 'os-user' OR (${own})))`,
        parameters: { scopeIssuer: scope.issuer, scopeSubject: scope.subject },
      };
    }
    case "none":
      return { where: "0", parameters: {} };
    default:
      return scope satisfies never;
  }
}
