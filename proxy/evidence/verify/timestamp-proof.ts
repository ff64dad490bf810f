/**
 * Timestamps by an authority (RFC 3161): that the token is over these bytes, and signed by a certificate that is for timestamps alone;
 * and whether that one comes from an authority that the verifier trusts.
 */
import { createHash, webcrypto } from "node:crypto";
import { type BaseBlock, fromBER, ObjectIdentifier, OctetString, Sequence } from "asn1js";
import { Certificate, CryptoEngine, ExtKeyUsage, SignedData, type SignerInfo, TimeStampResp, TSTInfo } from "pkijs";
import type { UnixMicros } from "../../model/value.ts";
import { BundleFault } from "./verdict.ts";

const oid = {
  signedData: "1.2.840.113549.1.7.2",
  tstInfo: "1.2.840.113549.1.9.16.1.4",
  contentType: "1.2.840.113549.1.9.3",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
  signingCertificate: "1.2.840.113549.1.9.16.2.12",
  extKeyUsage: "2.5.29.37",
  timeStamping: "1.3.6.1.5.5.7.3.8",
  commonName: "2.5.4.3",
} as const;

/** Hash functions that count, by object identifier. */
const hashes: ReadonlyMap<string, string> = new Map([
  ["2.16.840.1.101.3.4.2.1", "sha256"],
  ["2.16.840.1.101.3.4.2.2", "sha384"],
  ["2.16.840.1.101.3.4.2.3", "sha512"],
]);

const engine = new CryptoEngine({ name: "node", crypto: webcrypto as unknown as Crypto });

export interface ProvenTime {
  readonly at: UnixMicros;
  /** As its certificate says. */
  readonly authority: string;
  readonly trusted: boolean;
}

/** Verifies an authority's answer (DER) over `stamped`. Rejects with a `BundleFault` (`E_TSA`). */
export async function proveTime(answer: Buffer, stamped: Buffer, roots: readonly Buffer[], file: string): Promise<ProvenTime> {
  try {
    const { signed, info, signer, signerInfo } = opened(answer);
    checkImprint(info, stamped);
    if (Number.isNaN(info.genTime.getTime())) throw new Error("it says no time");
    checkPurpose(signer);
    checkSignedAttributes(signerInfo, signer);
    if (!(await isSigned(signed, stamped, []))) throw new Error("its signature is not valid");
    const trusted = roots.length > 0 && (await isSigned(signed, stamped, roots.map(certificateOf)));
    return { at: info.genTime.getTime() * 1000, authority: nameOf(signer), trusted };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new BundleFault("E_TSA", `the timestamp is not valid: ${reason}`, { file });
  }
}

interface Opened {
  readonly signed: SignedData;
  readonly info: TSTInfo;
  readonly signer: Certificate;
  readonly signerInfo: SignerInfo;
}

function opened(answer: Buffer): Opened {
  const response = TimeStampResp.fromBER(arrayBuffer(answer));
  const { status } = response.status;
  // Granted, or granted with changes (RFC 3161, 2.4.2).
  if ((status !== 0 && status !== 1) || response.timeStampToken?.contentType !== oid.signedData) throw new Error("the authority gave none");
  const signed = new SignedData({ schema: response.timeStampToken.content });
  const { eContent, eContentType } = signed.encapContentInfo;
  if (eContentType !== oid.tstInfo || eContent === undefined) throw new Error("it is something else that is signed");
  const info = TSTInfo.fromBER(eContent.getValue());
  const [signerInfo, ...more] = signed.signerInfos;
  if (signerInfo === undefined || more.length > 0) throw new Error("it is not signed by one signer");
  const certificates = (signed.certificates ?? []).filter((each) => each instanceof Certificate);
  const signer = certificates.find((each) => isOf(signerInfo, each));
  if (signer === undefined) throw new Error("the authority's certificate is not in it");
  return { signed, info, signer, signerInfo };
}

/** RFC 5652, 5.3, in the form that RFC 3161 authorities use. */
function isOf({ sid }: SignerInfo, { issuer, serialNumber }: Certificate): boolean {
  const names = sid as { readonly issuer?: Certificate["issuer"]; readonly serialNumber?: Certificate["serialNumber"] };
  if (names.issuer === undefined || names.serialNumber === undefined) return false;
  return issuer.isEqual(names.issuer) && serialNumber.isEqual(names.serialNumber);
}

