/** A certificate authority for one workstation, and the certificate that it issues for the proxy. */
import "reflect-metadata";

/**
 * The certificate library, loaded when a certificate is made and not at every start. A static import would also run
 * before `reflect-metadata` in a bundle, which the library needs.
 */
const library = () => import("@peculiar/x509");

/** PEM texts of an authority's certificate and private key. */
export interface CertificateAuthority {
  readonly certificate: string;
  readonly key: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256" };
const signingAlgorithm = { name: "ECDSA", hash: "SHA-256" };
const day = 24 * 60 * 60 * 1000;
const authorityDays = 3650;
const serverDays = 397;

/** Makes a new authority, valid for ten years from `now`. */
export async function createAuthority(now: Date): Promise<CertificateAuthority> {
  const x509 = await library();
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=Stenograph local certificate authority",
    ...validity(now, authorityDays),
    keys,
    signingAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false),
    ],
  });
  return { certificate: certificate.toString("pem"), key: await privatePem(keys.privateKey) };
}

/** Issues a server certificate for this machine by all its names; PEM text of the certificate and its private key. */
export async function issueServerCertificate(authority: CertificateAuthority, host: string, now: Date): Promise<string> {
  const x509 = await library();
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const issuer = new x509.X509Certificate(authority.certificate);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: "CN=Stenograph",
    issuer: issuer.subject,
    ...validity(now, serverDays),
    publicKey: keys.publicKey,
    signingKey: await signingKey(authority),
    signingAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...dnsNames(host).map((value) => ({ type: "dns" as const, value })),
        { type: "ip", value: "127.0.0.1" },
        { type: "ip", value: "::1" },
      ]),
    ],
  });
  return `${certificate.toString("pem")}\n${await privatePem(keys.privateKey)}`;
}

/** The host names that a certificate for `host` is good for; a machine's name need not be one that a certificate can bear. */
export function dnsNames(host: string): string[] {
  const label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  const isDnsName = new RegExp(`^${label}(\\.${label})*$`, "i").test(host);
  return isDnsName ? [...new Set(["localhost", host])] : ["localhost"];
}

/** From a day before `now`, since clocks differ. */
function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now.getTime() - day), notAfter: new Date(now.getTime() + days * day) };
}

async function signingKey(authority: CertificateAuthority): Promise<CryptoKey> {
  const pkcs8 = (await library()).PemConverter.decodeFirst(authority.key);
  return await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]);
}

async function privatePem(key: CryptoKey): Promise<string> {
  const pem = (await library()).PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
  return `${pem}\n`;
}
