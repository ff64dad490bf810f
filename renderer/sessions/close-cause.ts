const sentences: ReadonlyMap<string, string> = new Map([
  ["client-quit", "The client said goodbye"],
  ["client-closed", "The client closed the connection without goodbye"],
  ["client-reset", "The client's connection broke"],
  ["client-timeout", "The client did not speak in time"],
  ["client-malformed", "The client sent what is not MySQL's protocol"],
  ["upstream-closed", "The upstream closed the connection"],
  ["upstream-reset", "The connection to the upstream broke"],
  ["upstream-unreachable", "The upstream could not be reached"],
  ["upstream-malformed", "The upstream sent what is not MySQL's protocol"],
  ["sign-in-failed", "The sign-in failed"],
  ["recording-failed", "The recording could not be written, so the session was ended"],
  ["identity-ended", "The sign-in or the credential that it ran under ended"],
  ["shutdown", "Stenograph was closed"],
  ["crashed", "Stenograph stopped without closing the session"],
]);

/** Why a session ended, in words; the cause itself where it is not known here. */
export function closeCauseText(cause: string): string {
  return sentences.get(cause) ?? cause;
}

/** Whether a session ended in a way that wants attention. */
export function endedBadly(cause: string | null): boolean {
  return cause !== null && !["client-quit", "client-closed", "shutdown"].includes(cause);
}
