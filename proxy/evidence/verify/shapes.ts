/** Schemas of what many files of a bundle have in them. */
import { z } from "zod";

/** SHA-256 in hexadecimal. */
export const hex = z.string().regex(/^[0-9a-f]{64}$/);
export const count = z.number().int().min(0);
export const text = z.string();
export const textOrNull = z.string().nullable();
export const program = z.object({ name: text, version: text });

/** Microseconds since the Unix epoch, within what a date can say. */
export const time = z
  .number()
  .int()
  .min(0)
  .max(8_640_000_000_000_000 * 1000)
  .max(Number.MAX_SAFE_INTEGER);

/** More than is known here may be there; it is not shown. */
export const actor = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("os-user"), name: text, authenticated: z.literal(false) }),
  z.object({
    kind: z.literal("person"),
    name: text,
    authenticated: z.literal(true),
    issuer: text,
    subject: text,
    email: textOrNull,
    groups: z.array(text),
    via: z.enum(["oidc", "saml", "token"]),
    signIn: textOrNull,
  }),
  z.object({
    kind: z.literal("machine"),
    name: text,
    authenticated: z.literal(true),
    issuer: textOrNull,
    subject: text,
    owner: text,
    groups: z.array(text),
    via: z.enum(["secret", "token"]),
  }),
]);
