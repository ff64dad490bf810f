import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accountsSql } from "./accounts.ts";
import { writeCertificates } from "./certificates.ts";
import { freePort } from "./free-port.ts";
import { launch, type PrivateServer } from "./private-server.ts";
import { createServerDirectory, giveTo, unprivilegedUser } from "./server-directory.ts";
import { cacheFolder, unpackedProgram } from "./unpacked-program.ts";

/** Where a MariaDB of 11.8 or later is unpacked: `STENOGRAPH_MARIADB11`, else a folder of the user's cache. */
export function newerMariadbDirectory(): string {
  return process.env.STENOGRAPH_MARIADB11 ?? cacheFolder("mariadb-11");
}

/** Whether it is unpacked on this machine. */
export function newerMariadbIsThere(): boolean {
  return existsSync(join(newerMariadbDirectory(), "usr", "sbin", "mariadbd"));
}

/** What makes the tables of a new server; Debian's script for it needs an installed server. */
const bootScripts = ["system_tables", "performance_tables", "system_tables_data"].map((name) => `mariadb_${name}.sql`);

/** Starts a private one with fresh tables, TLS, the test accounts and the plugin `parsec`. */
export async function startNewerMariadb(): Promise<PrivateServer> {
  const [program, ...loader] = unpackedProgram(newerMariadbDirectory(), "mariadbd");
  const directory = createServerDirectory();
  const user = unprivilegedUser();
  const tls = writeCertificates(directory);
  const initFile = join(directory, "init.sql");
  writeFileSync(initFile, `DELETE FROM mysql.global_priv WHERE User = '';\nFLUSH PRIVILEGES;\n${accountsSql()}`);
  const share = join(newerMariadbDirectory(), "usr", "share", "mariadb");
  const base = [
    ...loader,
    "--no-defaults",
    ...(user === null ? [] : [`--user=${user}`]),
    `--datadir=${join(directory, "tables")}`,
    ...copySharedFiles(directory, share),
  ];
  giveTo(user, directory);

  const scripts = bootScripts.map((name) => readFileSync(join(share, name), "utf8"));
  const input = ["CREATE DATABASE mysql;", "USE mysql;", "SET @auth_root_socket = NULL;", ...scripts].join("\n");
  const boot = spawnSync(program, [...base, "--bootstrap"], { input, encoding: "utf8", timeout: 120_000 });
  if (boot.status !== 0) throw new Error(`mariadbd --bootstrap failed: ${boot.error?.message ?? ""}\n${boot.stderr}`);

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
    `--ssl-ca=${tls.ca}`,
    `--ssl-cert=${tls.certificate}`,
    `--ssl-key=${tls.key}`,
    "--plugin-load-add=auth_parsec",
  ];
  return launch({ kind: "mariadb", directory, port, caFile: tls.ca, program, args });
}

/** Copies what the server reads after it has given up root's rights, as those who run it may not enter the cache folder. */
function copySharedFiles(directory: string, share: string): string[] {
  for (const name of ["english", "charsets"]) cpSync(join(share, name), join(directory, name), { recursive: true });
  const [tables, plugins] = [join(directory, "tables"), join(directory, "plugins")];
  for (const made of [tables, plugins]) mkdirSync(made);
  const plugin = "auth_parsec.so";
  copyFileSync(join(newerMariadbDirectory(), "usr", "lib", "mysql", "plugin", plugin), join(plugins, plugin));
  return [
    `--basedir=${directory}`,
    `--lc-messages-dir=${directory}`,
    `--character-sets-dir=${join(directory, "charsets")}`,
    `--plugin-dir=${plugins}`,
  ];
}
