import { X509Certificate } from "node:crypto";
import { type CacheProvider, SAML, ValidateInResponseTo } from "@node-saml/node-saml";
import { FailureError } from "../../model/failure.ts";
import type { SamlSettings } from "../identity-settings.ts";
import { checkedAddress } from "../oidc/provider-address.ts";
import { clockSkewMs } from "./verified-assertion.ts";

const rsaBits = 2048;

/** One sign-in, as node-saml has to know it. */
export interface ServiceProviderOptions {
  readonly settings: SamlSettings;
  readonly requestId: string;
  readonly consumer: string;
  readonly fresh: boolean;
  /** The response has a signature too, which has to be right. */
  readonly responseSigned: boolean;
}

/** node-saml for one sign-in: what is not signed by one of the provider's certificates, or answers another request, is refused. */
export function serviceProvider({ settings, requestId, consumer, fresh, responseSigned }: ServiceProviderOptions): SAML {
  return new SAML({
    entryPoint: settings.entryPoint,
    idpIssuer: settings.idpIssuer,
    idpCert: certificatesOf(settings),
    issuer: settings.spIssuer,
    audience: settings.spIssuer,
    callbackUrl: consumer,
    generateUniqueId: () => requestId,
    cacheProvider: onlyRequest(requestId),
    validateInResponseTo: ValidateInResponseTo.always,
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: responseSigned,
    acceptedClockSkewMs: clockSkewMs,
    forceAuthn: fresh,
    // How the person proves who they are, and by which name they are known, is the provider's to say.
    disableRequestedAuthnContext: true,
    identifierFormat: null,
  });
}

/** Refuses settings that cannot work or would prove nothing. Throws a `FailureError` (`provider-refused`). */
export function checkSamlSettings(settings: SamlSettings): void {
  checkedAddress(settings.entryPoint, "the address for sign-in requests");
  certificatesOf(settings);
}

/** Certificates that the settings name; where a provider changes its key, they name two for a while. */
function certificatesOf({ idpCertificate }: SamlSettings): string[] {
  const pems = idpCertificate.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (pems.length === 0) throw unusable("there is no certificate in PEM format (-----BEGIN CERTIFICATE-----)");
  return pems.map(checkedCertificate);
}

/** It is trusted because it is in the settings: neither its authority nor its dates say more. */
function checkedCertificate(pem: string): string {
  const certificate = readCertificate(pem);
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  if (asymmetricKeyType !== "rsa" || (asymmetricKeyDetails?.modulusLength ?? 0) < rsaBits) {
    throw unusable(`its key is not RSA of at least ${rsaBits} bits`);
  }
  return certificate.toString();
}

function readCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw unusable("it cannot be read");
  }
}

function unusable(problem: string): FailureError {
  const message = `The identity provider's certificate cannot be used: ${problem}. Correct the identity settings.`;
  return new FailureError("provider-refused", message);
}

/** The requests that may be answered: this one. */
function onlyRequest(requestId: string): CacheProvider {
  const createdAt = Date.now();
  const value = new Date(createdAt).toISOString();
  return {
    saveAsync: async () => ({ value, createdAt }),
    getAsync: async (key) => (key === requestId ? value : null),
    removeAsync: async (key) => key,
  };
}
