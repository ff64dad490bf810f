/**
 * Sign-in in `passthrough` mode: the client's account and password are used upstream, and what the two sides say to
 * each other is relayed as it is. Where one side is encrypted and the other is not, `PasswordTranslation` steps in.
 */

import { AuthPlugin } from "../protocol/auth/auth-plugin.ts";
import { fastAuthSuccess } from "../protocol/auth/caching-sha2-password.ts";
import { authMoreDataHeader, pluginDataOf } from "../protocol/auth-more-data.ts";
import { authNextFactorHeader, authSwitchHeader, decodeAuthSwitchRequest, scrambleOf } from "../protocol/auth-switch-request.ts";
import { type Dialogue, fromUpstream, type Packet, receive, receiveEither, send, upstreamMalformed } from "./dialogue.ts";
import type { PasswordTranslation } from "./password-translation.ts";
import { errHeader, okHeader, refusedByUpstream, type SignedIn } from "./upstream-answer.ts";

/** More packets than any sign-in needs; who sends more is not signing in. */
const mostPackets = 64;

/**
 * Relays authentication from after the client's first answer went upstream until the upstream's OK_Packet.
 * `multiFactor`: whether `CLIENT_MULTI_FACTOR_AUTHENTICATION` is in force.
 */
export function* relayAuthentication(translation: PasswordTranslation, multiFactor: boolean): Dialogue<SignedIn> {
  // A client that sends on without having been asked has sent a command ahead, which is not for this phase.
  let clientMayAnswer = false;
  for (let count = 0; count < mostPackets; count += 1) {
    const { from, payload }: Packet = yield* clientMayAnswer ? receiveEither() : receiveUpstream();
    if (from === "client") {
      clientMayAnswer = false;
      const answer = yield* translation.answerForUpstream(payload);
      yield* send("upstream", answer);
      // What was sent has been copied into its packet; either may be the password itself.
      answer.fill(0);
      payload.fill(0);
      continue;
    }
    const header = payload[0];
    if (header === okHeader) return { okPayload: payload, plugin: translation.plugin, scramble: translation.scramble };
    if (header === errHeader) throw refusedByUpstream(payload);
    if (header === authMoreDataHeader && translation.awaitsPublicKey) {
      yield* send("upstream", translation.encryptedFor(pluginDataOf(payload)));
      continue;
    }
    if (startsPlugin(payload, multiFactor)) {
      const request = fromUpstream(decodeAuthSwitchRequest(payload));
      translation.begin(request.plugin, scrambleOf(request.pluginData));
    } else if (header === authMoreDataHeader) {
      translation.note(pluginDataOf(payload));
    }
    yield* send("client", payload);
    clientMayAnswer = !isFastAuthSuccess(payload, translation.plugin);
  }
  throw upstreamMalformed(`sign-in did not end within ${mostPackets} packets`);
}

function* receiveUpstream(): Dialogue<Packet> {
  return { from: "upstream", payload: yield* receive("upstream") };
}

/** Whether a packet of the upstream starts another plugin. The one-byte request of old servers names none. */
function startsPlugin(payload: Buffer, multiFactor: boolean): boolean {
  if (payload[0] === authSwitchHeader) return payload.length > 1;
  return multiFactor && payload[0] === authNextFactorHeader;
}

function isFastAuthSuccess(payload: Buffer, plugin: string | null): boolean {
  return (
    plugin === AuthPlugin.cachingSha2Password && payload.length === 2 && payload[0] === authMoreDataHeader && payload[1] === fastAuthSuccess
  );
}
