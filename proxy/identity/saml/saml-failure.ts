import { FailureError } from "../../model/failure.ts";
import { printable } from "../../model/printable.ts";

/** `assertion-refused`: what a provider said could not be verified; `reason` is a clause of its sentence. */
export function assertionRefused(issuer: string, reason: string, cause?: unknown): FailureError {
  const message = `What ${shown(issuer)} said about the person was not accepted: ${reason}. Nobody was signed in. Try again; where it stays so, tell whoever runs the provider.`;
  return new FailureError("assertion-refused", message, { cause });
}

/** Another's words, short and with nothing in them that a terminal obeys. */
export function shown(text: string): string {
  return printable(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
