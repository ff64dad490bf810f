/** What the Connection phase finds out about a session; the open frame of its recording is made of this. */
import type { CompressionFacts, TlsFacts } from "../model/session.ts";
import { decodeConnectionAttributes } from "../protocol/connection-attributes.ts";
import type { ProvenIdentity } from "./known-credentials.ts";

export interface ConnectionPhaseFacts {
  /** Host and port as dialled. */
  readonly upstreamAddress: string;
  readonly upstreamVersion: string | null;
  readonly threadId: number | null;
  readonly tls: { readonly client: TlsFacts | null; readonly upstream: TlsFacts | null };
  /** Flags in force in the Command phase, the same on both sides; none of TLS or compression. */
  readonly capabilities: number;
  /** MariaDB's extended flags in force, the same on both sides. */
  readonly mariaDbCapabilities: number;
  readonly compression: CompressionFacts;
  readonly characterSet: number | null;
  /** Plugin that the account signed in with upstream. */
  readonly authPlugin: string | null;
  /** Who the client is; `null` where the connection does not tell its clients apart, and as long as it is not known. */
  readonly identity: ProvenIdentity | null;
  /** User name in force upstream: the client's own in `passthrough`, the stored one in `mapped`. */
  readonly account: string | null;
  readonly schema: string | null;
  /** Connection attributes: what the client says about itself. */
  readonly claimed: { readonly [name: string]: string };
}

/** Facts while they are being found out. */
export type FactsDraft = { -readonly [Name in keyof ConnectionPhaseFacts]: ConnectionPhaseFacts[Name] };

/** Facts of a session of which nothing is known but where it goes. */
export function noFacts(upstreamAddress: string): FactsDraft {
  return {
    upstreamAddress,
    upstreamVersion: null,
    threadId: null,
    tls: { client: null, upstream: null },
    capabilities: 0,
    mariaDbCapabilities: 0,
    compression: { client: null, upstream: null },
    characterSet: null,
    authPlugin: null,
    identity: null,
    account: null,
    schema: null,
    claimed: {},
  };
}

/** The claimed attributes as facts. Attributes that cannot be decoded are no reason to refuse a client. */
export function claimedAttributes(attributes: Buffer | null): { readonly [name: string]: string } {
  if (attributes === null) return {};
  const decoded = decodeConnectionAttributes(attributes);
  return decoded.ok ? decoded.value : {};
}

/** A name from the wire as a fact; the empty name is none. */
export function nameOrNull(name: Buffer | null): string | null {
  return name === null || name.length === 0 ? null : name.toString("utf8");
}
