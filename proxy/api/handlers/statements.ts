import type { Core } from "../core.ts";
import { followStatements } from "../follow-statements.ts";
import type { CallHandlers, StreamHandlers } from "../handler.ts";

type StatementCalls = "statements.page" | "statements.histogram" | "statements.get" | "statements.rows";

/** Statements as the library finds them and as their recording tells them. */
export function statementCalls({ library }: Core): Pick<CallHandlers, StatementCalls> {
  return {
    "statements.page": (input) => library.call("statements.page", input),
    "statements.histogram": (input) => library.call("statements.histogram", input),
    "statements.get": (input) => library.call("statements.get", input),
    "statements.rows": (input) => library.call("statements.rows", input),
  };
}

export function statementStreams({ library }: Core): Pick<StreamHandlers, "statements.follow"> {
  return { "statements.follow": (input, signal) => followStatements(library, input.filter, input.after, signal) };
}
