import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { mysqlDirectory } from "../servers/mysql.ts";
import { newerMariadbDirectory } from "../servers/newer-mariadb.ts";
import { unpackedProgram } from "../servers/unpacked-program.ts";

/** A server that this machine's own Debian does not have. */
export interface UnpackedServer {
  /** For messages. */
  readonly name: string;
  /** The folder of the cache that it is unpacked into. */
  readonly directory: () => string;
  /** The server's program. */
  readonly program: string;
  /** Packages that are fetched with all that they ask for. */
  readonly packages: readonly string[];
  /** Packages of which the files alone are wanted. */
  readonly alone: readonly string[];
  /** What the packages ask for and the programs do without. */
  readonly unneeded: RegExp;
}

const mysql: UnpackedServer = {
  name: "MySQL 9.7",
  directory: mysqlDirectory,
  program: "mysqld",
  packages: ["mysql-server-core", "mysql-client-core"],
  alone: [],
  // perl with all of its own, and parts of compilers
  unneeded: /^(perl.*|libperl.*|libgdbm.*|libc-gconv.*|openssl-provider.*|gcc-.*-base|libdb5.*|libcrypt1|libtirpc-common)$/,
};

const newerMariadb: UnpackedServer = {
  name: "MariaDB 11.8 or later",
  directory: newerMariadbDirectory,
  program: "mariadbd",
  packages: ["mariadb-server-core"],
  alone: ["mariadb-server"],
  unneeded: /^(libc-gconv.*|openssl-provider.*|gcc-.*-base|mysql-common|mariadb-common|mariadb-client-core)$/,
};

/** The servers that are unpacked, by the name of their part. */
export const unpackedServers = { mysql, newerMariadb } as const;

const source = "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian sid main\n";

/**
 * Fetches a server with every library that it needs from Debian sid and unpacks them into the cache folder. Nothing is
 * installed, and no root rights are needed: apt works on lists and a cache of its own.
 * @returns a sentence for a person where it failed
 */
export function unpackServer(server: UnpackedServer): string | null {
  const target = server.directory();
  const work = `${target}.${process.pid}`;
  try {
    const archives = fetchArchives(server, join(work, "apt"));
    const unpacked = join(work, "unpacked");
    for (const archive of archives) run("dpkg-deb", ["-x", archive, unpacked]);
    const [program, ...args] = unpackedProgram(unpacked, server.program);
    run(program, [...args, "--no-defaults", "--version"]);
    mkdirSync(dirname(target), { recursive: true });
    rmSync(target, { recursive: true, force: true });
    // Last and at once: a folder of that name is always whole.
    renameSync(unpacked, target);
    return null;
  } catch (error) {
    return `${server.name} could not be unpacked into ${target}: ${error instanceof Error ? error.message : error}`;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function fetchArchives({ packages, alone, unneeded }: UnpackedServer, apt: string): string[] {
  const archives = join(apt, "cache", "archives");
  mkdirSync(join(apt, "lists", "partial"), { recursive: true });
  mkdirSync(join(archives, "partial"), { recursive: true });
  writeFileSync(join(apt, "sources.list"), source);
  const options = aptOptions(apt);
  run("apt-get", [...options, "update"]);
  const resolved = run("apt-get", [...options, "--no-install-recommends", "--print-uris", "install", ...packages]);
  // Each line: 'URI' NAME_VERSION_ARCHITECTURE.deb SIZE HASH
  const names = [...resolved.matchAll(/^'\S+' ([^_\s]+)_/gm)].map((match) => String(match[1]));
  run("apt-get", [...options, "download", ...names.filter((name) => !unneeded.test(name)), ...alone], archives);
  return readdirSync(archives).flatMap((name) => (name.endsWith(".deb") ? [join(archives, name)] : []));
}

function aptOptions(apt: string): string[] {
  const settings = {
    "Dir::Etc::SourceList": join(apt, "sources.list"),
    "Dir::Etc::SourceParts": "/dev/null",
    "Dir::Etc::Preferences": "/dev/null",
    "Dir::Etc::PreferencesParts": "/dev/null",
    "Dir::State::Lists": join(apt, "lists"),
    "Dir::State::status": "/dev/null",
    "Dir::Cache": join(apt, "cache"),
    "APT::Architecture": "amd64",
    "APT::Architectures::": "amd64",
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
    // A mirror that stands still is as good; what it has is signed all the same.
    "Acquire::Check-Valid-Until": "false",
    "Debug::NoLocking": "1",
  };
  return ["-qq", ...Object.entries(settings).flatMap(([name, setting]) => ["-o", `${name}=${setting}`])];
}

function run(program: string, args: readonly string[], cwd?: string): string {
  const done = spawnSync(program, args, { cwd, encoding: "utf8", timeout: 600_000, maxBuffer: 64 * 1024 * 1024 });
  if (done.status === 0) return done.stdout;
  const reason = done.error?.message ?? (done.stderr.trim() || `exit code ${done.status}`);
  throw new Error(`${program} failed: ${reason}`);
}
