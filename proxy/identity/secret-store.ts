/** Where secrets are kept: `run`: in memory until the program ends; `disk`: encrypted in the data directory. */
export type SecretKeeping = "run" | "disk";

/** Secrets by name. None is ever written in plain text, logged, or put into an error. */
export interface SecretStore {
  readonly keeping: SecretKeeping;
  /** The secret, or `null` where there is none. */
  read(name: string): string | null;
  /** Takes over what another process has changed. Rejects with a `FailureError` where it cannot be read, and nothing has changed then. */
  refresh(): Promise<void>;
  /** Sets (text) and removes (`null`) together; rejects with a `FailureError` where they cannot be kept, and nothing has changed then. */
  write(changes: ReadonlyMap<string, string | null>): Promise<void>;
}

/** A copy of `secrets` with `changes` applied. */
export function withChanges(secrets: ReadonlyMap<string, string>, changes: ReadonlyMap<string, string | null>): Map<string, string> {
  const changed = new Map(secrets);
  for (const [name, secret] of changes) {
    if (secret === null) changed.delete(name);
    else changed.set(name, secret);
  }
  return changed;
}
