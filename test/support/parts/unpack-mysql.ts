import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { mysqlDirectory, mysqlProgram } from "../servers/mysql.ts";

/** What MySQL's packages ask for and mysqld and mysql do without: perl with all of its own, and parts of compilers. */
const unneeded = /^(perl.*|libperl.*|libgdbm.*|libc-gconv.*|openssl-provider.*|gcc-.*-base|libdb5.*|libcrypt1|libtirpc-common)$/;
const source = "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian sid main\n";

/**
 * Fetches MySQL 9.7's server and clients with every library they need from Debian sid and unpacks them into the cache
 * folder. Nothing is installed, and no root rights are needed: apt works on lists and a cache of its own.
 * @returns a sentence for a person where it failed
 */
export function unpackMysql(): string | null {
  const target = mysqlDirectory();
  const work = `${target}.${process.pid}`;
  try {
    const archives = fetchArchives(join(work, "apt"));
    const unpacked = join(work, "unpacked");
    for (const archive of archives) run("dpkg-deb", ["-x", archive, unpacked]);
    const [program, ...args] = mysqlProgram("mysqld", unpacked);
    run(program, [...args, "--no-defaults", "--version"]);
    mkdirSync(dirname(target), { recursive: true });
    rmSync(target, { recursive: true, force: true });
    // Last and at once: a folder of that name is always whole.
    renameSync(unpacked, target);
    return null;
  } catch (error) {
    return `MySQL 9.7 could not be unpacked into ${target}: ${error instanceof Error ? error.message : error}`;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function fetchArchives(apt: string): string[] {
  const archives = join(apt, "cache", "archives");
  mkdirSync(join(apt, "lists", "partial"), { recursive: true });
  mkdirSync(join(archives, "partial"), { recursive: true });
  writeFileSync(join(apt, "sources.list"), source);
  const options = aptOptions(apt);
  run("apt-get", [...options, "update"]);
  const resolved = run("apt-get", [
    ...options,
    "--no-install-recommends",
    "--print-uris",
    "install",
    "mysql-server-core",
    "mysql-client-core",
  ]);
  // Each line: 'URI' NAME_VERSION_ARCHITECTURE.deb SIZE HASH
  const names = [...resolved.matchAll(/^'\S+' ([^_\s]+)_/gm)].map((match) => String(match[1]));
  run("apt-get", [...options, "download", ...names.filter((name) => !unneeded.test(name))], archives);
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
