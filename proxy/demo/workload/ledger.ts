/** What one client of the workload sent and received, command by command, as its driver told it: the demo's own witness. */
import type { Value } from "../../model/value.ts";

export interface LedgerColumn {
  readonly name: string;
  readonly orgTable: string;
  /** The protocol's type number. */
  readonly type: number;
}

export interface LedgerResult {
  readonly columns: readonly LedgerColumn[];
  readonly rows: readonly (readonly Value[])[];
}

export interface LedgerEntry {
  /** The protocol's name of the command, e.g. `COM_STMT_EXECUTE`. */
  readonly command: string;
  /** The statement's text as sent, or as it was prepared; `null` for a command without one. */
  readonly sql: string | null;
  /** Values bound to the parameters, as text; `null` for other commands than COM_STMT_EXECUTE. */
  readonly params: readonly Value[] | null;
  readonly outcome: "ok" | "error";
  readonly errno: number | null;
  readonly sqlstate: string | null;
  readonly message: string | null;
  /** From the OK_Packet; `null` where the answer was none. */
  readonly affected: number | null;
  readonly results: readonly LedgerResult[];
}

/** Whom the recording must name as the one who ran a session: as much of it as the demo knows. */
export type ExpectedActor =
  | { readonly kind: "os-user" }
  | { readonly kind: "person"; readonly issuer: string; readonly subject: string }
  | { readonly kind: "machine"; readonly name: string; readonly owner: string };

/** One session as its client saw it. */
export interface SessionLedger {
  /** Which of the workload's clients it was, in words. */
  readonly client: string;
  /** The server's thread id, which the proxy passes on: it finds the session in the library. */
  readonly threadId: number;
  /** By whose credential it signed in. */
  readonly actor: ExpectedActor;
  /** Every command in order, COM_QUIT included. */
  readonly entries: readonly LedgerEntry[];
}
