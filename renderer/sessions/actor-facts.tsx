import type { Actor } from "../../proxy/model/actor.ts";
import { ActorName } from "../shell/ActorName.tsx";
import type { Fact } from "../shell/FactList.tsx";
import { PlainText } from "../shell/PlainText.tsx";
import { shownActor } from "../shell/shown-actor.ts";

/** Who ran a session, who vouched for that and how: nothing of it comes from the client's own words. */
export function actorFacts(actor: Actor): readonly Fact[] {
  const name: Fact = ["Actor", <ActorName key="actor" actor={shownActor(actor)} spelledOut />];
  if (actor.kind === "os-user") return [name];
  return [
    name,
    ["E-mail", actor.kind === "person" && actor.email !== null ? <PlainText key="email" text={actor.email} /> : null],
    ["Owner", actor.kind === "machine" ? <PlainText key="owner" text={actor.owner} /> : null],
    ["Vouched for by", <PlainText key="issuer" text={actor.issuer ?? "its registration in Stenograph"} />],
    ["Known there as", <PlainText key="subject" text={actor.subject} />],
    ["Groups", actor.groups.length === 0 ? null : <PlainText key="groups" text={actor.groups.join(", ")} />],
  ];
}
