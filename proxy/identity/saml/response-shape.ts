/** What a response must be like before any of its signatures is looked at: there is one way to read it, and it is this. */
import { FailureError } from "../../model/failure.ts";
import { assertionRefused, shown } from "./saml-failure.ts";
import * as names from "./saml-names.ts";
import type { XmlElement } from "./strict-xml.ts";

/** What an answer to one request has to say. */
export interface Expected {
  readonly idpIssuer: string;
  /** Address of the assertion consumer. */
  readonly consumer: string;
  readonly requestId: string;
}

/**
 * Checks what surrounds the assertion, and that nothing but the one assertion can be taken for it (signature wrapping). None of it is
 * proven yet. `responseSigned`: whether the response has a signature too, which then has to be right. Throws a `FailureError`:
 * `sign-in-refused` where the provider says no, `assertion-refused` where it cannot be accepted.
 */
export function checkShape(response: XmlElement, expected: Expected): { readonly responseSigned: boolean } {
  const refuse = (reason: string) => assertionRefused(expected.idpIssuer, reason);
  if (!is(response, "Response", names.protocolNamespace) || response.attributes.get("Version") !== "2.0") {
    throw refuse("it is not a response of SAML 2.0");
  }
  const [issuer, ...issuers] = childrenOf(response, "Issuer", names.assertionNamespace);
  if (issuers.length > 0 || (issuer !== undefined && issuer.text.trim() !== expected.idpIssuer)) {
    throw refuse(`it comes from another issuer, “${shown(issuer?.text.trim() ?? "")}”`);
  }
  const destination = response.attributes.get("Destination");
  if (destination !== undefined && destination !== expected.consumer) {
    throw refuse(`it was meant for another address, ${shown(destination)}`);
  }
  checkStatus(response, expected.idpIssuer);
  const assertion = onlyAssertion(response, refuse);
  const all = descendants(response);
  checkIds(all, refuse);
  const signatures = all.filter(({ local }) => local === "Signature");
  const ofAssertion = childrenOf(assertion, "Signature", names.signatureNamespace);
  const ofResponse = childrenOf(response, "Signature", names.signatureNamespace);
  if (signatures.length === 0) throw refuse("its assertion is not signed");
  if (signatures.length !== ofAssertion.length + ofResponse.length || ofAssertion.length > 1 || ofResponse.length > 1) {
    throw refuse("it has signatures where none belongs, as if something else were to pass for what is signed");
  }
  if (ofAssertion.length === 0) throw refuse("only the response is signed, and not the assertion. Let the provider sign assertions");
  for (const signature of ofAssertion) checkSignature(signature, assertion, refuse);
  for (const signature of ofResponse) checkSignature(signature, response, refuse);
  return { responseSigned: ofResponse.length > 0 };
}

/** Children of that name. */
export function childrenOf(element: XmlElement, local: string, namespace: string): readonly XmlElement[] {
  return element.children.filter((child) => is(child, local, namespace));
}

type Refuse = (reason: string) => FailureError;

function is(element: XmlElement, local: string, namespace: string): boolean {
  return element.local === local && element.namespace === namespace;
}

function descendants(element: XmlElement): readonly XmlElement[] {
  return [element, ...element.children.flatMap(descendants)];
}

/** Core, 3.2.2.2. A refusal is often not signed; all that it does is to end the sign-in. */
function checkStatus(response: XmlElement, idpIssuer: string): void {
  const [status] = childrenOf(response, "Status", names.protocolNamespace);
  const codes = descendants(status ?? response).filter(({ local }) => local === "StatusCode");
  const [top, ...below] = codes.map(({ attributes }) => attributes.get("Value") ?? "");
  if (status === undefined || top === undefined) throw assertionRefused(idpIssuer, "it does not say whether the person was signed in");
  if (top === names.statusSuccess) return;
  const word = (below.at(-1) ?? top).split(":").at(-1) ?? "";
  const said = childrenOf(status, "StatusMessage", names.protocolNamespace)[0]?.text.trim();
  const more = said ? ` (${shown(said)})` : "";
  const message = `The identity provider ${shown(idpIssuer)} did not sign you in: it answered “${shown(word)}”${more}. Try again, or ask whoever runs it.`;
  throw new FailureError("sign-in-refused", message);
}

function onlyAssertion(response: XmlElement, refuse: Refuse): XmlElement {
  const all = descendants(response).filter(({ local }) => local === "Assertion");
  const [assertion, ...others] = childrenOf(response, "Assertion", names.assertionNamespace);
  if (all.length > 1 || others.length > 0) throw refuse("it has more than one assertion, as if one were to pass for the other");
  if (assertion !== undefined) return assertion;
  if (descendants(response).some(({ local }) => local === "EncryptedAssertion")) {
    throw refuse("its assertion is encrypted, which is not supported. Let the provider sign assertions and not encrypt them");
  }
  throw refuse("it has no assertion where one belongs");
}

/** A signature says what it is for by an id: two elements of one id would be two readings. */
function checkIds(elements: readonly XmlElement[], refuse: Refuse): void {
  const seen = new Set<string>();
  for (const { attributes } of elements) {
    for (const [key, id] of attributes) {
      if (!/^(?:.*:)?id$/i.test(key)) continue;
      if (seen.has(id)) throw refuse("two of its elements have the same id, as if one were to pass for the other");
      seen.add(id);
    }
  }
}

/** SAML Core, 5.4: one reference, to the element that the signature is in, and no transforms that could change what is meant. */
function checkSignature(signature: XmlElement, signed: XmlElement, refuse: Refuse): void {
  const elements = descendants(signature);
  const algorithmsOf = (local: string) =>
    elements.filter((element) => element.local === local).map(({ attributes }) => attributes.get("Algorithm") ?? "");
  const [reference, ...references] = elements.filter(({ local }) => local === "Reference");
  if (references.length > 0 || reference?.attributes.get("URI") !== `#${signed.attributes.get("ID")}`) {
    throw refuse("its signature is about something else than the element that it stands in");
  }
  if (elements.some(({ local }) => local === "Object") || elements.filter(({ local }) => local === "SignedInfo").length !== 1) {
    throw refuse("its signature has something in it that does not belong there");
  }
  const weak = [
    ...strangers(algorithmsOf("SignatureMethod"), names.signatureMethods, 1),
    ...strangers(algorithmsOf("DigestMethod"), names.digestMethods, 1),
    ...strangers(algorithmsOf("CanonicalizationMethod"), new Set([names.exclusiveCanonicalization]), 1),
    ...strangers(algorithmsOf("Transform"), new Set([names.exclusiveCanonicalization, names.envelopedSignature]), 2),
  ];
  if (weak.length > 0) throw refuse(`it is signed in a way that does not prove enough (${weak.map(shown).join(", ")})`);
}

/** What is not among the known ones; all, where there are not as many as there have to be. */
function strangers(given: readonly string[], known: ReadonlySet<string>, count: number): readonly string[] {
  if (given.length !== count) return [`${given.length} algorithms where ${count} belong`];
  return given.filter((algorithm) => !known.has(algorithm));
}
