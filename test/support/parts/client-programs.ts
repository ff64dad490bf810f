/** Other people's connectors, each driven by a small program in its own language (test/integration/clients/programs). */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Part } from "./part.ts";

/** A program that uses one connector, as a command line. */
export interface ClientProgram extends Part {
  readonly command: readonly [program: string, ...args: string[]];
}

const connectorJar = "/usr/share/java/mariadb-java-client.jar";
const path = (name: string): string => fileURLToPath(new URL(`../../integration/clients/programs/${name}`, import.meta.url));

function succeeds(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

function clientProgram(
  name: string,
  command: ClientProgram["command"],
  packages: readonly string[],
  isThere: () => boolean,
): ClientProgram {
  const howToGet = `apt-get install ${packages.join(" ")}`;
  return { name, command, packages, isThere, howToGet, untested: `that ${name} works through the proxy unchanged` };
}

// Debian's own interpreters, because Debian's packages are for them: another may be first on the path.
const [python, php, perl] = ["/usr/bin/python3", "/usr/bin/php", "/usr/bin/perl"] as const;
const phpPackages = ["php-cli", "php-mysql"];

/** Every connector that the tests drive. */
export const clientPrograms = {
  pymysql: clientProgram("PyMySQL", [python, path("pymysql_client.py")], ["python3-pymysql"], () =>
    succeeds(python, "-c", "import pymysql"),
  ),
  mysqli: clientProgram("PHP's mysqli", [php, path("mysqli_client.php")], phpPackages, () =>
    succeeds(php, "-r", "exit(extension_loaded('mysqli') ? 0 : 1);"),
  ),
  pdo: clientProgram("PHP's PDO", [php, path("pdo_client.php")], phpPackages, () =>
    succeeds(php, "-r", "exit(extension_loaded('pdo_mysql') ? 0 : 1);"),
  ),
  dbdMysql: clientProgram("Perl's DBD::mysql", [perl, path("dbi_client.pl"), "mysql"], ["libdbd-mysql-perl"], () =>
    succeeds(perl, "-MDBD::mysql", "-e", "1"),
  ),
  dbdMariadb: clientProgram("Perl's DBD::MariaDB", [perl, path("dbi_client.pl"), "MariaDB"], ["libdbd-mariadb-perl"], () =>
    succeeds(perl, "-MDBD::MariaDB", "-e", "1"),
  ),
  connectorJ: clientProgram(
    "MariaDB Connector/J",
    ["java", "-cp", connectorJar, path("ConnectorJ.java")],
    ["libmariadb-java", "default-jdk-headless"],
    () => existsSync(connectorJar) && succeeds("javac", "-version"),
  ),
  rubyMysql2: clientProgram("Ruby's mysql2", ["/usr/bin/ruby", path("mysql2_client.rb")], ["ruby-mysql2"], () =>
    succeeds("/usr/bin/ruby", "-e", "require 'mysql2'"),
  ),
} as const;
