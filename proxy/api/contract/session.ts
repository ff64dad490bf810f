/** Sessions, and who ran them. */
import { z } from "zod";

export const actor = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("os-user"), name: z.string(), authenticated: z.literal(false) }),
  z.object({
    kind: z.literal("person"),
    name: z.string(),
    authenticated: z.literal(true),
    issuer: z.string(),
    subject: z.string(),
    email: z.string().nullable(),
    groups: z.array(z.string()).readonly(),
    via: z.enum(["oidc", "saml", "token"]),
    signIn: z.string().nullable(),
  }),
  z.object({
    kind: z.literal("machine"),
    name: z.string(),
    authenticated: z.literal(true),
    issuer: z.string().nullable(),
    subject: z.string(),
    owner: z.string(),
    groups: z.array(z.string()).readonly(),
    via: z.enum(["secret", "token"]),
  }),
]);

export const tlsFacts = z.object({ version: z.string(), cipher: z.string() }).nullable();

export const session = z.object({
  id: z.string(),
  connection: z.string(),
  actor,
  account: z.string().nullable(),
  accounts: z.array(z.string().nullable()).readonly(),
  schema: z.string().nullable(),
  client: z.string(),
  /** What the client presented to be let in as that actor; its password is nowhere. */
  credential: z.object({ id: z.string(), user: z.string() }).nullable(),
  /** The process of this machine that the client is, as the operating system says. */
  process: z.object({ pid: z.number(), program: z.string(), user: z.string() }).nullable(),
  claimed: z.record(z.string(), z.string()),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  closeCause: z.string().nullable(),
  closeDetail: z.string().nullable(),
  statements: z.number(),
  errors: z.number(),
  upstreamAddress: z.string(),
  upstreamVersion: z.string().nullable(),
  threadId: z.number().nullable(),
  tls: z.object({ client: tlsFacts, upstream: tlsFacts }),
  sealed: z.boolean(),
});

export type SessionListed = z.output<typeof session>;
