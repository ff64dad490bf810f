/** The upstream's part of the Connection phase up to where authentication begins: its greeting, and TLS. */
import type { UpstreamTls } from "../model/connection.ts";
import type { TlsFacts } from "../model/session.ts";
import { Capability, has } from "../protocol/capabilities.ts";
import { decodeHandshakeV10, type HandshakeV10 } from "../protocol/handshake-v10.ts";
import { type ResponseHead, writeResponseHead } from "../protocol/ssl-request.ts";
import { type Dialogue, encrypt, fromUpstream, receive, refusal, send, upstreamMalformed } from "./dialogue.ts";
import { speaks41 } from "./greeting.ts";
import { errHeader, refusedByUpstream } from "./upstream-answer.ts";

/** Takes the upstream's greeting. An ERR_Packet in its place ("too many connections") goes to the client as it is. */
export function* readGreeting(): Dialogue<HandshakeV10> {
  const payload = yield* receive("upstream");
  if (payload[0] === errHeader) throw refusedByUpstream(payload);
  const greeting = fromUpstream(decodeHandshakeV10(payload));
  if (!speaks41(greeting)) throw upstreamMalformed("it is a server from before MySQL 4.1");
  return greeting;
}

/** Turns on TLS towards the upstream as `mode` demands; `null` where the connection stays plain. */
export function* encryptUpstream(greeting: HandshakeV10, mode: UpstreamTls, head: ResponseHead): Dialogue<TlsFacts | null> {
  if (mode === "off") return null;
  if (!has(greeting.capabilities, Capability.SSL)) {
    if (mode === "preferred") return null;
    throw refusal("upstream-unreachable", {
      errno: 1429,
      sqlstate: "HY000",
      message: "This connection demands TLS towards its upstream, which does not offer it. Turn on TLS there, or change the setting.",
    });
  }
  yield* send("upstream", writeResponseHead({ ...head, capabilities: (head.capabilities | Capability.SSL) >>> 0 }).payload());
  return yield* encrypt("upstream");
}
