/** A SAML identity provider for tests: it reads real requests and signs real assertions, as they should be or as a test bends them. */
import { randomUUID } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { SignedXml } from "xml-crypto";
import type { SamlSettings } from "../../../proxy/identity/identity-settings.ts";
import { type AssertionFacts, assertionXml, type ResponseFacts, responseXml } from "./saml-messages.ts";

export const sha256 = {
  signature: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
  digest: "http://www.w3.org/2001/04/xmlenc#sha256",
} as const;

export interface Algorithms {
  readonly signature: string;
  readonly digest: string;
}

export interface SigningKey {
  readonly privateKey: string;
  readonly certificate: string;
}

/** What the provider reads from a sign-in request. */
export interface SignInQuestion {
  readonly id: string;
  readonly consumer: string;
  readonly xml: string;
}

const issuer = "https://idp.example.test/metadata";

export class SamlProvider {
  readonly key: SigningKey;

  private constructor(key: SigningKey) {
    this.key = key;
  }

  static async make(): Promise<SamlProvider> {
    return new SamlProvider(await makeKey());
  }

  settings(over: Partial<SamlSettings> = {}): SamlSettings {
    return {
      kind: "saml",
      entryPoint: "https://idp.example.test/sso",
      idpIssuer: issuer,
      idpCertificate: this.key.certificate,
      spIssuer: "urn:stenograph",
      consumerPort: 0,
      attributes: { name: "displayName", email: "mail", groups: "groups" },
      ...over,
    };
  }

  /** Reads the request that a browser brings by HTTP-Redirect. */
  question(url: string): SignInQuestion {
    const deflated = Buffer.from(new URL(url).searchParams.get("SAMLRequest") ?? "", "base64");
    const xml = inflateRawSync(deflated).toString();
    const attribute = (name: string) => new RegExp(`\\s${name}="([^"]*)"`).exec(xml)?.[1] ?? "";
    return { id: attribute("ID"), consumer: attribute("AssertionConsumerServiceURL"), xml };
  }

  /** An assertion about Anna in answer to `question`, not signed; `over` bends it. */
  assertion(question: SignInQuestion, over: Partial<AssertionFacts> = {}): string {
    return assertionXml({
      id: `_${randomUUID()}`,
      issuer,
      nameId: "anna@example.test",
      nameIdFormat: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
      audience: "urn:stenograph",
      recipient: question.consumer,
      inResponseTo: question.id,
      issuedAt: 0,
      notBefore: -30,
      notOnOrAfter: 300,
      authenticatedAt: -5,
      sessionUntil: 3600,
      attributes: { displayName: ["Anna Ärlig & Co"], mail: ["anna@example.test"], groups: ["dba", "staff"] },
      ...over,
    });
  }

  response(question: SignInQuestion, content: string, over: Partial<ResponseFacts> = {}): string {
    return responseXml({ id: `_${randomUUID()}`, issuer, destination: question.consumer, inResponseTo: question.id, content, ...over });
  }

  /** As it should be: a response with one signed assertion. */
  answer(question: SignInQuestion, over: Partial<AssertionFacts> = {}): string {
    return this.response(question, this.sign(this.assertion(question, over)));
  }

  /** Signs the outermost element; the signature stands behind its issuer. */
  sign(xml: string, key: SigningKey = this.key, algorithms: Algorithms = sha256): string {
    const signed = new SignedXml({
      privateKey: key.privateKey,
      publicCert: key.certificate,
      signatureAlgorithm: algorithms.signature,
      canonicalizationAlgorithm: "http://www.w3.org/2001/10/xml-exc-c14n#",
    });
    signed.addReference({
      xpath: "/*",
      transforms: ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/2001/10/xml-exc-c14n#"],
      digestAlgorithm: algorithms.digest,
    });
    signed.computeSignature(xml, { location: { reference: "/*/*[local-name()='Issuer']", action: "after" } });
    return signed.getSignedXml();
  }
}

/** A key and a certificate that it signed itself, as providers publish them. */
export async function makeKey(modulusLength = 2048): Promise<SigningKey> {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", publicExponent: new Uint8Array([1, 0, 1]), modulusLength };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const { X509CertificateGenerator, PemConverter } = x509;
  const certificate = await X509CertificateGenerator.createSelfSigned({ name: "CN=idp.example.test", keys, signingAlgorithm: algorithm });
  const privateKey = PemConverter.encode(await crypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  return { privateKey, certificate: certificate.toString("pem") };
}

/** Brings a response as a browser does. */
export function bring(consumer: string, xml: string, cookie = ""): Promise<Response> {
  const body = new URLSearchParams({ SAMLResponse: Buffer.from(xml).toString("base64") });
  return fetch(consumer, { method: "POST", body, headers: { cookie } });
}
