/** What an assertion says, after its signature was verified: who, for whom, when, in answer to what. */
import type { SamlSettings } from "../identity-settings.ts";
import { childrenOf, type Expected } from "./response-shape.ts";
import { assertionRefused, shown } from "./saml-failure.ts";
import * as names from "./saml-names.ts";
import type { XmlElement } from "./strict-xml.ts";

/** How far the provider's clock and this one may be apart. */
export const clockSkewMs = 60_000;

/** What was asked, and when. */
export interface Asked extends Expected {
  readonly spIssuer: string;
  /** When the request was made, in milliseconds since the Unix epoch, as all times here. */
  readonly at: number;
  /** The person had to prove again who they are. */
  readonly fresh: boolean;
}

export interface AssertedPerson {
  readonly nameId: string;
  readonly nameIdFormat: string | null;
  readonly attributes: ReadonlyMap<string, readonly string[]>;
  readonly authenticatedAt: number;
  readonly authenticationContext: string | null;
  /** When the person's session at the provider ends, where it says so. */
  readonly sessionUntil: number | null;
}

/**
 * Checks an assertion whose signature is right (SAML Profiles, 4.1.4.3; Core, 2.4 and 2.5), and reads the person from it.
 * Throws a `FailureError` (`assertion-refused`).
 */
export function readAssertion(assertion: XmlElement, asked: Asked, now: number): AssertedPerson {
  const check = new AssertionCheck(asked, now);
  check.issued(assertion);
  const subject = check.only(assertion, "Subject");
  check.confirmed(subject);
  check.conditions(check.only(assertion, "Conditions"));
  const statement = check.only(assertion, "AuthnStatement");
  return { ...check.nameOf(subject), ...check.authenticated(statement), attributes: attributesOf(assertion) };
}

/** Values of an attribute by its name or its friendly name. */
export function attributeOf({ attributes }: Pick<AssertedPerson, "attributes">, name: string): readonly string[] {
  return attributes.get(name) ?? [];
}

/** The attributes that the settings name, as they are kept. */
export function keptAttributes(person: AssertedPerson, { attributes: { name, email, groups } }: SamlSettings): Record<string, unknown> {
  return Object.fromEntries(
    [name, email, groups].filter((key) => person.attributes.has(key)).map((key) => [key, attributeOf(person, key)]),
  );
}

class AssertionCheck {
  readonly #asked: Asked;
  readonly #now: number;

  constructor(asked: Asked, now: number) {
    this.#asked = asked;
    this.#now = now;
  }

  only(parent: XmlElement, local: string): XmlElement {
    const [element, ...others] = childrenOf(parent, local, names.assertionNamespace);
    if (element === undefined || others.length > 0)
      throw this.#refused(`its assertion needs one ${local}, and has ${others.length + (element ? 1 : 0)}`);
    return element;
  }

