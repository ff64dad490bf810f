/** What goes over a transport, and what a transport is. */
import { z } from "zod";

/**
 * What a user interface sends. `id` is chosen by it and unique within its transport. A subscription with a `window` gets
 * at most so many events ahead of what it has said `received` for: memory stays bounded on transports that never refuse
 * a message, such as a MessagePort.
 */
export const fromClient = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("call"), id: z.number().int(), name: z.string(), input: z.unknown() }),
  z.object({
    kind: z.literal("subscribe"),
    id: z.number().int(),
    name: z.string(),
    input: z.unknown(),
    window: z.number().int().min(1).max(1000).optional(),
  }),
  z.object({ kind: z.literal("received"), id: z.number().int() }),
  z.object({ kind: z.literal("cancel"), id: z.number().int() }),
]);

/** What the core sends. */
export const fromCore = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("answer"), id: z.number().int(), output: z.unknown() }),
  z.object({ kind: z.literal("failure"), id: z.number().int(), failure: z.object({ code: z.string(), message: z.string() }) }),
  z.object({ kind: z.literal("event"), id: z.number().int(), event: z.unknown() }),
]);

export type FromClient = z.output<typeof fromClient>;
export type FromCore = z.output<typeof fromCore>;

/** What a transport offers to either end: send one message, hear messages, know when it is gone. */
export interface MessageChannel<Out, In> {
  send(message: Out): void;
  onMessage(listener: (message: In) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}
