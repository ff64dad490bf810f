/** Names of SAML 2.0 and XML Signature, as their specifications give them. */
export const protocolNamespace = "urn:oasis:names:tc:SAML:2.0:protocol";
export const assertionNamespace = "urn:oasis:names:tc:SAML:2.0:assertion";
export const signatureNamespace = "http://www.w3.org/2000/09/xmldsig#";

export const statusSuccess = "urn:oasis:names:tc:SAML:2.0:status:Success";
export const bearerMethod = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
export const transientNameId = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
export const emailNameId = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";

export const exclusiveCanonicalization = "http://www.w3.org/2001/10/xml-exc-c14n#";
export const envelopedSignature = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/** RSA with SHA-2, with the padding of PKCS #1 or PSS (RFC 9231). */
export const signatureMethods: ReadonlySet<string> = new Set([
  "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
  "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
  "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
]);
export const digestMethods: ReadonlySet<string> = new Set([
  "http://www.w3.org/2001/04/xmlenc#sha256",
  "http://www.w3.org/2001/04/xmlenc#sha512",
]);
