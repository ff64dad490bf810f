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
import { type AuthSwitchRequest, authSwitchHeader, decodeAuthSwitchRequest, scrambleOf } from "../protocol/auth-switch-request.ts";
import { decodeErrPacket } from "../protocol/err-packet.ts";
import { type Dialogue, fromUpstream, Refused, receive, refusal, send, upstreamMalformed } from "./dialogue.ts";
import { errHeader, okHeader, refusedByUpstream, type SignedIn } from "./upstream-answer.ts";

/** The stored account, and how the upstream is reached. */
export interface StoredAccount {
  /** Name of the connection, for messages. */
  readonly connection: string;
  readonly password: string;
  /** What carries the upstream side. */
  readonly transport: Transport;
}

/** More packets than any plugin needs. */
const mostPackets = 16;

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

/** Answers what the upstream asks from after the first response until its OK_Packet. */
export function* authenticateUpstream(account: StoredAccount, firstUsed: string, firstScramble: Buffer): Dialogue<SignedIn> {
  let plugin = firstUsed;
  let scramble = firstScramble;
  for (let count = 0; count < mostPackets; count += 1) {
    const payload = yield* receive("upstream");
    const header = payload[0];
    if (header === okHeader) return { okPayload: payload, plugin, scramble };
    if (header === errHeader) throw accountRefused(payload, account.connection);
    if (header === authSwitchHeader && payload.length > 1) {
      const request = fromUpstream(decodeAuthSwitchRequest(payload));
      plugin = request.plugin;
      scramble = Buffer.from(challengeOf(request));
      yield* sendSecret(switchedResponse(account, plugin, scramble));
    } else if (plugin === AuthPlugin.parsec) {
      // MariaDB marks a plugin's words as AuthMoreData only where they could be taken for another packet.
      yield* sendSecret(saltedResponse(account, scramble, header === authMoreDataHeader ? pluginDataOf(payload) : payload));
    } else if (header === authMoreDataHeader) {
      const answer = answerToMoreData(account, plugin, scramble, pluginDataOf(payload));
      if (answer !== null) yield* sendSecret(answer);
    } else {
      throw notSpoken(account.connection, header === authSwitchHeader ? "mysql_old_password" : plugin);
    }
  }
  throw upstreamMalformed(`sign-in did not end within ${mostPackets} packets`);
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

function switchedResponse(account: StoredAccount, plugin: string, scramble: Buffer): Buffer {
  const { password, transport, connection } = account;
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

function saltedResponse(account: StoredAccount, challenge: Buffer, salt: Buffer): Buffer {
  const response = parsecResponse(account.password, challenge, salt);
  if (response === null) throw upstreamMalformed('what it says in "parsec" cannot be understood');
  return response;
}

/** The answer to a plugin's AuthMoreData; `null` where it asks for none. */
function answerToMoreData(account: StoredAccount, plugin: string, scramble: Buffer, pluginData: Buffer): Buffer | null {
  if (plugin === AuthPlugin.cachingSha2Password && pluginData.length === 1) {
    if (pluginData[0] === fastAuthSuccess) return null;
    if (pluginData[0] === performFullAuthentication) {
      return isTrusted(plugin, account.transport) ? nulTerminatedPassword(account.password) : Buffer.of(cachingSha2PublicKeyRequest);
    }
  }
  if (plugin === AuthPlugin.cachingSha2Password || plugin === AuthPlugin.sha256Password) {
    const password = nulTerminatedPassword(account.password);
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
