/** `mapped` mode, towards the client: it signs in to the proxy with the connection's own user name and password. */
import { createHash, timingSafeEqual } from "node:crypto";
import { AuthPlugin } from "../protocol/auth/auth-plugin.ts";
import { cachingSha2Response, fastAuthSuccess } from "../protocol/auth/caching-sha2-password.ts";
import { nativePasswordResponse } from "../protocol/auth/native-password.ts";
import { encodeAuthMoreData } from "../protocol/auth-more-data.ts";
import { encodeAuthSwitchRequest } from "../protocol/auth-switch-request.ts";
import { type Dialogue, type Refused, receive, refusal, send } from "./dialogue.ts";
import type { OwnChallenge } from "./greeting.ts";

/** The credential that clients must present; `null` where none was set, and then nobody is let in. */
export interface ClientCredential {
  readonly user: string | null;
  readonly password: string | null;
}

/** What a client presented. `authPlugin` is `null` for a client that knows of no plugins. */
export interface PresentedCredential {
  readonly user: Buffer;
  readonly authPlugin: string | null;
  readonly authResponse: Buffer;
  /** Address of the client, for the message of a refusal. */
  readonly host: string;
}

/**
 * Lets the client in or refuses it with MySQL's "Access denied" (1045). A wrong user name, a wrong password and a
 * credential that was never set go the same way and take the same time. `fresh` is the scramble for an AuthSwitchRequest.
 */
export function* authenticateClient(
  credential: ClientCredential,
  challenge: OwnChallenge,
  presented: PresentedCredential,
  fresh: Buffer,
): Dialogue<void> {
  const { authPlugin } = presented;
  const answersChallenge = authPlugin === null || authPlugin === challenge.plugin;
  const answer = answersChallenge ? answerTo(challenge.scramble, presented) : yield* asked(challenge, presented, fresh);
  yield* admit(credential, presented, answer);
}

/**
 * The same for a client that changes its user: it is asked with the `fresh` scramble, as it may have answered any that
 * it has seen before. A client that knows of no plugins cannot be asked, and answers the greeting's `challenge` again.
 */
export function* authenticateClientAgain(
  credential: ClientCredential,
  challenge: OwnChallenge,
  presented: PresentedCredential,
  fresh: Buffer,
): Dialogue<void> {
  const answer = presented.authPlugin === null ? answerTo(challenge.scramble, presented) : yield* asked(challenge, presented, fresh);
  yield* admit(credential, presented, answer);
}

/** A response, and what it responds to. */
interface Answer {
  readonly plugin: string;
  readonly scramble: Buffer;
  readonly authResponse: Buffer;
}

function answerTo(scramble: Buffer, { authPlugin, authResponse }: PresentedCredential): Answer {
  return { plugin: authPlugin ?? AuthPlugin.nativePassword, scramble, authResponse };
}

/** Asks the client with an AuthSwitchRequest: in its own plugin where that is spoken, else in the challenge's. */
function* asked(challenge: OwnChallenge, { authPlugin }: PresentedCredential, scramble: Buffer): Dialogue<Answer> {
  const plugin = authPlugin !== null && isSpoken(authPlugin) ? authPlugin : challenge.plugin;
  yield* send("client", encodeAuthSwitchRequest(plugin, scramble));
  return { plugin, scramble, authResponse: yield* receive("client") };
}

function* admit(credential: ClientCredential, presented: PresentedCredential, answer: Answer): Dialogue<void> {
  const expected = responseTo(answer.plugin, answer.scramble, credential.password ?? "");
  const passwordRight = sameBytes(expected, answer.authResponse);
  const userRight = sameBytes(Buffer.from(credential.user ?? "", "utf8"), presented.user);
  const isSet = credential.user !== null && Boolean(credential.password);
  if (!(passwordRight && userRight && isSet)) throw accessDenied(presented, !isEmptyPassword(answer.authResponse));
  if (answer.plugin === AuthPlugin.cachingSha2Password) yield* send("client", encodeAuthMoreData(Buffer.of(fastAuthSuccess)));
}

function isSpoken(plugin: string): boolean {
  return plugin === AuthPlugin.nativePassword || plugin === AuthPlugin.cachingSha2Password;
}

function responseTo(plugin: string, scramble: Buffer, password: string): Buffer {
  return plugin === AuthPlugin.cachingSha2Password ? cachingSha2Response(password, scramble) : nativePasswordResponse(password, scramble);
}

/** Compares in a time that depends on the lengths only. */
function sameBytes(one: Buffer, other: Buffer): boolean {
  return timingSafeEqual(createHash("sha256").update(one).digest(), createHash("sha256").update(other).digest());
}

/** Clients send the empty password as no bytes, and some as a lone NUL. */
function isEmptyPassword(authResponse: Buffer): boolean {
  return authResponse.length === 0 || (authResponse.length === 1 && authResponse[0] === 0);
}

function accessDenied(presented: PresentedCredential, withPassword: boolean): Refused {
  const who = `'${presented.user.toString("utf8")}'@'${presented.host}'`;
  return refusal("sign-in-failed", {
    errno: 1045,
    sqlstate: "28000",
    message: `Access denied for user ${who} (using password: ${withPassword ? "YES" : "NO"})`,
  });
}