function checkImprint({ messageImprint }: TSTInfo, stamped: Buffer): void {
  const name = hashes.get(messageImprint.hashAlgorithm.algorithmId);
  if (name === undefined) throw new Error("it is over a hash that does not count any more");
  const digest = createHash(name).update(stamped).digest();
  if (!digest.equals(Buffer.from(messageImprint.hashedMessage.valueBlock.valueHexView))) throw new Error("it is over something else");
}

/** A certificate whose one purpose, which readers must heed, is timestamps (RFC 3161, 2.3). */
function checkPurpose({ extensions = [] }: Certificate): void {
  const [usage, ...more] = extensions.filter(({ extnID }) => extnID === oid.extKeyUsage);
  const purposes = usage?.parsedValue instanceof ExtKeyUsage ? usage.parsedValue.keyPurposes : [];
  const isForTimestamps = usage?.critical === true && more.length === 0 && purposes.length === 1 && purposes[0] === oid.timeStamping;
  if (!isForTimestamps) throw new Error("the certificate that signed it is not for timestamps alone");
}

/** The signature must name what it signs, and the very certificate (RFC 3161, 2.4.2; RFC 5816). */
function checkSignedAttributes({ signedAttrs, digestAlgorithm }: SignerInfo, signer: Certificate): void {
  if (!hashes.has(digestAlgorithm.algorithmId)) throw new Error("it is signed with a hash that does not count any more");
  const valuesOf = (type: string): BaseBlock[] =>
    (signedAttrs?.attributes ?? []).filter((each) => each.type === type).flatMap(({ values }) => values);
  const [contentType, ...others] = valuesOf(oid.contentType);
  const names = contentType instanceof ObjectIdentifier ? contentType.valueBlock.toString() : "";
  if (names !== oid.tstInfo || others.length > 0) throw new Error("what is signed is not said to be a timestamp");
  const [v2] = valuesOf(oid.signingCertificateV2);
  const [v1] = valuesOf(oid.signingCertificate);
  const certificate = signer.toSchema().toBER(false);
  if (v2 !== undefined ? !namesCertificate(v2, certificate, "sha256") : v1 === undefined || !namesCertificate(v1, certificate, "sha1")) {
    throw new Error("it does not name the certificate that signed it");
  }
}

/** `SigningCertificate` and `SigningCertificateV2`: the first of their certificates is the signer's (RFC 5035). */
function namesCertificate(attribute: BaseBlock, certificate: ArrayBuffer, usual: string): boolean {
  const [first] = childrenOf(childrenOf(attribute)[0]);
  const members = childrenOf(first);
  const hasAlgorithm = members[0] instanceof Sequence;
  const [algorithm] = hasAlgorithm ? childrenOf(members[0]) : [];
  const name = algorithm instanceof ObjectIdentifier ? hashes.get(algorithm.valueBlock.toString()) : usual;
  const told = members[hasAlgorithm ? 1 : 0];
  if (name === undefined || !(told instanceof OctetString)) return false;
  return createHash(name).update(new Uint8Array(certificate)).digest().equals(Buffer.from(told.valueBlock.valueHexView));
}

function childrenOf(block: BaseBlock | undefined): readonly BaseBlock[] {
  return block instanceof Sequence ? block.valueBlock.value : [];
}

/** Whether the token is signed, and where roots are given, by a certificate that they vouch for at that time. */
async function isSigned(signed: SignedData, stamped: Buffer, roots: readonly Certificate[]): Promise<boolean> {
  try {
    const params = { signer: 0, data: arrayBuffer(stamped), trustedCerts: [...roots], checkChain: roots.length > 0 };
    return (await signed.verify(params, engine)) === true;
  } catch {
    return false;
  }
}

function certificateOf(der: Buffer): Certificate {
  return new Certificate({ schema: fromBER(arrayBuffer(der)).result });
}

function nameOf({ subject }: Certificate): string {
  const name = subject.typesAndValues.find(({ type }) => type === oid.commonName) ?? subject.typesAndValues[0];
  return String(name?.value.valueBlock.value ?? "a nameless authority");
}

/** A buffer of these bytes alone: a Buffer's own may be part of a larger one. */
function arrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
