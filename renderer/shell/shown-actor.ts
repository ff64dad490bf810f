import type { TimelineRow } from "../../proxy/api/contract.ts";
import type { Actor } from "../../proxy/model/actor.ts";

/** As much of an actor as its name and mark need. */
export interface ShownActor {
  readonly kind: Actor["kind"];
  readonly name: string;
  readonly authenticated: boolean;
  /** Who answers for a machine; `null` for others. */
  readonly owner: string | null;
  /** Who vouched for it, where that is known. */
  readonly issuer: string | null;
}

export function shownActor(actor: Actor): ShownActor {
  const { kind, name, authenticated } = actor;
  return {
    kind,
    name,
    authenticated,
    owner: actor.kind === "machine" ? actor.owner : null,
    issuer: actor.authenticated ? actor.issuer : null,
  };
}

export function shownActorOfRow(row: TimelineRow): ShownActor {
  return { kind: row.actorKind, name: row.actor, authenticated: row.authenticated, owner: row.actorOwner, issuer: null };
}

/** How far the actor is proven, as a sentence. */
export function actorSentence({ kind, authenticated, owner, issuer }: ShownActor): string {
  if (!authenticated || kind === "os-user") {
    return "Not authenticated: the operating system's user on this workstation. Nobody has vouched for this identity.";
  }
  if (kind === "machine") {
    const proof = issuer === null ? "a registered machine" : `a machine that ${issuer} vouched for`;
    return `Authenticated: ${proof}. ${owner ?? "Nobody known"} answers for it.`;
  }
  return `Authenticated: ${issuer ?? "an identity provider"} vouched for this person.`;
}
