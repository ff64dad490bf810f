import type { Value } from "./value.ts";

/** A value for display: as recorded, or cut where it is longer than asked for (`cutFrom`: full length in bytes). */
export type Cell = Value | { text: string; cutFrom: number } | { base64: string; cutFrom: number };
