/** Whether a session is shown as run by whom the demo let run it. */
import type { SessionListed } from "../../api/contract.ts";
import type { ExpectedActor } from "../workload/ledger.ts";

type ShownActor = SessionListed["actor"];

/** What differs, as halves of sentences; empty where nothing does. Only the OS user is ever shown as not authenticated. */
export function compareActor(shown: ShownActor, expected: ExpectedActor): string[] {
  const authenticated = expected.kind !== "os-user";
  const facts: Readonly<Record<string, unknown>> = { ...expected, authenticated };
  const all: Readonly<Record<string, unknown>> = { ...shown };
  return Object.entries(facts)
    .filter(([name, fact]) => all[name] !== fact)
    .map(([name, fact]) => `its actor's ${name} is ${String(all[name])} where ${String(fact)} ran it`);
}
