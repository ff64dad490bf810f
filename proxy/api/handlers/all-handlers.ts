import type { Caller } from "../caller.ts";
import type { Core } from "../core.ts";
import type { Handlers } from "../handler.ts";
import { appHandlers } from "./app.ts";
import { connectionHandlers } from "./connections.ts";
import { credentialHandlers } from "./credentials.ts";
import { identityCalls, identityStreams } from "./identity.ts";
import { libraryHandlers } from "./library.ts";
import { machineHandlers } from "./machines.ts";
import { sessionCalls, sessionStreams } from "./sessions.ts";
import { statementCalls, statementStreams } from "./statements.ts";
import { statusCalls, statusStreams } from "./status.ts";

/** The handlers of the whole contract for one caller. They do not ask whether they may: `guardedHandlers` does. */
export function allHandlers(core: Core, caller: Caller): Handlers {
  return {
    calls: {
      ...appHandlers(core),
      ...statusCalls(core, caller),
      ...sessionCalls(core, caller),
      ...statementCalls(core, caller),
      ...connectionHandlers(core, caller),
      ...libraryHandlers(core),
      ...identityCalls(core, caller),
      ...credentialHandlers(core, caller),
      ...machineHandlers(core, caller),
    },
    streams: {
      ...statusStreams(core, caller),
      ...sessionStreams(core, caller),
      ...statementStreams(core, caller),
      ...identityStreams(caller),
    },
  };
}
