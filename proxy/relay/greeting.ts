/** What the client is offered: the upstream's greeting, less what the proxy cannot carry. */
import { randomBytes } from "node:crypto";
import type { AuthMode, ClientTls, UpstreamCompression } from "../model/connection.ts";
import { AuthPlugin } from "../protocol/auth/auth-plugin.ts";
import { Capability, has, MariaDbCapability } from "../protocol/capabilities.ts";
import type { CompressionAlgorithm } from "../protocol/compressed-packet.ts";
import type { HandshakeV10 } from "../protocol/handshake-v10.ts";
import type { ResponseHead } from "../protocol/ssl-request.ts";

/** Flags that are each side's own matter: neither side learns of the other's. */
const ownOfEachSide = Capability.SSL | Capability.COMPRESS | Capability.ZSTD_COMPRESSION_ALGORITHM;

/** MariaDB's extended capabilities that the proxy can follow; others, which no server has yet, are withheld. */
const followed =
  MariaDbCapability.PROGRESS |
  MariaDbCapability.STMT_BULK_OPERATIONS |
  MariaDbCapability.EXTENDED_METADATA |
  MariaDbCapability.CACHE_METADATA |
  MariaDbCapability.BULK_UNIT_RESULTS;

/** Flags that are taken out of what either side says to the other: in `mapped` mode a client has one factor, whatever the upstream asks. */
function withheldCapabilities(auth: AuthMode): number {
  return auth === "mapped" ? Capability.MULTI_FACTOR_AUTHENTICATION : 0;
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
  // Compression is offered as the upstream offers it, though the upstream side may do without: as without a proxy.
  const withheld = withheldCapabilities(challenge === null ? "passthrough" : "mapped") | Capability.SSL;
  const tls = clientTls === "off" ? 0 : Capability.SSL;
  return {
    ...greeting,
    capabilities: ((greeting.capabilities & ~withheld) | tls) >>> 0,
    mariaDbCapabilities: greeting.mariaDbCapabilities & followed,
    scramble: challenge?.scramble ?? greeting.scramble,
    authPlugin: challenge?.plugin ?? greeting.authPlugin,
  };
}

/** How the upstream side of a session is secured and packed. */
export interface UpstreamTransport {
  readonly encrypted: boolean;
  readonly compression: CompressionAlgorithm | null;
}

const plainTransport: UpstreamTransport = { encrypted: false, compression: null };

/** The flags to send upstream for a client that sent `flags`. */
export function upstreamCapabilities(flags: number, auth: AuthMode, { encrypted, compression }: UpstreamTransport): number {
  const carried = flags & ~(withheldCapabilities(auth) | ownOfEachSide);
  return (carried | (encrypted ? Capability.SSL : 0) | (compression === null ? 0 : compressionFlags[compression])) >>> 0;
}

/** What of an upstream's offers the proxy asks for whatever the client does: in `mapped` mode it is the proxy that signs in. */
export function signInCapabilities(auth: AuthMode, greeting: HandshakeV10): number {
  const asked = Capability.PLUGIN_AUTH | Capability.SECURE_CONNECTION | Capability.MULTI_FACTOR_AUTHENTICATION;
  return auth === "mapped" ? greeting.capabilities & asked : 0;
}

const compressionFlags: { readonly [Algorithm in CompressionAlgorithm]: number } = {
  zlib: Capability.COMPRESS,
  zstd: Capability.ZSTD_COMPRESSION_ALGORITHM,
};

/** The compression that a client gets which sent `flags` after a greeting with `offered`; zlib before zstd, as MySQL chooses. */
export function clientCompression(flags: number, offered: number): CompressionAlgorithm | null {
  if (has(flags & offered, Capability.COMPRESS)) return "zlib";
  return has(flags & offered, Capability.ZSTD_COMPRESSION_ALGORITHM) ? "zstd" : null;
}

/** The compression to ask of an upstream; none of one that does not offer what is wanted. */
export function upstreamCompression(wanted: UpstreamCompression, greeting: HandshakeV10): CompressionAlgorithm | null {
  return wanted !== "off" && has(greeting.capabilities, compressionFlags[wanted]) ? wanted : null;
}

/** The flags in force in the Command phase: what the client asked for and the upstream has. TLS and compression are not among them. */
export function capabilitiesInForce(flags: number, greeting: HandshakeV10, auth: AuthMode): number {
  return (upstreamCapabilities(flags, auth, plainTransport) & greeting.capabilities) >>> 0;
}

/** MariaDB's extended flags in force. A client that says it is MySQL's has none, whatever stands in their place. */
export function mariaDbCapabilitiesInForce(client: ResponseHead, greeting: HandshakeV10): number {
  if (has(client.capabilities, Capability.LONG_PASSWORD)) return 0;
  return client.mariaDbCapabilities & greeting.mariaDbCapabilities & followed;
}

/** Whether the upstream is one that can be spoken to at all: the protocol of MySQL 4.1 and later. */
export function speaks41(greeting: HandshakeV10): boolean {
  return has(greeting.capabilities, Capability.PROTOCOL_41) && has(greeting.capabilities, Capability.SECURE_CONNECTION);
}
