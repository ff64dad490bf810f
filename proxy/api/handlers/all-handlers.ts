import type { Core } from "../core.ts";
import type { Handlers } from "../handler.ts";
import { appHandlers } from "./app.ts";
import { connectionHandlers } from "./connections.ts";
import { libraryHandlers } from "./library.ts";
import { sessionCalls, sessionStreams } from "./sessions.ts";
import { statementCalls, statementStreams } from "./statements.ts";
import { statusCalls, statusStreams } from "./status.ts";

/** The handlers of the whole contract. */
export function allHandlers(core: Core): Handlers {
  return {
    calls: {
      ...appHandlers(core),
      ...statusCalls(core),
      ...sessionCalls(core),
      ...statementCalls(core),
      ...connectionHandlers(core),
      ...libraryHandlers(core),
    },
    streams: { ...statusStreams(core), ...sessionStreams(core), ...statementStreams(core) },
  };
}
