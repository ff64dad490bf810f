import type { Core } from "../core.ts";
import type { CallHandlers } from "../handler.ts";

/** The library itself: it can be deleted and rebuilt from the recordings. */
export function libraryHandlers({ library }: Core): Pick<CallHandlers, "library.reindex"> {
  return { "library.reindex": () => library.reindex() };
}
