/** `mapped` mode, towards the client: it signs in to the proxy. */
import { AuthPlugin } from "../protocol/auth/auth-plugin.ts";
import { fastAuthSuccess } from "../protocol/auth/caching-sha2-password.ts";
import { decoyVerifiers, type PasswordProof, provesPassword } from "../protocol/auth/password-verifiers.ts";
import { encodeAuthMoreData } from "../protocol/auth-more-data.ts";
import { encodeAuthSwitchRequest } from "../protocol/auth-switch-request.ts";
import type { Candidate, ClientGate } from "./client-gate.ts";
import { type Dialogue, Refused, receive, refusal, send } from "./dialogue.ts";
import type { OwnChallenge } from "./greeting.ts";
import type { ProvenIdentity } from "./known-credentials.ts";
import type { Presented } from "./presented.ts";
import { authenticateByToken, presentsToken } from "./token-authentication.ts";

/** Nobody's; what is compared with it is never right. */
const decoy = decoyVerifiers();

/**
 * Lets the client in or refuses it with MySQL's "Access denied" (1045); gives who it is, where the gate tells clients apart. A wrong
 * user name and a wrong password go the same way and take the same time. `fresh` is the scramble for an AuthSwitchRequest.
 */
export function* authenticateClient(
  gate: ClientGate,
  challenge: OwnChallenge,
  presented: Presented,
  fresh: Buffer,
): Dialogue<ProvenIdentity | null> {
  if (presentsToken(gate, presented)) return yield* authenticateByToken(gate, presented, fresh);
  const { authPlugin } = presented;
  const answersChallenge = authPlugin === null || authPlugin === challenge.plugin;
  const proof = answersChallenge ? answerTo(challenge.scramble, presented) : yield* asked(challenge, presented, fresh);
  return yield* admit(gate, presented, proof);
}

/**
 * The same for a client that changes its user: it is asked with the `fresh` scramble, as it may have answered any that
 * it has seen before. A client that knows of no plugins cannot be asked, and answers the greeting's `challenge` again.
 */
export function* authenticateClientAgain(
  gate: ClientGate,
  challenge: OwnChallenge,
  presented: Presented,
  fresh: Buffer,
): Dialogue<ProvenIdentity | null> {
  if (presentsToken(gate, presented)) return yield* authenticateByToken(gate, { ...presented, authResponse: Buffer.alloc(0) }, fresh);
  const proof = presented.authPlugin === null ? answerTo(challenge.scramble, presented) : yield* asked(challenge, presented, fresh);
  return yield* admit(gate, presented, proof);
}

function answerTo(scramble: Buffer, { authPlugin, authResponse }: Presented): PasswordProof {
  return { plugin: authPlugin ?? AuthPlugin.nativePassword, scramble, authResponse };
}

/**
 * Asks the client with an AuthSwitchRequest: in its own plugin where that is spoken, else in the challenge's. Clients of
 * sha256_password know its successor, and the newest no longer know mysql_native_password.
 */
function* asked(challenge: OwnChallenge, { authPlugin }: Presented, scramble: Buffer): Dialogue<PasswordProof> {
  const own = authPlugin === AuthPlugin.sha256Password ? AuthPlugin.cachingSha2Password : authPlugin;
  const plugin = own !== null && isSpoken(own) ? own : challenge.plugin;
  yield* send("client", encodeAuthSwitchRequest(plugin, scramble));
  return { plugin, scramble, authResponse: yield* receive("client") };
}

function* admit(gate: ClientGate, presented: Presented, proof: PasswordProof): Dialogue<ProvenIdentity | null> {
  const candidate = candidateOf(gate, presented.user);
  const right = provesPassword(candidate?.verifiers ?? decoy, proof);
  if (!right || candidate === null) throw accessDenied(presented, !isEmptyPassword(proof.authResponse), gate.advice);
  if (candidate.ended !== null) throw identityEnded(candidate.ended);
  if (proof.plugin === AuthPlugin.cachingSha2Password) yield* send("client", encodeAuthMoreData(Buffer.of(fastAuthSuccess)));
  return candidate.identity;
}

/** Names are text here; bytes that are none are nobody's name. */
function candidateOf(gate: ClientGate, user: Buffer): Candidate | null {
  const name = user.toString("utf8");
  const candidate = gate.candidate(name);
  return Buffer.from(name, "utf8").equals(user) ? candidate : null;
}

function isSpoken(plugin: string): boolean {
  return plugin === AuthPlugin.nativePassword || plugin === AuthPlugin.cachingSha2Password;
}

/** Clients send the empty password as no bytes, and some as a lone NUL. */
function isEmptyPassword(authResponse: Buffer): boolean {
  return authResponse.length === 0 || (authResponse.length === 1 && authResponse[0] === 0);
}

function accessDenied({ user, host }: Presented, withPassword: boolean, advice: string | null): Refused {
  const denied = `Access denied for user '${user.toString("utf8")}'@'${host}' (using password: ${withPassword ? "YES" : "NO"})`;
  const message = advice === null ? denied : `${denied}. ${advice}`;
  return new Refused({
    cause: "sign-in-failed",
    detail: message,
    answer: { errno: 1045, sqlstate: "28000", message },
    wrongCredential: true,
  });
}

/** The refusal of a client whose credential was right, and is over. */
export function identityEnded(message: string): Refused {
  return refusal("identity-ended", { errno: 1045, sqlstate: "28000", message });
}
