/** A client's sign-in to the proxy at the pace that wrong tries before it have left. */
import { authenticateClient } from "./client-authentication.ts";
import type { ClientGate } from "./client-gate.ts";
import { type Dialogue, pause, Refused, refusal } from "./dialogue.ts";
import type { OwnChallenge } from "./greeting.ts";
import type { ProvenIdentity } from "./known-credentials.ts";
import type { Presented } from "./presented.ts";
import type { SignInPace, Wait } from "./sign-in-pace.ts";

/**
 * Like `authenticateClient`. Where passwords can be guessed, the client waits before it is known whether it is right: else one that
 * gives up early would learn it. What was made here, and what a provider signed, nobody guesses: there only who is wrong waits, so
 * that nobody who knows a user name, or that there are tokens, keeps out who is right.
 */
export function* authenticateInTurn(
  gate: ClientGate,
  pace: SignInPace,
  challenge: OwnChallenge,
  presented: Presented,
  fresh: Buffer,
): Dialogue<ProvenIdentity | null> {
  const user = presented.user.toString("utf8");
  const { host } = presented;
  if (gate.guessable) yield* waitInTurn(pace, user, host, pace.waitOf(user, host));
  try {
    return yield* authenticateClient(gate, challenge, presented, fresh);
  } catch (thrown) {
    if (thrown instanceof Refused && thrown.refusal.wrongCredential === true) {
      const wait = pace.waitOf(user, host);
      pace.wrong(user, host);
      if (!gate.guessable) yield* waitInTurn(pace, user, host, wait);
    }
    throw thrown;
  }
}

function* waitInTurn(pace: SignInPace, user: string, host: string, { milliseconds, needsPlace }: Wait): Dialogue<void> {
  if (milliseconds === 0) return;
  if (!needsPlace) return yield* pause(milliseconds);
  if (!pace.enter(user, host)) throw tooMany();
  try {
    yield* pause(milliseconds);
  } finally {
    pace.leave(user, host);
  }
}

function tooMany(): Refused {
  const message = "Too many clients wait to sign in after wrong passwords: try again in some seconds.";
  return refusal("sign-in-failed", { errno: 1040, sqlstate: "08004", message });
}
