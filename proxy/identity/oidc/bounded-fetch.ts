import { FailureError } from "../../model/failure.ts";
import { checkedAddress } from "./provider-address.ts";

/** What a provider may take, and how much it may say. */
export interface FetchLimits {
  readonly milliseconds: number;
  readonly bytes: number;
}

export const providerLimits: FetchLimits = { milliseconds: 10_000, bytes: 1024 * 1024 };

/** The part of `fetch` that openid-client and jose use alike. */
export type BoundedFetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * A `fetch` that a bad provider cannot hold up or fill the memory with: the whole answer has to come within the limits. It asks no
 * address that `checkedAddress` refuses, and follows no redirect. Rejects with a `FailureError`: `provider-unreachable` where it may
 * be tried again (no answer, or the provider's own failure), `provider-refused` where not.
 */
export function boundedFetch(limits: FetchLimits = providerLimits): BoundedFetch {
  return async (address, init) => {
    const url = checkedAddress(address, "an address that it names");
    const timeLimit = AbortSignal.timeout(limits.milliseconds);
    const signal = init.signal ? AbortSignal.any([init.signal, timeLimit]) : timeLimit;
    try {
      const response = await fetch(url, { ...init, redirect: "manual", signal });
      const body = await wholeBody(response, url, limits.bytes);
      if (response.status >= 500 || response.status === 429) throw ownFailure(url, response.status);
      const { status, statusText, headers } = response;
      return new Response(hasNoBody(status) ? null : body, { status, statusText, headers });
    } catch (cause) {
      if (cause instanceof FailureError) throw cause;
      if (timeLimit.aborted) throw unreachable(url, `it did not answer in full within ${limits.milliseconds / 1000} s`, cause);
      if (init.signal?.aborted) throw cause;
      throw unreachable(url, reasonOf(cause), cause);
    }
  };
}

async function wholeBody(response: Response, url: URL, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > limit) throw tooLarge(url, limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

function ownFailure(url: URL, status: number): FailureError {
  const message = `The identity provider at ${url.host} cannot answer now (HTTP ${status}). Try again; where it stays so, tell whoever runs it.`;
  return new FailureError("provider-unreachable", message);
}

function tooLarge(url: URL, limit: number): FailureError {
  const message = `The identity provider at ${url.host} sent more than ${limit} bytes in one answer, which none has to. Check the issuer in the identity settings.`;
  return new FailureError("provider-refused", message);
}

function unreachable(url: URL, reason: string, cause: unknown): FailureError {
  const message = `The identity provider at ${url.host} could not be reached: ${reason}. Check the network and the issuer, and try again.`;
  return new FailureError("provider-unreachable", message, { cause });
}

/** `fetch` says only that it failed; why is in the cause of its error. */
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message;
  if (cause instanceof Error) return cause.message;
  return thrown instanceof Error ? thrown.message : String(thrown);
}
