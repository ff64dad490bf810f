/** Values of cells and parameters. */
import { z } from "zod";

export const value = z.union([z.string(), z.null(), z.object({ base64: z.string() })]);

/** A result cell for display: like `value`, and cut where it is longer than asked for (`cutFrom`: full length in bytes). */
export const cell = z.union([
  value,
  z.object({ text: z.string(), cutFrom: z.number() }),
  z.object({ base64: z.string(), cutFrom: z.number() }),
]);

export type Cell = z.output<typeof cell>;
