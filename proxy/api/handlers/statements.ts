import type { Caller } from "../caller.ts";
import type { Core } from "../core.ts";
import { followStatements } from "../follow-statements.ts";
import type { CallHandlers, StreamHandlers } from "../handler.ts";

type StatementCalls = "statements.page" | "statements.histogram" | "statements.claimNames" | "statements.get" | "statements.rows";

/** Statements as the library finds them and as their recording tells them, as far as the caller may read them. */
export function statementCalls({ library }: Core, caller: Caller): Pick<CallHandlers, StatementCalls> {
  const reader = () => library.within(caller.scope());
  return {
    "statements.page": (input, signal) => reader().call("statements.page", input, signal),
    "statements.histogram": (input, signal) => reader().call("statements.histogram", input, signal),
    "statements.claimNames": (input, signal) => reader().call("statements.claimNames", input, signal),
    "statements.get": (input, signal) => reader().call("statements.get", input, signal),
    "statements.rows": (input, signal) => reader().call("statements.rows", input, signal),
  };
}

export function statementStreams({ library }: Core, caller: Caller): Pick<StreamHandlers, "statements.follow"> {
  return { "statements.follow": (input, signal) => followStatements(library.within(caller.scope()), input.filter, input.after, signal) };
}
