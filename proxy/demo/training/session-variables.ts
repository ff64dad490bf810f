/** A session's system variables and user variables, and `SET`. */
import { isSymbol, isWord, type Token } from "./sql-tokens.ts";

/** What `SHOW VARIABLES` and `@@name` tell; clients ask for some of them when they connect. */
const defaults: { readonly [name: string]: string } = {
  auto_increment_increment: "1",
  autocommit: "1",
  character_set_client: "utf8mb4",
  character_set_connection: "utf8mb4",
  character_set_database: "utf8mb4",
  character_set_results: "utf8mb4",
  character_set_server: "utf8mb4",
  collation_connection: "utf8mb4_0900_ai_ci",
  collation_database: "utf8mb4_0900_ai_ci",
  collation_server: "utf8mb4_0900_ai_ci",
  default_storage_engine: "InnoDB",
  foreign_key_checks: "1",
  have_ssl: "NO",
  innodb_lock_wait_timeout: "50",
  interactive_timeout: "28800",
  license: "MIT",
  lower_case_table_names: "0",
  max_allowed_packet: "16777216",
  net_write_timeout: "60",
  performance_schema: "0",
  query_cache_size: "0",
  read_only: "0",
  sql_mode: "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION",
  sql_safe_updates: "0",
  system_time_zone: "UTC",
  time_zone: "SYSTEM",
  transaction_isolation: "REPEATABLE-READ",
  transaction_read_only: "0",
  tx_isolation: "REPEATABLE-READ",
  version_comment: "Stenograph training database",
  version_compile_machine: "x86_64",
  version_compile_os: "Linux",
  wait_timeout: "28800",
};

/** One `name = value` of a `SET`: the name as written, and the tokens of the value. */
export interface Assignment {
  readonly name: string;
  readonly value: readonly Token[];
}

export class SessionVariables {
  private readonly system: Map<string, string>;
  private readonly user = new Map<string, string | null>();

  constructor(version: string) {
    this.system = new Map(Object.entries({ ...defaults, version }));
  }

  /** All system variables by name. */
  all(): [name: string, value: string][] {
    return [...this.system].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  get(name: string): string | undefined {
    return this.system.get(name.toLowerCase());
  }

  /** Whether statements commit by themselves. */
  get autocommit(): boolean {
    return this.get("autocommit") !== "0";
  }

  /** SQLite's literal for `@@name`, `@@session.name` or `@name`; `undefined` for a system variable that is not known. */
  literal(text: string): string | undefined {
    const name = plainName(text);
    const value = text.startsWith("@@") ? this.system.get(name) : (this.user.get(name) ?? null);
    if (value === undefined || value === null) return value === null ? "NULL" : undefined;
    return /^-?\d{1,18}$/.test(value) ? value : `'${value.replaceAll("'", "''")}'`;
  }

  /** Sets what `SET` names; a name without `@@` is a system variable too. Unknown ones are taken as they come. */
  assign(written: string, value: string | null): void {
    const name = plainName(written);
    const truth = value === null ? "" : { on: "1", true: "1", off: "0", false: "0" }[value.toLowerCase()];
    if (written.startsWith("@") && !written.startsWith("@@")) this.user.set(name, value);
    else this.system.set(name, truth ?? value ?? "");
  }
}

/** The variable's name without marks, scope and quotes, in lower case. */
export function plainName(text: string): string {
  return text
    .replace(/^@@?/, "")
    .replaceAll("`", "")
    .replace(/^(session|global|local|persist)\./i, "")
    .toLowerCase();
}

/** The assignments of a `SET`, its first word left out; none for `SET NAMES` and others that assign nothing here. */
export function assignmentsOf(tokens: readonly Token[]): Assignment[] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (isSymbol(token, "(")) depth += 1;
    if (isSymbol(token, ")")) depth -= 1;
    if (depth === 0 && isSymbol(token, ",")) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.flatMap((part) => {
    const scoped = ["SESSION", "GLOBAL", "LOCAL", "PERSIST"].some((scope) => isWord(part[0], scope)) ? part.slice(1) : part;
    const [name, sign, ...value] = scoped;
    const assigns = name !== undefined && (isSymbol(sign, "=") || isSymbol(sign, ":="));
    return assigns && value.length > 0 ? [{ name: name.value, value }] : [];
  });
}
