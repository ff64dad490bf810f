/**
 * What the proxy shows to clients: a certificate of its own small certificate authority for TLS, and an RSA key for
 * passwords on connections without TLS. Made at the first start, kept in one folder that only the user can read.
 */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, X509Certificate } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";
import { promisify } from "node:util";
import { FailureError } from "../model/failure.ts";
import { type CertificateAuthority, createAuthority, dnsNames, issueServerCertificate } from "./certificate-authority.ts";
import type { PasswordKey } from "./password-translation.ts";

export interface ClientIdentity {
  /** File with the authority's certificate, for clients that verify the proxy. */
  readonly authorityFile: string;
  readonly secureContext: SecureContext;
  readonly passwordKey: PasswordKey;
}

const names = { authority: "ca.pem", authorityKey: "ca-key.pem", server: "server.pem", passwordKey: "password-key.pem" };
const day = 24 * 60 * 60 * 1000;
const renewBefore = { authority: 120 * day, server: 30 * day };

/**
 * Loads the identity kept in `directory`, made anew where there is none or it ends soon. Throws `FailureError` with
 * code `client-identity` where the folder cannot be used or what is in it is not what was put there.
 */
export async function loadClientIdentity(directory: string, now: Date = new Date()): Promise<ClientIdentity> {
  try {
    if (!(await isThere(directory))) await create(directory, now);
    await renew(directory, now);
    return await load(directory);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    const message = `The certificate and keys for clients in ${directory} cannot be used (${why}). Make the folder writable, or remove it to have new ones made.`;
    throw new FailureError("client-identity", message, { cause: thrown });
  }
}

async function isThere(directory: string): Promise<boolean> {
  try {
    await readFile(join(directory, names.server));
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return false;
    throw thrown;
  }
}

/** Makes the folder beside its place and moves it there, so that two processes at their first start agree on one. */
async function create(directory: string, now: Date): Promise<void> {
  await mkdir(dirname(directory), { recursive: true });
  const draft = await mkdtemp(`${directory}.`);
  try {
    await chmod(draft, 0o700);
    await fill(draft, now);
    await rename(draft, directory);
  } catch (thrown) {
    await rm(draft, { recursive: true, force: true });
    if (!(await isThere(directory))) throw thrown;
  }
}

async function fill(directory: string, now: Date): Promise<void> {
  const authority = await createAuthority(now);
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  await Promise.all([
    keep(directory, names.authority, authority.certificate),
    keep(directory, names.authorityKey, authority.key),
    keep(directory, names.server, await issueServerCertificate(authority, hostname(), now)),
    keep(directory, names.passwordKey, privateKey.export({ type: "pkcs8", format: "pem" }).toString()),
  ]);
}

/** Replaces what ends soon, or was made for another host name. A new authority has to be trusted anew by clients. */
async function renew(directory: string, now: Date): Promise<void> {
  const [certificate, key, server] = await Promise.all(
    [names.authority, names.authorityKey, names.server].map((name) => text(directory, name)),
  );
  let authority: CertificateAuthority = { certificate: certificate as string, key: key as string };
  const authorityEnds = endsWithin(new X509Certificate(authority.certificate), renewBefore.authority, now);
  if (authorityEnds) {
    authority = await createAuthority(now);
    await keep(directory, names.authorityKey, authority.key);
    await keep(directory, names.authority, authority.certificate);
  }
  const current = new X509Certificate(server as string);
  const isOfAuthority = current.verify(createPublicKey(authority.certificate));
  if (isOfAuthority && !endsWithin(current, renewBefore.server, now) && isFor(current, hostname())) return;
  await keep(directory, names.server, await issueServerCertificate(authority, hostname(), now));
}

function isFor(certificate: X509Certificate, host: string): boolean {
  return dnsNames(host).every((name) => certificate.checkHost(name) !== undefined);
}

function endsWithin(certificate: X509Certificate, span: number, now: Date): boolean {
  return certificate.validToDate.getTime() - now.getTime() < span;
}

async function load(directory: string): Promise<ClientIdentity> {
  const server = await text(directory, names.server);
  const privateKey = createPrivateKey(await text(directory, names.passwordKey));
  return {
    authorityFile: join(directory, names.authority),
    secureContext: createSecureContext({ cert: server, key: server, minVersion: "TLSv1.2" }),
    passwordKey: { privateKey, publicKeyPem: publicPem(privateKey) },
  };
}

function publicPem(privateKey: KeyObject): Buffer {
  return Buffer.from(createPublicKey(privateKey).export({ type: "spki", format: "pem" }));
}

function text(directory: string, name: string): Promise<string> {
  return readFile(join(directory, name), "utf8");
}

/** Writes a file whole or not at all, readable by the user alone. */
async function keep(directory: string, name: string, content: string): Promise<void> {
  const draft = join(directory, `.${name}.${process.pid}`);
  await writeFile(draft, content, { mode: 0o600 });
  await rename(draft, join(directory, name));
}
