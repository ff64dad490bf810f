import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accountsSql } from "./accounts.ts";
import { writeCertificates } from "./certificates.ts";
import { freePort } from "./free-port.ts";
import { launch, type PrivateServer } from "./private-server.ts";
import { createServerDirectory, giveTo, unprivilegedUser } from "./server-directory.ts";
import { cacheFolder, unpackedProgram } from "./unpacked-program.ts";

/** Where MySQL 9.7 is unpacked: `STENOGRAPH_MYSQL97`, else a folder of the user's cache. */
export function mysqlDirectory(): string {
  return process.env.STENOGRAPH_MYSQL97 ?? cacheFolder("mysql-9.7");
}

/** Whether MySQL 9.7 is unpacked on this machine. */
export function mysqlIsThere(): boolean {
  return existsSync(join(mysqlDirectory(), "usr", "sbin", "mysqld"));
}

/** The command line that runs a program of the unpacked MySQL. */
export function mysqlProgram(name: string): [program: string, ...args: string[]] {
  return unpackedProgram(mysqlDirectory(), name);
}

/** Starts a private MySQL 9.7 with fresh tables, TLS and the test accounts. `options` are added to its command line. */
export async function startMysql(options: readonly string[] = []): Promise<PrivateServer> {
  const [program, ...loader] = mysqlProgram("mysqld");
  const directory = createServerDirectory();
  const user = unprivilegedUser();
  const tls = writeCertificates(directory);
  const initFile = join(directory, "init.sql");
  writeFileSync(initFile, accountsSql());
  const base = [
    ...loader,
    "--no-defaults",
    ...(user === null ? [] : [`--user=${user}`]),
    `--datadir=${join(directory, "tables")}`,
    `--log-error=${join(directory, "error.log")}`,
    `--secure-file-priv=${join(directory, "files")}`,
    ...copySharedFiles(directory),
  ];
  giveTo(user, directory);

  const install = spawnSync(program, [...base, "--initialize-insecure"], { encoding: "utf8", timeout: 120_000 });
  if (install.status !== 0) throw new Error(`mysqld --initialize-insecure failed: ${install.error?.message ?? ""}\n${install.stderr}`);

  const port = await freePort();
  const args = [
    ...base,
    `--port=${port}`,
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--mysqlx=OFF",
    `--socket=${join(directory, "server.sock")}`,
    `--pid-file=${join(directory, "mysql.pid")}`,
    `--init-file=${initFile}`,
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
  return launch({ kind: "mysql", directory, port, caFile: tls.ca, program, args });
}

/**
 * Copies what the server reads after it has given up root's rights: the cache folder may be inside a home directory that
 * only its owner can enter.
 */
function copySharedFiles(directory: string): string[] {
  const share = join(mysqlDirectory(), "usr", "share", "mysql");
  for (const name of ["english", "charsets"]) cpSync(join(share, name), join(directory, name), { recursive: true });
  const plugins = join(directory, "plugins");
  mkdirSync(plugins);
  return [
    `--basedir=${directory}`,
    `--lc-messages-dir=${directory}`,
    `--character-sets-dir=${join(directory, "charsets")}`,
    `--plugin-dir=${plugins}`,
  ];
}
