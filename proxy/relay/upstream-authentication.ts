/** `mapped` mode, towards the upstream: the proxy signs in with the account that is stored for the connection. */

import { AuthPlugin } from "../protocol/auth/auth-plugin.ts";
import {
  cachingSha2PublicKeyRequest,
  cachingSha2Response,
  fastAuthSuccess,
  performFullAuthentication,
} from "../protocol/auth/caching-sha2-password.ts";
import { ed25519ChallengeLength, ed25519Response } from "../protocol/auth/client-ed25519.ts";
import { nativePasswordResponse } from "../protocol/auth/native-password.ts";
import { parsecChallengeLength, parsecResponse } from "../protocol/auth/parsec.ts";
import { encryptPassword, nulTerminatedPassword } from "../protocol/auth/rsa-password.ts";
import { sha256PublicKeyRequest } from "../protocol/auth/sha256-password.ts";
import { isTrusted, type Transport } from "../protocol/auth/transport.ts";
import { authMoreDataHeader, pluginDataOf } from "../protocol/auth-more-data.ts";
import {
  type AuthSwitchRequest,
  authNextFactorHeader,
  authSwitchHeader,
  decodeAuthSwitchRequest,
  scrambleOf,
} from "../protocol/auth-switch-request.ts";
import { decodeErrPacket } from "../protocol/err-packet.ts";
import { type Dialogue, fromUpstream, Refused, receive, refusal, send, upstreamMalformed } from "./dialogue.ts";
import { errHeader, okHeader, refusedByUpstream, type SignedIn } from "./upstream-answer.ts";

/** The stored account, and how the upstream is reached. */
export interface StoredAccount {
  /** Name of the connection, for messages. */
  readonly connection: string;
  /** Of its first, second and third factor; `null` where none is stored. */
  readonly passwords: readonly [string, string | null, string | null];
  /** What carries the upstream side. */
  readonly transport: Transport;
}

/** One factor of a stored account, with which plugins answer. */
interface Factor extends Pick<StoredAccount, "connection" | "transport"> {
  /** 1 for the first. */
  readonly number: number;
  readonly password: string;
}

/** More packets than three factors need. */
const mostPackets = 24;

const challengeLengths: ReadonlyMap<string, number> = new Map([
  [AuthPlugin.clientEd25519, ed25519ChallengeLength],
  [AuthPlugin.parsec, parsecChallengeLength],
]);

/** Errors of the upstream that are about the account itself, and would tell a client about an account that is not its own. */
const accountErrors: ReadonlySet<number> = new Set([1045, 1130, 1251, 1275, 1698, 1862, 3118, 3955, 4151]);

/** The plugin to begin with, where the upstream's greeting names `plugin`; the upstream switches if it wants another. */
export function firstPlugin(plugin: string | null): string {
  return plugin === AuthPlugin.cachingSha2Password ? plugin : AuthPlugin.nativePassword;
}

/** The response for the first packet of a sign-in with `firstPlugin`. */
export function firstResponse(plugin: string, scramble: Buffer, password: string): Buffer {
  return plugin === AuthPlugin.cachingSha2Password ? cachingSha2Response(password, scramble) : nativePasswordResponse(password, scramble);
}

/** Answers what the upstream asks, factor by factor, from after the first response until its OK_Packet. */
export function* authenticateUpstream(account: StoredAccount, firstUsed: string, firstScramble: Buffer): Dialogue<SignedIn> {
  let factor = firstFactor(account);
  let plugin = firstUsed;
  let scramble = firstScramble;
  for (let count = 0; count < mostPackets; count += 1) {
    const payload = yield* receive("upstream");
    const header = payload[0];
    if (header === okHeader) return { okPayload: payload, plugin, scramble };
    if (header === errHeader) throw accountRefused(payload, account.connection);
    const asksNextFactor = header === authNextFactorHeader && plugin !== AuthPlugin.parsec;
    if (asksNextFactor || (header === authSwitchHeader && payload.length > 1)) {
      const request = fromUpstream(decodeAuthSwitchRequest(payload));
      if (asksNextFactor) factor = nextFactor(account, factor);
      plugin = request.plugin;
      scramble = Buffer.from(challengeOf(request));
      yield* sendSecret(firstAnswer(factor, plugin, scramble));
    } else if (plugin === AuthPlugin.parsec) {
      // MariaDB marks a plugin's words as AuthMoreData only where they could be taken for another packet.
      yield* sendSecret(saltedResponse(factor, scramble, header === authMoreDataHeader ? pluginDataOf(payload) : payload));
    } else if (header === authMoreDataHeader) {
      const answer = answerToMoreData(factor, plugin, scramble, pluginDataOf(payload));
      if (answer !== null) yield* sendSecret(answer);
    } else {
      throw notSpoken(account.connection, header === authSwitchHeader ? "mysql_old_password" : plugin);
    }
  }
  throw upstreamMalformed(`sign-in did not end within ${mostPackets} packets`);
}

