/** The client's part of the Connection phase up to its HandshakeResponse41. */
import type { ClientTls } from "../model/connection.ts";
import { encodeErrPacket } from "../protocol/err-packet.ts";
import { decodeHandshakeResponse41, type HandshakeResponse41, speaksProtocol41 } from "../protocol/handshake-response-41.ts";
import { encodeHandshakeV10, type HandshakeV10 } from "../protocol/handshake-v10.ts";
import { isSslRequest } from "../protocol/ssl-request.ts";
import type { FactsDraft } from "./connection-phase-facts.ts";
import { type Dialogue, encrypt, fromClient, Refused, receive, refusal, send } from "./dialogue.ts";

/** Sends `greeting` and takes the client's answer, over TLS if the client asks for it; fills in that side's TLS in `facts`. */
export function* openClient(greeting: HandshakeV10, clientTls: ClientTls, facts: FactsDraft): Dialogue<HandshakeResponse41> {
  yield* send("client", encodeHandshakeV10(greeting));
  let first = yield* receive("client");
  if (!speaksProtocol41(first)) throw tooOld();
  if (isSslRequest(first)) {
    if (clientTls === "off") throw tlsNotOffered();
    facts.tls = { ...facts.tls, client: yield* encrypt("client") };
    first = yield* receive("client");
  }
  if (clientTls === "required" && facts.tls.client === null) throw tlsRequired();
  return fromClient(decodeHandshakeResponse41(first));
}

function tooOld(): Refused {
  const message =
    "Bad handshake: the client speaks the protocol from before MySQL 4.1, or another protocol. Use a client of MySQL 4.1 or later.";
  // Such a client does not know of SQLSTATE, so the packet goes without.
  const answer = encodeErrPacket({ errno: 1043, sqlstate: "08S01", message }, false);
  return new Refused({ cause: "client-malformed", detail: message, answer });
}

function tlsNotOffered(): Refused {
  return refusal("client-malformed", {
    errno: 1043,
    sqlstate: "08S01",
    message: "Bad handshake: the client asks for TLS, which this connection does not offer. Allow TLS for clients in its settings.",
  });
}

function tlsRequired(): Refused {
  return refusal("sign-in-failed", {
    errno: 3159,
    sqlstate: "HY000",
    message: "This connection admits clients over TLS only. Turn on TLS in the client (ssl-mode=REQUIRED).",
  });
}