  /** An answer is made after the question. */
  issued(assertion: XmlElement): void {
    const issuer = this.only(assertion, "Issuer").text.trim();
    if (issuer !== this.#asked.idpIssuer) throw this.#refused(`its assertion comes from another issuer, “${shown(issuer)}”`);
    const at = this.#time(assertion, "IssueInstant");
    if (at === null) throw this.#refused("its assertion does not say when it was made");
    if (at > this.#now + clockSkewMs) throw this.#refused("its assertion is not valid yet; check this computer's clock");
    if (at < this.#asked.at - clockSkewMs) throw this.#refused("its assertion was made before this sign-in began");
  }

  /** Whoever brings it is the person, where it was made for this request and this address. */
  confirmed(subject: XmlElement): void {
    const bearers = childrenOf(subject, "SubjectConfirmation", names.assertionNamespace).filter(
      ({ attributes }) => attributes.get("Method") === names.bearerMethod,
    );
    const problems = bearers.map((bearer) => this.#bearerProblem(bearer));
    if (problems.includes(null)) return;
    throw this.#refused(problems[0] ?? "its assertion does not say who may bring it");
  }

  conditions(conditions: XmlElement): void {
    const problem = this.#timeProblem(conditions, "its assertion");
    if (problem !== null) throw this.#refused(problem);
    const restrictions = childrenOf(conditions, "AudienceRestriction", names.assertionNamespace);
    const isForUs = (restriction: XmlElement) =>
      childrenOf(restriction, "Audience", names.assertionNamespace).some(({ text }) => text.trim() === this.#asked.spIssuer);
    if (restrictions.length === 0 || !restrictions.every(isForUs)) {
      throw this.#refused(`its assertion was made for another program than “${shown(this.#asked.spIssuer)}”`);
    }
    // What is not understood cannot be said to hold (Core, 2.5.1.1).
    const strange = conditions.children.find(({ local }) => !/^(AudienceRestriction|OneTimeUse|ProxyRestriction)$/.test(local));
    if (strange !== undefined) throw this.#refused(`its assertion has a condition that is not known here, ${shown(strange.local)}`);
  }

  nameOf(subject: XmlElement): Pick<AssertedPerson, "nameId" | "nameIdFormat"> {
    const nameId = this.only(subject, "NameID");
    const nameIdFormat = nameId.attributes.get("Format") ?? null;
    const text = nameId.text.trim();
    if (text === "" || text.length > 1024) throw this.#refused("its assertion does not name the person");
    if (nameIdFormat === names.transientNameId) {
      throw this.#refused("it names the person by another name each time. Set the format of NameID there to persistent or e-mail");
    }
    return { nameId: text, nameIdFormat };
  }

  authenticated(statement: XmlElement): Pick<AssertedPerson, "authenticatedAt" | "authenticationContext" | "sessionUntil"> {
    const authenticatedAt = this.#time(statement, "AuthnInstant");
    if (authenticatedAt === null) throw this.#refused("its assertion does not say when the person signed in");
    if (authenticatedAt > this.#now + clockSkewMs) throw this.#refused("its assertion is not valid yet; check this computer's clock");
    if (this.#asked.fresh && authenticatedAt < this.#asked.at - clockSkewMs) {
      throw this.#refused("the person did not sign in again, as was asked for");
    }
    const sessionUntil = this.#time(statement, "SessionNotOnOrAfter");
    if (sessionUntil !== null && sessionUntil <= this.#now) throw this.#refused("the person's session there has ended");
    const [context] = childrenOf(statement, "AuthnContext", names.assertionNamespace);
    const [reference] = context === undefined ? [] : childrenOf(context, "AuthnContextClassRef", names.assertionNamespace);
    return { authenticatedAt, authenticationContext: reference?.text.trim() ?? null, sessionUntil };
  }

  #bearerProblem(bearer: XmlElement): string | null {
    const [confirmation] = childrenOf(bearer, "SubjectConfirmationData", names.assertionNamespace);
    if (confirmation === undefined) return "its assertion does not say where it may be brought";
    const { attributes } = confirmation;
    if (attributes.get("Recipient") !== this.#asked.consumer) {
      return `its assertion may be brought to another address only, ${shown(attributes.get("Recipient") ?? "none")}`;
    }
    if (attributes.get("InResponseTo") !== this.#asked.requestId) return "its assertion answers another sign-in";
    if (!attributes.has("NotOnOrAfter")) return "its assertion does not say until when it may be brought";
    return this.#timeProblem(confirmation, "its assertion");
  }

  #timeProblem(element: XmlElement, what: string): string | null {
    const from = this.#time(element, "NotBefore");
    const until = this.#time(element, "NotOnOrAfter");
    if (from !== null && from > this.#now + clockSkewMs) return `${what} is not valid yet; check this computer's clock`;
    return until !== null && until <= this.#now - clockSkewMs ? `${what} has expired; check this computer's clock` : null;
  }

  /** SAML's times are in UTC (Core, 1.3.3). */
  #time({ attributes }: XmlElement, key: string): number | null {
    const text = attributes.get(key);
    if (text === undefined) return null;
    const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(time)) throw this.#refused(`its assertion has a time that is none, ${shown(text)}`);
    return time;
  }

  #refused(reason: string): Error {
    return assertionRefused(this.#asked.idpIssuer, reason);
  }
}

function attributesOf(assertion: XmlElement): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, readonly string[]>();
  for (const statement of childrenOf(assertion, "AttributeStatement", names.assertionNamespace)) {
    for (const attribute of childrenOf(statement, "Attribute", names.assertionNamespace)) {
      const texts = childrenOf(attribute, "AttributeValue", names.assertionNamespace).map(({ text }) => text.trim());
      const keys = new Set([attribute.attributes.get("Name"), attribute.attributes.get("FriendlyName")]);
      for (const key of keys) if (key !== undefined) all.set(key, [...(all.get(key) ?? []), ...texts.filter((text) => text !== "")]);
    }
  }
  return all;
}
