/** Asking an authority for a timestamp: RFC 3161, over HTTP as in its section 3.4. */
import { randomBytes } from "node:crypto";
import { Integer, OctetString } from "asn1js";
import { AlgorithmIdentifier, type ContentInfo, MessageImprint, PKIStatus, SignedData, TimeStampReq, TimeStampResp, TSTInfo } from "pkijs";
import { FailureError } from "../../model/failure.ts";
import { sha256 } from "../merkle/hash.ts";

const sha256Oid = "2.16.840.1.101.3.4.2.1";
const signedDataOid = "1.2.840.113549.1.7.2";
const tstInfoOid = "1.2.840.113549.1.9.16.1.4";

const answersWithinMs = 30_000;
const longestAnswer = 1024 * 1024;

/** The request for a timestamp over bytes whose SHA-256 is `digest`, with the authority's certificates in the answer. */
export function timestampRequest(digest: Uint8Array, nonce: Uint8Array): Buffer {
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: sha256Oid }),
      hashedMessage: new OctetString({ valueHex: arrayBuffer(digest) }),
    }),
    nonce: new Integer({ valueHex: arrayBuffer(nonce) }),
    certReq: true,
  });
  return Buffer.from(request.toSchema().toBER(false));
}

/**
 * Gets a timestamp over `bytes` from the authority at `url`; gives its whole answer in DER, as `openssl ts -verify` reads it. That it
 * is over these bytes, and for this request, is checked; whether the authority is to be trusted is for who verifies. Rejects with a
 * `FailureError` (`timestamp`).
 */
export async function fetchTimestamp(url: string, bytes: Uint8Array, signal: AbortSignal): Promise<Buffer> {
  const digest = sha256(bytes);
  // Positive, and without a leading zero, so that it comes back as it was sent.
  const nonce = randomBytes(16);
  nonce[0] = ((nonce[0] ?? 0) & 0x7f) | 0x40;
  const answer = await ask(checkedUrl(url), timestampRequest(digest, nonce), signal);
  const problem = problemOf(answer, digest, nonce);
  if (problem !== null) throw failed(url, problem);
  return answer;
}

async function ask(url: URL, request: Buffer, signal: AbortSignal): Promise<Buffer> {
  const timeLimit = AbortSignal.timeout(answersWithinMs);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/timestamp-query", accept: "application/timestamp-reply" },
      body: new Uint8Array(request),
      redirect: "error",
      signal: AbortSignal.any([signal, timeLimit]),
    });
    if (!response.ok) throw failed(url.href, `it answered with HTTP ${response.status}`);
    return await bodyOf(response, url.href);
  } catch (cause) {
    if (cause instanceof FailureError || signal.aborted) throw cause;
    if (timeLimit.aborted) throw failed(url.href, `it did not answer within ${answersWithinMs / 1000} s`, cause);
    throw failed(url.href, reasonOf(cause), cause);
  }
}

async function bodyOf(response: Response, url: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    size += piece.length;
    if (size > longestAnswer) throw failed(url, `it sent more than ${longestAnswer} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** What is wrong with an answer, as the end of a sentence; `null` where nothing is. */
function problemOf(answer: Buffer, digest: Buffer, nonce: Buffer): string | null {
  try {
    const response = TimeStampResp.fromBER(arrayBuffer(answer));
    const { status } = response.status;
    if (status !== PKIStatus.granted && status !== PKIStatus.grantedWithMods) return `it refused the request (status ${status})`;
    const stamped = response.timeStampToken === undefined ? null : stampedIn(response.timeStampToken);
    if (stamped === null) return "its answer has no timestamp";
    const { hashAlgorithm, hashedMessage } = stamped.messageImprint;
    if (hashAlgorithm.algorithmId !== sha256Oid || !digest.equals(Buffer.from(hashedMessage.valueBlock.valueHexView))) {
      return "its timestamp is of something else";
    }
    const back = stamped.nonce?.valueBlock.valueHexView;
    return back !== undefined && nonce.equals(Buffer.from(back)) ? null : "its answer belongs to another request";
  } catch (thrown) {
    return `its answer cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}

function stampedIn(token: ContentInfo): TSTInfo | null {
  if (token.contentType !== signedDataOid) return null;
  const { encapContentInfo } = new SignedData({ schema: token.content });
  if (encapContentInfo.eContentType !== tstInfoOid || encapContentInfo.eContent === undefined) return null;
  return TSTInfo.fromBER(encapContentInfo.eContent.getValue());
}

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:")) return url;
  throw failed(text, "it is no address that begins with http:// or https://");
}

/** A buffer of these bytes alone: a Buffer's own may be part of a larger one. */
function arrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function failed(url: string, reason: string, cause?: unknown): FailureError {
  const message = `No timestamp came from ${url}: ${reason}. Nothing was exported; try again, or export without a timestamp.`;
  return new FailureError("timestamp", message, { cause });
}

/** `fetch` says only that it failed; why is in the cause of its error. */
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message;
  if (cause instanceof Error) return cause.message;
  return thrown instanceof Error ? thrown.message : String(thrown);
}
