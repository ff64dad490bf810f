/**
 * The shape of open and close frames as they are read. A checksum says that a frame is whole, not who wrote it: what was
 * made by another program, or by hand, must cost nobody the other recordings.
 */
import { z } from "zod";
import type { SessionClose, SessionOpen } from "../model/session.ts";

const whole = z.number().int();
const tlsFacts = z.object({ version: z.string(), cipher: z.string() }).nullable();

const proven = { name: z.string(), authenticated: z.literal(true), subject: z.string(), groups: z.array(z.string()) };

const actor = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("os-user"), name: z.string(), authenticated: z.literal(false) }),
  z.object({
    kind: z.literal("person"),
    ...proven,
    issuer: z.string(),
    email: z.string().nullable(),
    via: z.enum(["oidc", "saml", "token"]),
    signIn: z.string().nullable(),
  }),
  z.object({
    kind: z.literal("machine"),
    ...proven,
    issuer: z.string().nullable(),
    owner: z.string(),
    via: z.enum(["secret", "token"]),
  }),
]);

const sessionOpen = z.object({
  session: z.string(),
  recorder: z.string(),
  connection: z.string(),
  upstream: z.object({ address: z.string(), version: z.string().nullable(), threadId: whole.nullable() }),
  tls: z.object({ client: tlsFacts, upstream: tlsFacts }),
  capabilities: whole,
  characterSet: whole.nullable(),
  account: z.string().nullable(),
  schema: z.string().nullable(),
  client: z.string(),
  actor,
  credential: z.object({ id: z.string(), user: z.string() }).optional(),
  process: z.object({ pid: whole, program: z.string(), user: z.string() }).optional(),
  claimed: z.record(z.string(), z.string()),
  acceptedAt: whole.min(0),
});

const sessionClose = z.object({ cause: z.string(), detail: z.string().nullable() });

/** An open frame's JSON where it has what readers rely on; `null` where it has not. */
export function sessionOpenIn(value: unknown): SessionOpen | null {
  return sessionOpen.safeParse(value).success ? (value as SessionOpen) : null;
}

/** A close frame's JSON where it has what readers rely on; `null` where it has not. */
export function sessionCloseIn(value: unknown): SessionClose | null {
  return sessionClose.safeParse(value).success ? (value as SessionClose) : null;
}
