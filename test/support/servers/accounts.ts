/** An account that the test servers have. */
export interface Account {
  readonly user: string;
  readonly password: string;
}

/** Everything is granted to each of them, with the right to grant it. */
export const accounts = {
  root: { user: "root", password: "rootpw" },
  app: { user: "app", password: "apppw" },
  /** An account without a password. */
  nopw: { user: "nopw", password: "" },
} as const satisfies Record<string, Account>;

/** SQL for `--init-file`, one statement a line: the accounts, and the database `test`. */
export function accountsSql(): string {
  const create = (account: Account, host: string): string[] => [
    `CREATE USER IF NOT EXISTS '${account.user}'@'${host}';`,
    `ALTER USER '${account.user}'@'${host}' IDENTIFIED BY '${account.password}';`,
    `GRANT ALL ON *.* TO '${account.user}'@'${host}' WITH GRANT OPTION;`,
  ];
  const statements = [
    "CREATE DATABASE IF NOT EXISTS test;",
    ...create(accounts.root, "127.0.0.1"),
    ...create(accounts.root, "localhost"),
    ...create(accounts.app, "%"),
    ...create(accounts.nopw, "%"),
  ];
  return `${statements.join("\n")}\n`;
}
