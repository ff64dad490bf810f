/** Text of SAML's messages, as providers write it. Times are seconds from now. */

export interface AssertionFacts {
  readonly id: string;
  readonly issuer: string;
  readonly nameId: string;
  readonly nameIdFormat: string;
  readonly audience: string;
  readonly recipient: string;
  readonly inResponseTo: string;
  readonly issuedAt: number;
  readonly notBefore: number;
  readonly notOnOrAfter: number;
  readonly authenticatedAt: number;
  readonly sessionUntil: number | null;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

export interface ResponseFacts {
  readonly id: string;
  readonly issuer: string;
  readonly destination: string;
  readonly inResponseTo: string;
  readonly content: string;
  readonly status?: string;
}

const success = '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>';

export function assertionXml(facts: AssertionFacts): string {
  const { id, issuer, nameId, nameIdFormat, audience, recipient, inResponseTo } = facts;
  const session = facts.sessionUntil === null ? "" : ` SessionNotOnOrAfter="${instant(facts.sessionUntil)}"`;
  return `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema" ID="${id}" Version="2.0" IssueInstant="${instant(facts.issuedAt)}">
  <saml:Issuer>${issuer}</saml:Issuer>
  <saml:Subject>
    <saml:NameID Format="${nameIdFormat}">${nameId}</saml:NameID>
    <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
      <saml:SubjectConfirmationData NotOnOrAfter="${instant(facts.notOnOrAfter)}" Recipient="${recipient}" InResponseTo="${inResponseTo}"/>
    </saml:SubjectConfirmation>
  </saml:Subject>
  <saml:Conditions NotBefore="${instant(facts.notBefore)}" NotOnOrAfter="${instant(facts.notOnOrAfter)}">
    <saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction>
  </saml:Conditions>
  <saml:AuthnStatement AuthnInstant="${instant(facts.authenticatedAt)}" SessionIndex="${id}"${session}>
    <saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext>
  </saml:AuthnStatement>
  <saml:AttributeStatement>${Object.entries(facts.attributes).map(attributeXml).join("")}</saml:AttributeStatement>
</saml:Assertion>`;
}

export function responseXml({ id, issuer, destination, inResponseTo, content, status = success }: ResponseFacts): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="${id}" Version="2.0" IssueInstant="${instant(0)}" Destination="${destination}" InResponseTo="${inResponseTo}">
  <saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${issuer}</saml:Issuer>
  <samlp:Status>${status}</samlp:Status>
  ${content}
</samlp:Response>`;
}

function attributeXml([name, values]: readonly [string, readonly string[]]): string {
  const texts = values.map((value) => `<saml:AttributeValue xsi:type="xs:string">${escaped(value)}</saml:AttributeValue>`);
  return `<saml:Attribute Name="${name}">${texts.join("")}</saml:Attribute>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function instant(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString();
}
