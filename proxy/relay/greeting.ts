/** What the client is offered: the upstream's greeting, less what the proxy cannot carry. */
import { randomBytes } from "node:crypto";
import type { AuthMode, ClientTls } from "../model/connection.ts";
import { AuthPlugin } from "../protocol/auth/auth-plugin.ts";
import { Capability, has } from "../protocol/capabilities.ts";
import type { HandshakeV10 } from "../protocol/handshake-v10.ts";

/** Capabilities that change the bytes of the Command phase in a way that the proxy does not follow yet. */
const notCarried = Capability.COMPRESS | Capability.ZSTD_COMPRESSION_ALGORITHM | Capability.OPTIONAL_RESULTSET_METADATA;

/** Flags that are taken out of what either side says to the other. TLS is each side's own matter. */
export function withheldCapabilities(auth: AuthMode): number {
  return auth === "mapped" ? notCarried | Capability.MULTI_FACTOR_AUTHENTICATION : notCarried;
}

/** What the proxy asks of a client in place of the upstream: a scramble and a plugin of its own. `mapped` only. */
export interface OwnChallenge {
  readonly scramble: Buffer;
  readonly plugin: string;
}

/** 20 random bytes, none of them NUL or `$`, as MySQL makes them: clients read them as text up to a NUL. */
export function newScramble(): Buffer {
  return Buffer.from(randomBytes(20).map((byte) => ((byte & 0x7f) === 0 || (byte & 0x7f) === 0x24 ? 0x2a : byte & 0x7f)));
}

/** The plugin that clients are asked for in `mapped` mode: the upstream's default where the proxy speaks it. */
export function ownPlugin(greeting: HandshakeV10): string {
  return greeting.authPlugin === AuthPlugin.cachingSha2Password ? AuthPlugin.cachingSha2Password : AuthPlugin.nativePassword;
}

/** The greeting for the client, made of the upstream's. `challenge` is `null` in `passthrough` mode. */
export function clientGreeting(greeting: HandshakeV10, clientTls: ClientTls, challenge: OwnChallenge | null): HandshakeV10 {
  const withheld = withheldCapabilities(challenge === null ? "passthrough" : "mapped") | Capability.SSL;
  const tls = clientTls === "off" ? 0 : Capability.SSL;
  return {
    ...greeting,
    capabilities: ((greeting.capabilities & ~withheld) | tls) >>> 0,
    mariaDbCapabilities: 0,
    scramble: challenge?.scramble ?? greeting.scramble,
    authPlugin: challenge?.plugin ?? greeting.authPlugin,
  };
}

/** The flags to send upstream for a client that sent `flags`. `tls`: whether the upstream side is encrypted. */
export function upstreamCapabilities(flags: number, auth: AuthMode, tls: boolean): number {
  const carried = flags & ~(withheldCapabilities(auth) | Capability.SSL);
  return (tls ? carried | Capability.SSL : carried) >>> 0;
}

/** The flags in force in the Command phase: what the client asked for and the upstream has. TLS is not among them. */
export function capabilitiesInForce(flags: number, greeting: HandshakeV10, auth: AuthMode): number {
  return (upstreamCapabilities(flags, auth, false) & greeting.capabilities) >>> 0;
}

/** Whether the upstream is one that can be spoken to at all: the protocol of MySQL 4.1 and later. */
export function speaks41(greeting: HandshakeV10): boolean {
  return has(greeting.capabilities, Capability.PROTOCOL_41) && has(greeting.capabilities, Capability.SECURE_CONNECTION);
}
