/** How recording, evidence, library and listeners are. */
import { z } from "zod";

export const listenerState = z.discriminatedUnion("state", [
  z.object({ state: z.literal("listening"), address: z.string(), port: z.number() }),
  z.object({ state: z.literal("stopped") }),
  z.object({ state: z.literal("failed"), message: z.string() }),
]);

export const status = z.object({
  recording: z.discriminatedUnion("state", [
    z.object({ state: z.literal("recording") }),
    z.object({ state: z.literal("failing"), message: z.string() }),
    z.object({ state: z.literal("stopped"), message: z.string() }),
  ]),
  evidence: z.object({
    key: z.object({ keyId: z.string(), kept: z.enum(["disk", "run"]) }),
    deviceLog: z.discriminatedUnion("state", [
      z.object({ state: z.literal("writing") }),
      z.object({ state: z.literal("failing"), message: z.string() }),
    ]),
    witness: z.discriminatedUnion("state", [
      z.object({ state: z.literal("off") }),
      z.object({ state: z.literal("waiting") }),
      z.object({ state: z.literal("sent"), at: z.number(), size: z.number() }),
      z.object({ state: z.literal("failing"), message: z.string() }),
    ]),
  }),
  library: z.object({
    state: z.enum(["current", "catching-up", "rebuilding", "stopped"]),
    lagBytes: z.number(),
    lagMs: z.number(),
    /** How much is recorded; `null` for who may not read all of it. */
    statements: z.number().nullable(),
    sessions: z.number().nullable(),
    message: z.string().nullable(),
  }),
  /** Of everybody; `null` for who may not read everybody's. */
  openSessions: z.number().nullable(),
  listeners: z.record(z.string(), listenerState),
});

export type StatusEvent = z.output<typeof status>;
