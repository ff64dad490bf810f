import type { Endpoint } from "./endpoint.ts";

/** Compression asked of the upstream; one that does not offer it is spoken to without. */
export type UpstreamCompression = "off" | "zlib" | "zstd";

/** How strictly the upstream's TLS is demanded and checked; MySQL's own `--ssl-mode` words. */
export type UpstreamTls = "off" | "preferred" | "required" | "verify-ca" | "verify-identity";

/** Whether clients may or must use TLS towards the proxy. */
export type ClientTls = "off" | "optional" | "required";

/**
 * `passthrough`: the client's own account and password are used upstream.
 * `mapped`: the client signs in with a credential of the proxy's; the proxy signs in upstream with the stored account.
 */
export type AuthMode = "passthrough" | "mapped";

/**
 * Who the actor of a connection's sessions is. `os-user`: the workstation's user, not authenticated. `sign-in`: who presents a
 * credential that was made for a person who is signed in or for a machine, or a token of the identity provider; `mapped` only.
 */
export type IdentityMode = "os-user" | "sign-in";

/** Whether the upstream is told the client's address, and how. */
export type ProxyProtocol = "off" | "v1" | "v2";

/** `os`: written before forwarded, synced within 200 ms. `strict`: an answer also waits for the disk. */
export type Durability = "os" | "strict";

/** A named upstream with its settings, as the user configures it. Holds no secret. */
export interface Connection {
  readonly id: string;
  readonly name: string;
  /** A port of 0 picks one. A Unix socket is made for the user alone. */
  readonly listen: Endpoint;
  readonly upstream: Endpoint;
  readonly auth: AuthMode;
  readonly identity: IdentityMode;
  /** Account that the proxy signs in with upstream; `mapped` only. */
  readonly upstreamUser: string | null;
  /** User name that clients present to the proxy; `mapped` with the identity `os-user` only. */
  readonly clientUser: string | null;
  readonly upstreamTls: UpstreamTls;
  /** PEM text of the certificate authority to trust for the upstream; `null` for the system's. */
  readonly upstreamCa: string | null;
  readonly upstreamCompression: UpstreamCompression;
  /** Version of the PROXY protocol in which the upstream is told the client's address; it must expect it. */
  readonly proxyProtocol: ProxyProtocol;
  readonly clientTls: ClientTls;
  readonly durability: Durability;
}

/** The secrets that belong to a connection; they never leave the core. */
export interface ConnectionSecrets {
  readonly upstreamPassword: string | null;
  /** Of the upstream account's second and third factor, where it has them; `mapped` only. */
  readonly upstreamPassword2?: string | null;
  readonly upstreamPassword3?: string | null;
  readonly clientPassword: string | null;
}

/** The secrets that go to the upstream. */
export const upstreamSecretNames = ["upstreamPassword", "upstreamPassword2", "upstreamPassword3"] as const;

/** Every secret of a connection. */
export const connectionSecretNames = [...upstreamSecretNames, "clientPassword"] as const satisfies readonly (keyof ConnectionSecrets)[];
export type ConnectionSecretName = (typeof connectionSecretNames)[number];
