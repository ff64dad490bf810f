import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { accountsSql } from "./accounts.ts";
import { writeCertificates } from "./certificates.ts";
import { freePort } from "./free-port.ts";
import { launch, type PrivateServer } from "./private-server.ts";
import { createServerDirectory, giveTo, unprivilegedUser } from "./server-directory.ts";

/** Whether MariaDB's server is on this machine. Debian keeps it in /usr/sbin, which is not on every user's path. */
export function findMariadbServer(): string | null {
  const which = spawnSync("sh", ["-c", 'PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v mariadbd'], { encoding: "utf8" });
  return which.status === 0 ? which.stdout.trim() : null;
}

/** Starts a private MariaDB with fresh tables, TLS and the test accounts. `options` are added to its command line. */
export async function startMariadb(options: readonly string[] = []): Promise<PrivateServer> {
  const program = findMariadbServer();
  if (program === null) throw new Error("MariaDB's server (mariadbd) is not on this machine: apt-get install mariadb-server");
  const directory = createServerDirectory();
  const user = unprivilegedUser();
  const tls = writeCertificates(directory);
  const initFile = join(directory, "init.sql");
  writeFileSync(initFile, `DELETE FROM mysql.global_priv WHERE User = '';\nFLUSH PRIVILEGES;\n${accountsSql()}`);
  giveTo(user, directory);

  const base = ["--no-defaults", ...(user === null ? [] : [`--user=${user}`]), `--datadir=${join(directory, "tables")}`];
  // --force: it would otherwise refuse a machine whose own name cannot be looked up.
  const installOptions = ["--auth-root-authentication-method=normal", "--skip-test-db", "--force"];
  const install = spawnSync("mariadb-install-db", [...base, `--tmpdir=${directory}`, ...installOptions], {
    encoding: "utf8",
    timeout: 120_000,
  });
  if (install.status !== 0)
    throw new Error(`mariadb-install-db failed: ${install.error?.message ?? ""}\n${install.stdout}\n${install.stderr}`);

  const port = await freePort();
  const args = [
    ...base,
    `--port=${port}`,
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    `--socket=${join(directory, "server.sock")}`,
    `--pid-file=${join(directory, "mariadb.pid")}`,
    `--log-error=${join(directory, "error.log")}`,
    `--init-file=${initFile}`,
    `--secure-file-priv=${join(directory, "files")}`,
    `--ssl-ca=${tls.ca}`,
    `--ssl-cert=${tls.certificate}`,
    `--ssl-key=${tls.key}`,
    "--local-infile=1",
    "--max-allowed-packet=256M",
    "--max-connections=1000",
    "--skip-log-bin",
    "--innodb-flush-log-at-trx-commit=2",
    ...options,
  ];
  return launch({ kind: "mariadb", directory, port, caFile: tls.ca, program, args });
}
