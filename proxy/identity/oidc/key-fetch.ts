import { FailureError } from "../../model/failure.ts";
import { type BoundedFetch, boundedFetch, type FetchLimits } from "./bounded-fetch.ts";

/** How long a failure to get something from a provider is not tried to mend: clients come as often as they like. */
export const failureMs = 5000;

/**
 * A `fetch` of a provider's keys. What comes is a set of keys, or it rejects with a `FailureError` as `boundedFetch` does; after that it
 * rejects the same way without asking, for some seconds.
 */
export function keyFetch(limits: FetchLimits): BoundedFetch {
  const fetch = boundedFetch(limits);
  let failed: { readonly cause: unknown; readonly until: number } | null = null;
  return async (url, init) => {
    if (failed !== null && Date.now() < failed.until) throw failed.cause;
    try {
      return await checked(await fetch(url, init), url);
    } catch (cause) {
      failed = { cause, until: Date.now() + failureMs };
      throw cause;
    }
  };
}

async function checked(response: Response, url: string): Promise<Response> {
  const text = await response.text();
  const problem = response.status === 200 ? problemWith(text) : `it answered ${response.status}`;
  if (problem === null) return new Response(text, response);
  const message = `The token could not be verified, because the identity provider's keys at ${new URL(url).host} cannot be used: ${problem}. Tell whoever runs it.`;
  throw new FailureError("provider-refused", message);
}

function problemWith(text: string): string | null {
  try {
    const set: unknown = JSON.parse(text);
    const isSet = typeof set === "object" && set !== null && "keys" in set && Array.isArray(set.keys);
    return isSet ? null : "they are no set of keys";
  } catch {
    return "they are not JSON";
  }
}
