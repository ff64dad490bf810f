import type { Core } from "../core.ts";
import { followStatements } from "../follow-statements.ts";
import type { CallHandlers, StreamHandlers } from "../handler.ts";

type StatementCalls = "statements.page" | "statements.histogram" | "statements.claimNames" | "statements.get" | "statements.rows";

/** Statements as the library finds them and as their recording tells them. */
export function statementCalls({ library }: Core): Pick<CallHandlers, StatementCalls> {
  return {
    "statements.page": (input, signal) => library.call("statements.page", input, signal),
    "statements.histogram": (input, signal) => library.call("statements.histogram", input, signal),
    "statements.claimNames": (input, signal) => library.call("statements.claimNames", input, signal),
    "statements.get": (input, signal) => library.call("statements.get", input, signal),
    "statements.rows": (input, signal) => library.call("statements.rows", input, signal),
  };
}

export function statementStreams({ library }: Core): Pick<StreamHandlers, "statements.follow"> {
  return { "statements.follow": (input, signal) => followStatements(library, input.filter, input.after, signal) };
}
