/** Whether a session is proven to be of whom it names: by the key of a sign-in that the identity provider bound to that person. */
import type { Actor } from "../../model/actor.ts";
import type { ProvenSignIn } from "./identity-proof.ts";
import { signInFile } from "./identity-proof.ts";
import type { LimitsFound } from "./limits-found.ts";
import type { SessionFacts } from "./session-facts.ts";
import { BundleFault } from "./verdict.ts";

/** Clocks of a provider and a workstation may differ so much. */
const skewSeconds = 120;

/** How long a sign-in can have been renewed that a token began; no provider renews for longer without the person. */
const longestRenewalSeconds = 90 * 24 * 3600;

/** Holds the actor of a session against the sign-in that signed it, and names what is not proven. Throws a `BundleFault`: `E_IDP`, `E_TIME`. */
export function checkActor({ session, actor, openedAt }: SessionFacts, signIn: ProvenSignIn | null, limits: LimitsFound): void {
  if (signIn === null) {
    limits.add("W_NO_IDENTITY", unproven(actor), session);
    return;
  }
  checkPerson(actor, signIn);
  if (signIn.token === null) {
    const reason =
      "Nothing of the identity provider binds the key that signed to the person: who it was rests on the word of the workstation";
    limits.add("W_NO_IDENTITY", reason, session);
    return;
  }
  const { issuedAt, until } = signIn.token;
  const opened = openedAt / 1_000_000;
  const place = { file: signInFile(signIn.id) };
  if (opened < issuedAt - skewSeconds) throw new BundleFault("E_TIME", `its ID token was issued after session ${session} began`, place);
  if (opened > issuedAt + longestRenewalSeconds && opened > until) {
    throw new BundleFault("E_TIME", `its ID token had expired long before session ${session} began`, place);
  }
  if (opened > until + skewSeconds) {
    const reason =
      "The ID token had expired when the session began: that the person was still signed in rests on the word of the workstation";
    limits.add("W_TOKEN_EXPIRED", reason, session);
  }
  if (signIn.keysFrom === "bundle") {
    const reason = `The keys of the identity provider ${signIn.issuer} are those that the bundle brings: who made the bundle could have made them too`;
    limits.add("W_SELF_JWKS", `${reason}. Get them from the provider, and name them in a trust file`);
  }
}

/** A sign-in can be of one person only. Throws a `BundleFault` (`E_IDP`). */
export function checkPerson(actor: Actor, { issuer, subject, id }: ProvenSignIn): void {
  const isSame = actor.kind === "person" && actor.issuer === issuer && actor.subject === subject && actor.signIn === id;
  if (!isSame) throw new BundleFault("E_IDP", "it is the sign-in of somebody else than the one who is named", { file: signInFile(id) });
}

function unproven(actor: Actor): string {
  switch (actor.kind) {
    case "os-user":
      return `Nobody was signed in: “${actor.name}” is what the operating system of the workstation says, and is not proven`;
    case "person":
      return `That it was ${actor.name} rests on the word of the workstation: no key of their sign-in signed the seal`;
    case "machine":
      return `That it was the machine ${actor.name} rests on the word of the workstation`;
    default:
      return actor satisfies never;
  }
}
