/** Sign-in: from a client that has answered the greeting to an OK_Packet of the upstream, in either mode. */
import type { Connection, ConnectionSecrets, UpstreamTls } from "../model/connection.ts";
import { type Endpoint, socketPathOf } from "../model/endpoint.ts";
import type { TlsFacts } from "../model/session.ts";
import type { Transport } from "../protocol/auth/transport.ts";
import { Capability, has } from "../protocol/capabilities.ts";
import { encodeHandshakeResponse41, type HandshakeResponse41 } from "../protocol/handshake-response-41.ts";
import type { HandshakeV10 } from "../protocol/handshake-v10.ts";
import { relayAuthentication } from "./authentication-relay.ts";
import type { ClientGate } from "./client-gate.ts";
import { type ConnectionPhaseFacts, claimedAttributes, type FactsDraft, nameOrNull } from "./connection-phase-facts.ts";
import { type Dialogue, send } from "./dialogue.ts";
import {
  capabilitiesInForce,
  clientCompression,
  mariaDbCapabilitiesInForce,
  type OwnChallenge,
  signInCapabilities,
  upstreamCapabilities,
  upstreamCompression,
} from "./greeting.ts";
import { authenticateInTurn } from "./paced-authentication.ts";
import { type PasswordKey, PasswordTranslation, type SideTransports } from "./password-translation.ts";
import type { Presented } from "./presented.ts";
import type { SignInPace } from "./sign-in-pace.ts";
import type { SignedIn } from "./upstream-answer.ts";
import { authenticateUpstream, firstPlugin, firstResponse, type StoredAccount } from "./upstream-authentication.ts";
import { encryptUpstream } from "./upstream-opening.ts";

/** All that is known when authentication begins. */
export interface OpenSession {
  readonly connection: Connection;
  readonly secrets: ConnectionSecrets;
  readonly clientAddress: string;
  /** Whom the connection lets in; of `mapped` only. */
  readonly gate: ClientGate;
  readonly pace: SignInPace;
  readonly passwordKey: PasswordKey;
  readonly greeting: HandshakeV10;
  /** The proxy's own challenge to the client in `mapped` mode; `null` in `passthrough`. */
  readonly challenge: OwnChallenge | null;
  /** 20 random bytes for an AuthSwitchRequest of the proxy's own. */
  readonly freshScramble: Buffer;
  readonly response: HandshakeResponse41;
}

/** Signs the client in, and fills in `facts` as they are found out. */
export function* signIn(session: OpenSession, facts: FactsDraft): Dialogue<SignedIn> {
  const { connection, greeting, response, challenge } = session;
  facts.capabilities = capabilitiesInForce(response.capabilities, greeting, connection.auth);
  facts.mariaDbCapabilities = mariaDbCapabilitiesInForce(response, greeting);
  facts.compression = {
    client: clientCompression(response.capabilities, greeting.capabilities),
    upstream: upstreamCompression(connection.upstreamCompression, greeting),
  };
  facts.characterSet = response.characterSet;
  facts.schema = nameOrNull(response.schema);
  facts.claimed = claimedAttributes(response.attributes);
  facts.account = nameOrNull(response.user);
  facts.authPlugin = response.authPlugin;
  const signedIn = challenge === null ? yield* passthrough(session, facts) : yield* mapped(session, challenge, facts);
  facts.authPlugin = signedIn.plugin;
  return signedIn;
}

function* passthrough(session: OpenSession, facts: FactsDraft): Dialogue<SignedIn> {
  const { greeting, response } = session;
  const upstreamResponse = yield* openUpstream(session, response, facts);
  const translation = new PasswordTranslation(response.authPlugin, greeting.scramble, transportsOf(session, facts), session.passwordKey);
  const authResponse = yield* translation.answerForUpstream(response.authResponse);
  yield* send("upstream", encodeHandshakeResponse41({ ...upstreamResponse, authResponse }));
  return yield* relayAuthentication(translation, has(facts.capabilities, Capability.MULTI_FACTOR_AUTHENTICATION));
}

function* mapped(session: OpenSession, challenge: OwnChallenge, facts: FactsDraft): Dialogue<SignedIn> {
  const { connection, greeting, response, gate, pace } = session;
  const presented = presentedBy(session, facts, response);
  facts.identity = yield* authenticateInTurn(gate, pace, challenge, presented, session.freshScramble);
  facts.account = connection.upstreamUser;
  const plugin = firstPlugin(greeting.authPlugin);
  const upstreamResponse = yield* openUpstream(session, response, facts);
  const account = storedAccount(session, facts);
  yield* send(
    "upstream",
    encodeHandshakeResponse41({
      ...upstreamResponse,
      user: Buffer.from(connection.upstreamUser ?? "", "utf8"),
      authPlugin: plugin,
      authResponse: firstResponse(plugin, greeting.scramble, account.passwords[0]),
    }),
  );
  return yield* authenticateUpstream(account, plugin, greeting.scramble);
}

/** What a client presented, in its first answer or in a COM_CHANGE_USER. */
export function presentedBy(
  session: OpenSession,
  facts: Pick<ConnectionPhaseFacts, "tls">,
  { user, authPlugin, authResponse }: Pick<Presented, "user" | "authPlugin" | "authResponse">,
): Presented {
  return { user, authPlugin, authResponse, host: session.clientAddress, trusted: transportsOf(session, facts).client !== "plain" };
}

/** The account that the proxy signs in with upstream in `mapped` mode. */
export function storedAccount(session: OpenSession, facts: Pick<ConnectionPhaseFacts, "tls">): StoredAccount {
  const { connection, secrets } = session;
  const { upstreamPassword, upstreamPassword2 = null, upstreamPassword3 = null } = secrets;
  return {
    connection: connection.name,
    passwords: [upstreamPassword ?? "", upstreamPassword2, upstreamPassword3],
    transport: transportsOf(session, facts).upstream,
  };
}

/** What carries each side of a session. */
export function transportsOf({ connection }: OpenSession, { tls }: Pick<ConnectionPhaseFacts, "tls">): SideTransports {
  const transport = (endpoint: Endpoint, facts: TlsFacts | null): Transport =>
    facts !== null ? "tls" : socketPathOf(endpoint) === null ? "plain" : "socket";
  return { client: transport(connection.listen, tls.client), upstream: transport(connection.upstream, tls.upstream) };
}

/** Turns on TLS towards the upstream where it is wanted; the response for it, with the flags that are then right. */
function* openUpstream(session: OpenSession, response: HandshakeResponse41, facts: FactsDraft): Dialogue<HandshakeResponse41> {
  const { connection, greeting } = session;
  const compression = facts.compression.upstream;
  const own = signInCapabilities(connection.auth, greeting);
  const capabilities = (encrypted: boolean): number =>
    (upstreamCapabilities(response.capabilities, connection.auth, { encrypted, compression }) | own) >>> 0;
  const plain = { ...response, capabilities: capabilities(false), mariaDbCapabilities: facts.mariaDbCapabilities };
  const tls = yield* encryptUpstream(greeting, upstreamTlsOf(connection), plain);
  facts.tls = { ...facts.tls, upstream: tls };
  return { ...plain, capabilities: capabilities(tls !== null) };
}

/** MySQL's clients do not ask for TLS over a Unix socket either, unless they are told to. */
function upstreamTlsOf({ upstream, upstreamTls }: Connection): UpstreamTls {
  return upstreamTls === "preferred" && socketPathOf(upstream) !== null ? "off" : upstreamTls;
}