function firstFactor({ connection, transport, passwords }: StoredAccount): Factor {
  return { connection, transport, number: 1, password: passwords[0] };
}

/** The factor after `last`, for which a password must be stored: an empty one would be a guess that the upstream counts as wrong. */
function nextFactor({ connection, transport, passwords }: StoredAccount, last: Factor): Factor {
  const number = last.number + 1;
  const password = passwords[last.number];
  if (password === undefined) throw upstreamMalformed(`it asks for more than ${passwords.length} factors`);
  if (password === null) throw factorMissing(connection, number);
  return { connection, transport, number, password };
}

/** Sends what may be the password itself; it has been copied into its packet by then. */
function* sendSecret(answer: Buffer): Dialogue<void> {
  yield* send("upstream", answer);
  answer.fill(0);
}

/** The challenge in a plugin's data. MariaDB's newer plugins send all 32 bytes of theirs without a NUL behind them. */
function challengeOf({ plugin, pluginData }: AuthSwitchRequest): Buffer {
  const length = challengeLengths.get(plugin);
  if (length === undefined) return scrambleOf(pluginData);
  if (pluginData.length < length) throw upstreamMalformed(`the challenge of "${plugin}" is cut short`);
  return pluginData.subarray(0, length);
}

/** What `plugin` says first, after a request that begins it. */
function firstAnswer(factor: Factor, plugin: string, scramble: Buffer): Buffer {
  const { password, transport, connection } = factor;
  const trusted = isTrusted(plugin, transport);
  switch (plugin) {
    case AuthPlugin.nativePassword:
      return nativePasswordResponse(password, scramble);
    case AuthPlugin.cachingSha2Password:
      return cachingSha2Response(password, scramble);
    case AuthPlugin.sha256Password:
      return trusted || password === "" ? nulTerminatedPassword(password) : Buffer.of(sha256PublicKeyRequest);
    case AuthPlugin.clientEd25519:
      return ed25519Response(password, scramble);
    case AuthPlugin.parsec:
      // Asks for the salt.
      return Buffer.alloc(0);
    case AuthPlugin.clearPassword:
      if (!trusted) throw clearWithoutTls(connection);
      return nulTerminatedPassword(password);
    default:
      throw notSpoken(connection, plugin);
  }
}

function saltedResponse(factor: Factor, challenge: Buffer, salt: Buffer): Buffer {
  const response = parsecResponse(factor.password, challenge, salt);
  if (response === null) throw upstreamMalformed('what it says in "parsec" cannot be understood');
  return response;
}

/** The answer to a plugin's AuthMoreData; `null` where it asks for none. */
function answerToMoreData(factor: Factor, plugin: string, scramble: Buffer, pluginData: Buffer): Buffer | null {
  if (plugin === AuthPlugin.cachingSha2Password && pluginData.length === 1) {
    if (pluginData[0] === fastAuthSuccess) return null;
    if (pluginData[0] === performFullAuthentication) {
      return isTrusted(plugin, factor.transport) ? nulTerminatedPassword(factor.password) : Buffer.of(cachingSha2PublicKeyRequest);
    }
  }
  if (plugin === AuthPlugin.cachingSha2Password || plugin === AuthPlugin.sha256Password) {
    const password = nulTerminatedPassword(factor.password);
    const encrypted = encryptPassword(password, scramble, pluginData);
    password.fill(0);
    if (encrypted !== null) return encrypted;
  }
  throw upstreamMalformed(`what it says in "${plugin}" cannot be understood`);
}

function accountRefused(payload: Buffer, connection: string): Refused {
  const err = fromUpstream(decodeErrPacket(payload));
  if (!accountErrors.has(err.errno)) return refusedByUpstream(payload);
  const message = `The upstream refused the account that is stored for connection "${connection}". Check its user name and password there.`;
  const detail = `${message} The upstream said: ${err.message} (${err.errno}, ${err.sqlstate}).`;
  return new Refused({ cause: "sign-in-failed", detail, answer: { errno: 1045, sqlstate: "28000", message }, by: "upstream" });
}

function factorMissing(connection: string, number: number): Refused {
  const nth = number === 2 ? "second" : "third";
  return refusal("sign-in-failed", {
    errno: 1045,
    sqlstate: "28000",
    message: `The upstream asks the account stored for connection "${connection}" for a ${nth} factor, and no ${nth} password is stored. Enter it there.`,
  });
}

function notSpoken(connection: string, plugin: string): Refused {
  return refusal("sign-in-failed", {
    errno: 1251,
    sqlstate: "08004",
    message: `The upstream wants the account stored for connection "${connection}" to sign in with "${plugin}", which is not supported. Choose an account with caching_sha2_password, mysql_native_password, ed25519 or parsec.`,
  });
}

function clearWithoutTls(connection: string): Refused {
  return refusal("sign-in-failed", {
    errno: 1251,
    sqlstate: "08004",
    message: `The upstream wants the password of the account stored for connection "${connection}" in clear, which is sent over TLS only. Set TLS for the upstream to required.`,
  });
}
