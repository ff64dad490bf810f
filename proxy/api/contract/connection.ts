/** Connections as a person edits them. */
import { z } from "zod";
import { listenerState } from "./status.ts";

const port = z.number().int().min(0).max(65535);

/** A host and port, or the absolute path of a Unix socket as the host. */
const endpoint = z.object({ host: z.string().min(1), port });

/** A connection as the user edits it. No secret is ever in it. */
export const connection = z.object({
  id: z.string(),
  name: z.string().trim().min(1).max(100),
  listen: endpoint,
  upstream: endpoint,
  auth: z.enum(["passthrough", "mapped"]),
  /** Who the actor is: the OS user, or who signed in and presents a credential of theirs (`mapped` only). */
  identity: z.enum(["os-user", "sign-in"]).default("os-user"),
  upstreamUser: z.string().nullable(),
  clientUser: z.string().nullable(),
  upstreamTls: z.enum(["off", "preferred", "required", "verify-ca", "verify-identity"]),
  upstreamCa: z.string().nullable(),
  upstreamCompression: z.enum(["off", "zlib", "zstd"]).default("off"),
  proxyProtocol: z.enum(["off", "v1", "v2"]).default("off"),
  clientTls: z.enum(["off", "optional", "required"]),
  durability: z.enum(["os", "strict"]),
});

/** Secrets on their way in: a string sets, `null` removes, absent leaves as it is. They never come back. */
export const connectionSecretsInput = z.object({
  upstreamPassword: z.string().nullable().optional(),
  upstreamPassword2: z.string().nullable().optional(),
  upstreamPassword3: z.string().nullable().optional(),
  clientPassword: z.string().nullable().optional(),
});

export const connectionListed = connection.extend({
  hasUpstreamPassword: z.boolean(),
  hasUpstreamPassword2: z.boolean(),
  hasUpstreamPassword3: z.boolean(),
  hasClientPassword: z.boolean(),
  listener: listenerState,
});

export const snippet = z.object({ client: z.string(), language: z.string(), text: z.string() });

export type ConnectionInput = z.input<typeof connection>;
export type ConnectionListed = z.output<typeof connectionListed>;
export type ConnectionSecretsInput = z.output<typeof connectionSecretsInput>;
