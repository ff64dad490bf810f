import type { Core } from "../core.ts";
import type { CallHandlers } from "../handler.ts";

/** What this program is, where it keeps its files, and who uses it. */
export function appHandlers(core: Core): Pick<CallHandlers, "app.info"> {
  return { "app.info": () => Promise.resolve({ ...core.info, clientCaFile: core.clientCaFile() }) };
}
