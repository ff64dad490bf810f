import { isIPv4 } from "node:net";
import { FailureError } from "../../model/failure.ts";

/**
 * Refuses an address that must not be asked, or shown to a person: what is not https, but for plain http on this machine.
 * Throws a `FailureError` (`provider-refused`). `what` names the address in the sentence.
 */
export function checkedAddress(text: string, what: string): URL {
  if (!URL.canParse(text)) throw refused(`${what} is not an address: ${text.slice(0, 200)}`);
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") throw refused(`${what} has a user name or a password in it`);
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname))) return url;
  throw refused(`${what} must begin with https:, because others could read and change what is sent to ${url.host || url.protocol}`);
}

/** Whether a URL's host name means this machine alone (RFC 8252, 7.3; RFC 6761, 6.3). */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || (isIPv4(hostname) && hostname.startsWith("127."));
}

function refused(problem: string): FailureError {
  return new FailureError("provider-refused", `The identity provider cannot be used: ${problem}. Correct the identity settings.`);
}
